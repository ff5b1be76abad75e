import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartsOf } from '../../lib/bench/charts';
import { costsOf } from '../../lib/bench/cost';
import { fixedCostOf } from '../../lib/bench/fixed-cost';
import { verdictOf } from '../../lib/bench/gate';
import { sectionsOf, tableOf, withSections } from '../../lib/bench/report';
import { gatesOf, type Results } from '../../lib/bench/results';
import { measured } from '../../lib/bench/statistics';

const DOCS = join(__dirname, '../../docs');
const page = readFileSync(join(DOCS, 'performance.md'), 'utf8');
const results: Results = JSON.parse(readFileSync(join(DOCS, 'performance.json'), 'utf8'));

describe('a gate', () => {
  test.each([
    ['met', 0.7, 0.05, { atMost: 0.7 }],
    ['within its noise', 0.72, 0.05, { atMost: 0.7 }],
    ['MISSED', 0.75, 0.05, { atMost: 0.7 }],
    ['MISSED', 151, 0, { atMost: 150 }],
    ['MISSED', Number.NaN, 0.05, { atMost: 0.7 }],
  ])('is %s: %d with noise %d against %j', (verdict, value, noise, limit) => {
    expect(verdictOf({ name: '', unit: '', value, noise, limit })).toBe(verdict);
  });

  test('is beside its limit in the table', () => {
    const gate = { name: 'cold start', unit: 'x', value: 0.4512, noise: 0.06, limit: { atMost: 0.7 } };
    expect(tableOf([gate])).toBe(
      'what        measured  noise  target\ncold start  0.45      +-6 %  <= 0.7  met',
    );
  });
});

test('noise is half the distance between the quartiles, as a part of the median', () => {
  expect(measured([5, 1, 4, 2, 3])).toEqual({ value: 3, noise: 1 / 3 });
});

describe('the cost', () => {
  const dynamodb = { roundTrips: 2, reads: 1, writes: 1, readUnits: 0.5, writeUnits: 1 };
  const log = { lineBytes: 150, logBytes: 450, logLines: 2 };
  const fixed = { key: 1, secret: 0.4, alarms: 2.2, dashboard: 3, customMetrics: 7.5 };
  const fleet = 'REGISTER, each hour of a day, 10,000 phones';
  const { millions, expires, months } = costsOf(
    ['REGISTER', fleet].map((hook) => ({ hook, ...dynamodb, ...log })),
    fixed,
  );

  test('of a million REGISTERs is each part at list price', () => {
    const cents = Object.entries(millions[0] ?? {}).map(([name, it]) => [
      name,
      typeof it === 'number' ? Math.round(it * 1000) / 1000 : it,
    ]);
    expect(Object.fromEntries(cents)).toEqual({
      hook: 'REGISTER',
      gateway: 3.5,
      lambda: 0.233,
      reads: 0.063,
      writes: 0.625,
      logs: 0.251,
      accessLog: 0.04,
      total: 4.712,
    });
  });

  test('of a month is the fixed parts and a hook an hour for each phone; without phones no metric is written', () => {
    const rounded = months.map(({ phones, total }) => [phones, Math.round(total * 100) / 100]);
    expect(rounded).toEqual([
      [0, 6.6],
      [1000, 17.49],
      [10_000, 48.03],
    ]);
  });

  test('of a stack is counted in its template: the key, the secret, each metric of an alarm, the dashboard', () => {
    const stat = { MetricStat: {} };
    const alarm = (Properties: object) => ({ Type: 'AWS::CloudWatch::Alarm', Properties });
    const template = {
      Resources: {
        Key: { Type: 'AWS::KMS::Key' },
        Secret: { Type: 'AWS::SecretsManager::Secret' },
        Plain: alarm({ MetricName: 'Undecided' }),
        Sum: alarm({ Metrics: [{ Expression: 'a + b' }, stat, stat] }),
        Anomaly: alarm({
          Metrics: [{ Expression: 'ANOMALY_DETECTION_BAND(m0, 4)' }, stat],
          ThresholdMetricId: 'b',
        }),
        Composite: { Type: 'AWS::CloudWatch::CompositeAlarm' },
        Dashboard: { Type: 'AWS::CloudWatch::Dashboard' },
      },
    };
    const { customMetrics, ...parts } = fixedCostOf(template);
    expect(parts).toEqual({ key: 1, secret: 0.4, alarms: 0.1 + 0.2 + 0.3 + 0.5, dashboard: 3 });
    const withFilter = { Resources: { ...template.Resources, Filter: { Type: 'AWS::Logs::MetricFilter' } } };
    expect(fixedCostOf(withFilter).customMetrics - customMetrics).toBeCloseTo(0.3);
  });

  test('of detailed metrics of API Gateway is seen: five of each method', () => {
    const stage = { MethodSettings: [{ MetricsEnabled: true }] };
    const method = { Type: 'AWS::ApiGateway::Method' };
    const Resources = { Stage: { Type: 'AWS::ApiGateway::Stage', Properties: stage }, A: method, B: method };
    const without = fixedCostOf({ Resources: {} }).customMetrics;
    expect(fixedCostOf({ Resources }).customMetrics - without).toBeCloseTo(3);
  });

  test('of 10,000 devices for 30 days is 7.2 million hooks at 3600 s, 864 million at 30 s', () => {
    expect(expires.map(({ expires, hooksPerMonth }) => [expires, hooksPerMonth])).toEqual([
      [30, 864e6],
      [60, 432e6],
      [300, 86.4e6],
      [600, 43.2e6],
      [1800, 14.4e6],
      [3600, 7.2e6],
    ]);
  });
});

test('a table is put between its markers, and nothing else of the page is touched', () => {
  const empty = '<!-- bench:a -->\n<!-- /bench -->\nprose\n<!-- bench:b -->\nold\n<!-- /bench -->\n';
  expect(withSections(empty, { a: 'A', b: 'B' })).toBe(
    '<!-- bench:a -->\n\nA\n\n<!-- /bench -->\nprose\n<!-- bench:b -->\n\nB\n\n<!-- /bench -->\n',
  );
});

describe('docs/performance.md', () => {
  test('shows what docs/performance.json holds', () => {
    expect(withSections(page, sectionsOf(results))).toBe(page);
  });

  test('has every table', () => {
    const markers = [...page.matchAll(/<!-- bench:([\w-]+) -->/g)].map(([, name]) => name);
    expect(markers.sort()).toEqual(Object.keys(sectionsOf(results)).sort());
  });

  test('names every missed target', () => {
    const missed = gatesOf(results).filter((gate) => verdictOf(gate) === 'MISSED');
    for (const { name } of missed) expect(page.split('## What is missed')[1]).toContain(name);
  });
});

describe('the charts of docs/performance.md', () => {
  const textsIn = (file: string) =>
    [...readFileSync(join(DOCS, file), 'utf8').matchAll(/>([^<>]+)<\/text>/g)].map(([, text = '']) => text);

  test.each(Object.keys(chartsOf(results)))('%s.svg is on the page', (name) => {
    expect(page).toContain(`](${name}.svg)`);
  });

  test('performance-cold-start.svg shows the times of docs/performance.json', () => {
    const { bare, ours, cdkDefault } = results.coldStarts.starts;
    const times = [bare, ours, cdkDefault].map(({ whole }) => `${whole.value.toFixed(0)} ms`);
    expect(textsIn('performance-cold-start.svg').filter((it) => / ms$/.test(it))).toEqual(times);
  });

  test('performance-cost.svg shows each hook and its total', () => {
    const { millions } = results.costs;
    const texts = textsIn('performance-cost.svg');
    expect(texts.filter((it) => it.startsWith('$'))).toEqual(millions.map((it) => `$${it.total.toFixed(2)}`));
    expect(millions.filter(({ hook }) => !texts.includes(hook))).toEqual([]);
  });
});
