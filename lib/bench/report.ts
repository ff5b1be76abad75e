import type { CostOfAMonth } from './cost';
import { type Gate, limitOf, verdictOf } from './gate';
import { gatesOf, type Results } from './results';
import type { Measured } from './statistics';

/** Every gate beside its limit, for a terminal. */
export function tableOf(gates: readonly Gate[]): string {
  const rows = [GATE_HEAD, ...gates.map(gateRow)];
  const widths = GATE_HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const GATE_HEAD = ['what', 'measured', 'noise', 'target', ''];

function gateRow(gate: Gate): string[] {
  const unit = gate.unit === '' || gate.unit === 'x' ? '' : ` ${gate.unit}`;
  const noise = gate.noise === 0 ? '' : `+-${(gate.noise * 100).toFixed(0)} %`;
  return [gate.name, `${rounded(gate.value)}${unit}`, noise, `${limitOf(gate)}${unit}`, verdictOf(gate)];
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

/** The tables of `docs/performance.md`, by the name in their markers. */
export function sectionsOf(results: Results): Readonly<Record<string, string>> {
  const { machine, sizes, coldStarts, requests, costs, adminTool, authTime, instructions } = results;
  const { starts } = coldStarts;
  const gates = gatesOf(results);
  return {
    gates: [
      markdown(GATE_HEAD, gates.map(gateRow)),
      `Lambdas on Node ${machine.lambdaNode}, the rest on ${machine.node}; ${machine.cores} cores of ${machine.cpu}, shared with others.`,
    ].join('\n\n'),
    sizes: markdown(
      ['Lambda', 'bytes', 'gzip', 'of it'],
      sizes.lambdas
        .map(({ lambda, bytes, gzipBytes, packages }) => [
          lambda,
          String(bytes),
          String(gzipBytes),
          packages
            .slice(0, 6)
            .map(({ name, bytes }) => `${name} ${(bytes / 1000).toFixed(0)} kB`)
            .join(', '),
        ])
        .concat(
          sizes.filesBeside.map(({ name, lambdas, bytes, gzipBytes, dataBytes }) => [
            `${name}, beside ${lambdas.join(' and ')}`,
            String(bytes),
            String(gzipBytes),
            dataBytes > 0 ? `and ${(dataBytes / 1000).toFixed(0)} kB of numbering plans as data` : '',
          ]),
        ),
    ),
    'cold-start': markdown(
      [
        '',
        'start to first answer, ms of CPU',
        'by the clock',
        'first answer after init, ms of CPU',
        'by the clock',
      ],
      (
        [
          ['bare handler', starts.bare],
          ['register-auth as deployed', starts.ours],
          ["register-auth in the CDK's default bundle", starts.cdkDefault],
          ['call-hook, a record without a country', starts.callHook],
          ['call-hook, a record with a country', starts.callHookWithCountry],
        ] as const
      ).map(([name, it]) => [name, ms(it.whole), ms(it.wholeByClock), ms(it.first), ms(it.firstByClock)]),
    ),
    'auth-time': markdown(
      ['', 'microseconds of CPU', 'instructions'],
      (
        [
          ['a cached auth', authTime.ours, instructions?.perAuth],
          ['the least that any hook must do', authTime.least, instructions?.least],
          ["the work of jambonz's Express example", authTime.original, undefined],
        ] as const
      ).map(([name, { value }, count]) => [name, value.toFixed(1), count === undefined ? '' : String(count)]),
    ),
    requests: markdown(
      [
        'hook',
        'round trips',
        'reads',
        'writes',
        'read units',
        'write units',
        'bytes of its line',
        'with its metrics',
      ],
      requests.hooks.map((it) => [
        it.hook,
        ...[it.roundTrips, it.reads, it.writes, it.readUnits, it.writeUnits, it.lineBytes, it.logBytes].map(
          String,
        ),
      ]),
    ),
    cost: markdown(
      ['a million of', 'API Gateway', 'Lambda', 'reads', 'writes', 'log', 'access log', 'together'],
      costs.millions.map((it) => [
        it.hook,
        ...[it.gateway, it.lambda, it.reads, it.writes, it.logs, it.accessLog, it.total].map(dollars),
      ]),
    ),
    'admin-tool': [
      markdown(
        ['', 'ms of CPU', 'by the clock'],
        adminTool.starts.map(({ command, cpu, clock }) => [command, ms(cpu), ms(clock)]),
      ),
      markdown(
        ['import of', 's of CPU', 'by the clock'],
        adminTool.imports.map(({ records, history, cpuMs, clockMs }) => [
          `${records} records, ${history ? 'with their history' : 'without'}`,
          (cpuMs / 1000).toFixed(1),
          (clockMs / 1000).toFixed(1),
        ]),
      ),
    ].join('\n\n'),
    months: markdown(
      ['a month with', ...costs.months.map(({ phones }) => `${phones.toLocaleString('en')} phones`)],
      MONTH_ROWS.map(([name, dollarsOf]) => [name, ...costs.months.map((it) => dollars(dollarsOf(it)))]),
    ),
    expires: markdown(
      ['granted', 'hooks a month', '10,000 devices a month', 'a disabled phone is off the air within'],
      costs.expires.map((it) => [
        `${it.expires} s`,
        `${(it.hooksPerMonth / 1e6).toFixed(1)} M`,
        dollars(it.perMonth),
        `${it.revokedWithinSeconds} s`,
      ]),
    ),
  };
}

const MONTH_ROWS: readonly (readonly [string, (month: CostOfAMonth) => number])[] = [
  ['the key of the tables', ({ fixed }) => fixed.key],
  ['the webhook secret', ({ fixed }) => fixed.secret],
  ['alarms', ({ fixed }) => fixed.alarms],
  ['the dashboard', ({ fixed }) => fixed.dashboard],
  ['custom metrics', ({ fixed }) => fixed.customMetrics],
  ['hooks', ({ hooks }) => hooks],
  ['together', ({ total }) => total],
];

/** Puts each table between its markers: `<!-- bench:gates -->` … `<!-- /bench -->`. */
export function withSections(markdownText: string, sections: Readonly<Record<string, string>>): string {
  return markdownText.replace(
    /(<!-- bench:([\w-]+) -->\n)(?:(?!<!-- )[\s\S])*(<!-- \/bench -->)/g,
    (whole, begin: string, name: string, end: string) =>
      sections[name] === undefined ? whole : `${begin}\n${sections[name]}\n\n${end}`,
  );
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function ms({ value }: Measured): string {
  return value.toFixed(1);
}

function dollars(value: number): string {
  return `$${value < 100 ? value.toFixed(2) : value.toFixed(0)}`;
}
