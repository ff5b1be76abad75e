import type { TopLevelSpec } from 'vega-lite';
import type { Results } from './results';

/** The charts of `docs/`, by file name without its ending, in Vega-Lite (vega.github.io/vega-lite/docs/spec.html). */
export function chartsOf({ coldStarts, costs }: Results): Readonly<Record<string, TopLevelSpec>> {
  const { bare, ours, cdkDefault } = coldStarts.starts;
  return {
    'performance-cold-start': barChart({
      title: 'Cold start to the first answer, ms of CPU',
      bars: [
        { label: 'bare handler', parts: { CPU: bare.whole.value } },
        { label: 'register-auth as deployed', parts: { CPU: ours.whole.value } },
        { label: "register-auth in the CDK's default bundle", parts: { CPU: cdkDefault.whole.value } },
      ],
      format: (total) => `${total.toFixed(0)} ms`,
    }),
    'performance-cost': barChart({
      title: 'Cost of a million hooks at list price, US dollars',
      bars: costs.millions.map(({ hook, gateway, lambda, reads, writes, logs, accessLog }) => ({
        label: hook,
        parts: {
          'API Gateway': gateway,
          Lambda: lambda,
          'DynamoDB writes': writes,
          'DynamoDB reads': reads,
          log: logs,
          'access log': accessLog,
        },
      })),
      format: (total) => `$${total.toFixed(2)}`,
    }),
  };
}

/** Draws a chart without a browser. */
export async function svgOf(chart: TopLevelSpec): Promise<string> {
  const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')]);
  const svg = await new View(parse(compile(chart).spec), { renderer: 'none' }).toSVG();
  return `${svg}\n`;
}

interface BarChart {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly parts: Readonly<Record<string, number>> }[];
  readonly format: (total: number) => string;
}

/** Readable on a white page and on GitHub's dark one (#0d1117): contrast of at least 3:1 with both, no background. */
const INK = '#7a8087';
const COLOURS = ['#3b82c4', '#e08a2e', '#2f9e77', '#a371c9', '#d9534f', '#8b949e'];
const WIDTH = 640;
const ROW = 44;

/** Horizontal stacked bars. The label is above its bar so that long labels fit; the total follows the bar. */
function barChart({ title, bars, format }: BarChart): TopLevelSpec {
  const totals = bars.map(({ label, parts }) => {
    const total = Object.values(parts).reduce((sum, it) => sum + it, 0);
    return { label, total, text: format(total) };
  });
  const parts = bars.flatMap((bar) =>
    Object.entries(bar.parts).map(([part, value], order) => ({ label: bar.label, part, value, order })),
  );
  const names = [...new Set(parts.map(({ part }) => part))];
  const y = { field: 'label', type: 'nominal', sort: null, axis: null } as const;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title,
    background: 'transparent',
    width: WIDTH,
    height: { step: ROW },
    padding: { left: 5, top: 5, right: 60, bottom: 5 },
    config: {
      font: 'system-ui, sans-serif',
      view: { stroke: null },
      title: { color: INK, fontSize: 14, anchor: 'start' },
      text: { color: INK, fontSize: 12 },
      legend: { labelColor: INK, labelFontSize: 12, orient: 'bottom', columns: names.length },
    },
    layer: [
      {
        data: { values: totals },
        mark: { type: 'text', align: 'left', dy: -12 },
        encoding: { y, x: { value: 0 }, text: { field: 'label' } },
      },
      {
        data: { values: parts },
        mark: { type: 'bar', height: 16, yOffset: 6 },
        encoding: {
          y,
          x: { field: 'value', type: 'quantitative', aggregate: 'sum', axis: null },
          order: { field: 'order' },
          color: {
            field: 'part',
            type: 'nominal',
            scale: { domain: names, range: COLOURS },
            legend: names.length > 1 ? { title: null } : null,
          },
        },
      },
      {
        data: { values: totals },
        mark: { type: 'text', align: 'left', dx: 6, dy: 6 },
        encoding: { y, x: { field: 'total', type: 'quantitative' }, text: { field: 'text' } },
      },
    ],
  };
}
