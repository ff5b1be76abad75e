import { readCallLog } from '../calls/call-log';
import { type Change, type ChangedCall, type Impact, impactOf } from '../calls/changed-calls';
import { type LoggedCall, readLoggedCall, readLoggedEnd } from '../calls/logged-call';
import { columns, counted } from '../columns';
import { type CommonOptions, deploymentCommand, onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { days } from '../option-values';
import { type KnownRecords, recordsInFile, recordsInTable } from '../records/known-records';
import type { Outcome, Shell } from '../shell';

export const impactCommand = () =>
  deploymentCommand(
    'impact <file>',
    "which of the last days' calls would come out otherwise by the records of a file?",
    ['impact new.json', 'impact new.json --stack edge-registrar --days 30'],
  )
    .option('--days <number>', 'how far back the log is read', days, 7)
    .action((file: string, options: CommonOptions & { days: number }) =>
      onDeployment(options, (shell, deployment) => impact(shell, deployment, file, options)),
    );

const DAY_MS = 24 * 3600_000;

/** `impact`: which of the last days' calls would come out otherwise by the records of a file, and how? */
export async function impact(
  shell: Shell,
  deployment: Deployment,
  file: string,
  { days }: { days: number },
): Promise<Outcome> {
  const [to, from] = [shell.now(), shell.now() - days * DAY_MS];
  const today = remembering(recordsInTable(deployment));
  const changed = overlaid(await recordsInFile(shell, file, deployment.settings), today);
  const lines = await readCallLog(deployment, from, to);
  const calls = lines.flatMap((it) => readLoggedCall(it) ?? []);
  const readable = calls.filter((it): it is LoggedCall => it !== 'cut');
  const ends = new Map(lines.flatMap((it) => readLoggedEnd(it) ?? []).map((it) => [it.name, it]));
  const result = await impactOf(readable, ends, today, changed);
  const notReplayed = calls.length - readable.length;
  const isNewSourceChanged = await hasOtherNewSource(readable, today, changed);
  shell.print(describe(result, deployment, file, { from, to, notReplayed, isNewSourceChanged }));
  return {
    code: result.changed.length > 0 ? 1 : 0,
    json: {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      calls: result.calls,
      changed: result.changed.length,
      seconds: secondsOf(result.changed),
      accounts: byAccount(result.changed),
      otherSince: result.otherSince,
      notReplayed,
    },
  };
}

/** Records that are asked for once. */
function remembering(known: KnownRecords): KnownRecords {
  const found = new Map<string, ReturnType<KnownRecords['find']>>();
  const accounts = new Map<string, ReturnType<KnownRecords['accountsIn']>>();
  return {
    ...known,
    find: (aor) => {
      const key = JSON.stringify([aor.username, aor.realm]);
      const record = found.get(key) ?? known.find(aor);
      found.set(key, record);
      return record;
    },
    accountsIn: (realm) => {
      const all = accounts.get(realm) ?? known.accountsIn(realm);
      accounts.set(realm, all);
      return all;
    },
  };
}

/** As an import leaves them: records that are not in the file stay as they are. */
function overlaid(file: KnownRecords, others: KnownRecords): KnownRecords {
  return {
    ...file,
    find: async (aor) => (await file.find(aor)) ?? others.find(aor),
    findNumber: async (digits) => (await file.findNumber(digits)) ?? others.findNumber(digits),
    accountsIn: async (realm) => {
      const own = await file.accountsIn(realm);
      const names = new Set(own.map(({ username }) => username));
      return [...own, ...(await others.accountsIn(realm)).filter(({ username }) => !names.has(username))];
    },
  };
}

/** The log does not say which addresses were new where no rule asked. */
async function hasOtherNewSource(
  calls: readonly LoggedCall[],
  today: KnownRecords,
  changed: KnownRecords,
): Promise<boolean> {
  const callers = new Map(
    calls.flatMap(({ call: { origin } }) =>
      origin.kind === 'account' ? [[JSON.stringify(origin.aor), origin.aor]] : [],
    ),
  );
  for (const caller of callers.values()) {
    const [old, next] = [await today.find(caller), await changed.find(caller)];
    if (JSON.stringify(old?.registration?.newSource) !== JSON.stringify(next?.registration?.newSource))
      return true;
  }
  return false;
}

interface AccountImpact {
  readonly aor: string;
  readonly calls: number;
  readonly seconds: number;
  readonly changes: readonly GroupedChange[];
}

/** Calls that change in the same way. */
interface GroupedChange extends Change {
  readonly calls: number;
  readonly seconds: number;
  /** What was dialled, a few times. */
  readonly dialled: readonly string[];
}

const MOST_EXAMPLES = 3;

function byAccount(changed: readonly ChangedCall[]): AccountImpact[] {
  return grouped(changed, ({ logged }) => logged.aor).map((calls) => ({
    aor: calls[0].logged.aor,
    calls: calls.length,
    seconds: secondsOf(calls),
    changes: grouped(
      calls.flatMap((call) => call.changes.map((change) => ({ call, change }))),
      ({ change }) => JSON.stringify([change.kind, change.before, change.after]),
    ).map((group) => ({
      ...group[0].change,
      calls: group.length,
      seconds: secondsOf(group.map(({ call }) => call)),
      dialled: [...new Set(group.map(({ call }) => call.logged.call.dialled))].slice(0, MOST_EXAMPLES),
    })),
  }));
}

/** Groups of what has the same key, the largest first. */
function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): [Item, ...Item[]][] {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

function secondsOf(calls: readonly ChangedCall[]): number {
  return calls.reduce((sum, { seconds }) => sum + seconds, 0);
}

interface Reading {
  readonly from: number;
  readonly to: number;
  readonly notReplayed: number;
  readonly isNewSourceChanged: boolean;
}

function describe(
  { calls, changed, otherSince }: Impact,
  { name }: Deployment,
  file: string,
  reading: Reading,
): string {
  const { from, to, notReplayed, isNewSourceChanged } = reading;
  const days = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
  return [
    `${file} on ${name}: ${counted(calls, 'call')} from ${days}, ${changed.length} would change (${minutes(secondsOf(changed))})`,
    ...byAccount(changed).flatMap((account) => [
      `${account.aor}: ${counted(account.calls, 'call')}, ${minutes(account.seconds)}`,
      ...columns(['', '', '', ''], account.changes.map(rowOf))
        .split('\n')
        .filter((line) => line !== ''),
    ]),
    ...(otherSince > 0
      ? [
          `${counted(otherSince, 'call')} would come out otherwise today than then: records or settings were changed since`,
        ]
      : []),
    ...(notReplayed > 0
      ? [`${counted(notReplayed, 'call')} left out: what was dialled is cut in the log`]
      : []),
    ...(isNewSourceChanged
      ? ['registration.newSource changes: calls from new addresses are known only where the rule was there']
      : []),
  ].join('\n');
}

function rowOf({ calls, seconds, dialled, ...change }: GroupedChange): string[] {
  const more = calls > dialled.length ? ', …' : '';
  return [
    `  ${counted(calls, 'call')}`,
    minutes(seconds),
    CHANGES[change.kind](change),
    dialled.join(', ') + more,
  ];
}

const CHANGES: Readonly<Record<Change['kind'], (change: Change) => string>> = {
  refused: ({ after }) => `refused: ${after}`,
  allowed: ({ before }) => `goes on (was ${before})`,
  refusal: ({ before, after }) => `refused otherwise: ${before} -> ${after}`,
  trunk: ({ before, after }) => `other trunk: ${before} -> ${after}`,
  number: ({ before, after }) => `dialled otherwise: ${before} -> ${after}`,
  'caller-id': ({ before, after }) => `other caller id: ${before} -> ${after}`,
  cut: ({ after }) => `ended after ${after}`,
  observed: ({ before = 'nothing', after = 'nothing' }) =>
    `observed rules would refuse: ${before} -> ${after}`,
};

function minutes(seconds: number): string {
  return `${Math.round(seconds / 6) / 10} min`;
}
