/** The same name but for case and separators, in which tools differ first: `max_call_seconds`. */
export function isSameName(name: string, field: string): boolean {
  return bare(name) === bare(field);
}

/** The same name, or a misspelt one: one letter more, less or another, or two that changed places. */
export function isMeantBy(name: string, field: string): boolean {
  return isOneSlip(bare(name), bare(field));
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

function isOneSlip(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const [left, right] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  if (left.length === 2 && right.length === 2) return left[0] === right[1] && left[1] === right[0];
  return left.length <= 1 && right.length <= 1;
}
