/**
 * Rows as aligned columns under a header; the last column keeps its length. In a terminal that is too narrow for them,
 * each row is a block of lines, one line a cell.
 * @param width columns of the terminal; undefined: no limit
 */
export function columns(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width?: number | undefined,
): string {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const widest = Math.max(...lines.map((line) => line.length));
  return width === undefined || widest <= width ? lines.join('\n') : blocks(head, rows);
}

function blocks([, ...head]: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows
    .map(([first, ...cells]) =>
      [first, ...cells.map((cell, at) => `  ${(head[at] ?? '').toLowerCase()}: ${cell}`)].join('\n'),
    )
    .join('\n');
}

/** `1 record`, `2,000 records`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

/** The order of names for people: numbers in them as numbers, so that 9 comes before 10. */
export function compareNames(a: string, b: string): number {
  return COLLATOR.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** A name, and what is said about it. */
export type Fact = readonly [name: string, text: string];

/** Below this many columns two columns are hard to read. */
const NARROW = 60;

/** Facts as two aligned, indented columns; as `name: text` in a narrow terminal. */
export function facts(all: readonly Fact[], width?: number | undefined): string[] {
  if (width !== undefined && width < NARROW) return all.map(([name, text]) => `${name}: ${text}`);
  const longest = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, text]) => `  ${name.padEnd(longest)}  ${text}`);
}
