import type { Results } from './results';

const WIDTH = 720;
const FONT = 'font-family="system-ui, sans-serif" font-size="13"';
const INK = '#333';
const COLOURS = ['#2f6f9f', '#7fb069', '#e6aa4b', '#c8553d', '#8a6fb0', '#9a9a9a'];

/** The pictures of `docs/`, by file name. */
export function plotsOf({ coldStarts, endurance, costs }: Results): Readonly<Record<string, string>> {
  const { bare, ours, cdkDefault } = coldStarts.starts;
  const bars = [
    { label: 'bare handler', value: bare.whole.value },
    { label: 'register-auth, as deployed', value: ours.whole.value },
    { label: "register-auth, CDK's default bundle", value: cdkDefault.whole.value },
  ];
  return {
    'performance-cold-start.svg': barsOf(
      'Cold start to the first answer, ms of CPU',
      bars.map(({ label, value }) => ({ label, parts: [{ name: 'ms', value }] })),
      (total) => `${total.toFixed(0)} ms`,
    ),
    'performance-cost.svg': barsOf(
      'Cost of a million hooks at list price, US dollars',
      costs.millions.map(({ hook, gateway, lambda, reads, writes, logs, accessLog }) => ({
        label: hook,
        parts: [
          { name: 'API Gateway', value: gateway },
          { name: 'Lambda', value: lambda },
          { name: 'DynamoDB writes', value: writes },
          { name: 'DynamoDB reads', value: reads },
          { name: 'log', value: logs },
          { name: 'access log', value: accessLog },
        ],
      })),
      (total) => `$${total.toFixed(2)}`,
    ),
    'performance-latency.svg': histogramOf(
      `Latency of ${endurance.answers} REGISTERs of ${endurance.phones} phones in ${endurance.seconds} s, ms`,
      endurance.histogram,
    ),
  };
}

interface Bar {
  readonly label: string;
  readonly parts: readonly { readonly name: string; readonly value: number }[];
}

function barsOf(title: string, bars: readonly Bar[], say: (total: number) => string): string {
  const [left, step, top] = [290, 30, 44];
  const totalOf = ({ parts }: Bar) => parts.reduce((sum, { value }) => sum + value, 0);
  const scale = (WIDTH - left - 80) / Math.max(...bars.map(totalOf));
  const rows = bars.flatMap((bar, row) => {
    const y = top + row * step;
    let x = left;
    const rects = bar.parts.map(({ name, value }, at) => {
      const width = value * scale;
      const colour = COLOURS[bar.parts.length === 1 ? 0 : at];
      const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="20" fill="${colour}"><title>${escaped(name)}</title></rect>`;
      x += width;
      return rect;
    });
    return [text(left - 8, y + 15, bar.label, 'end'), ...rects, text(x + 6, y + 15, say(totalOf(bar)))];
  });
  const names = bars[0]?.parts.map(({ name }) => name) ?? [];
  const below = top + bars.length * step + 18;
  const legend =
    names.length < 2
      ? []
      : names.flatMap((name, at) => [
          `<rect x="${20 + at * 115}" y="${below - 11}" width="12" height="12" fill="${COLOURS[at]}"/>`,
          text(37 + at * 115, below, name),
        ]);
  return svg(title, below + (legend.length > 0 ? 14 : -8), [...rows, ...legend]);
}

function histogramOf(
  title: string,
  steps: readonly { readonly upTo: number; readonly answers: number }[],
): string {
  const [left, bottom, height] = [20, 260, 190];
  const most = Math.max(...steps.map(({ answers }) => answers));
  const width = (WIDTH - 2 * left) / steps.length;
  const bars = steps.flatMap(({ upTo, answers }, at) => {
    const x = left + at * width;
    const tall = (answers / most) * height;
    return [
      `<rect x="${(x + 1).toFixed(1)}" y="${(bottom - tall).toFixed(1)}" width="${(width - 2).toFixed(1)}" height="${tall.toFixed(1)}" fill="${COLOURS[0]}"><title>up to ${upTo.toFixed(2)} ms: ${answers}</title></rect>`,
      ...(at % 3 === 0
        ? [text(x + width, bottom + 18, upTo < 10 ? upTo.toFixed(1) : upTo.toFixed(0), 'end')]
        : []),
    ];
  });
  return svg(title, bottom + 30, bars);
}

function svg(title: string, height: number, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(20, 26, title, 'start', 'bold'),
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, words: string, anchor = 'start', weight = 'normal'): string {
  return `<text x="${x.toFixed(1)}" y="${y}" ${FONT} font-weight="${weight}" text-anchor="${anchor}" fill="${INK}">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
