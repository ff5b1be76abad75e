import { stringify } from 'csv-stringify/sync';
import type { StoredLine } from '../../aws/tools/stored-log';
import { readCallLog } from '../calls/call-log';
import { counted } from '../columns';
import { type CommonOptions, deploymentCommand, onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { writePrivateFile } from '../files/private-file';
import { time } from '../option-values';
import type { Outcome, Shell } from '../shell';

export const exportCallsCommand = () =>
  deploymentCommand(
    'export [file]',
    'the calls that ended between two times, each once, for a billing system',
    [
      'calls export calls.csv --from 2026-11-01 --to 2026-12-01',
      'calls export calls.jsonl --from 2026-11-25',
    ],
  )
    .requiredOption('--from <time>', 'ISO 8601, this one included', time)
    .option('--to <time>', 'ISO 8601, this one excluded; otherwise now', time)
    .option('--jsonl', 'as JSON lines; CSV otherwise, and JSON lines when the file ends in .jsonl')
    .option('--force', 'replace a file that is there')
    .action((file: string | undefined, options: Options) => {
      const format = options.jsonl || file?.endsWith('.jsonl') ? 'jsonl' : 'csv';
      return onDeployment(options, (shell, deployment) =>
        exportCalls(shell, deployment, file, { ...options, format }),
      );
    });

interface Options extends CommonOptions {
  /** Unix ms. */
  readonly from: number;
  /** Unix ms. */
  readonly to?: number;
  readonly jsonl?: boolean;
  readonly force?: boolean;
}

/** One call that was dialled and ended, for a billing system. */
export interface ExportedCall {
  /** Its name in the log: no other call has it. */
  readonly call: string;
  /** The record whose policy the account uses; the account itself where `customer` names none. */
  readonly customer: string;
  readonly aor: string;
  readonly direction: 'outbound';
  /** The number that was shown, or `anonymous`. */
  readonly from: string;
  /** E.164 digits where the dial plan knows. */
  readonly to: string;
  /** The trunk of the last attempt, and which one it was, from 1. */
  readonly trunk: string;
  readonly attempt: number;
  /** ISO 8601. */
  readonly started: string;
  /** ISO 8601, to the second; empty: nobody answered. */
  readonly answered: string;
  /** Of talking, as jambonz reports them. */
  readonly seconds: number;
  /** The SIP code with which it ended; 200 where it was answered. */
  readonly code: number | '';
  /** Who hung up: `caller`, or `jambonz` for the callee, a time limit or a failure. */
  readonly endedBy: string;
}

/** `calls export`: the calls that ended between two times, each once, as CSV or JSON lines. */
export async function exportCalls(
  shell: Shell,
  deployment: Deployment,
  file: string | undefined,
  options: { from: number; to?: number; format: 'csv' | 'jsonl'; force?: boolean },
): Promise<Outcome> {
  const { from, to = shell.now(), format } = options;
  const lines = await readCallLog(deployment, from, to);
  const byName = new Map<string, ExportedCall>();
  // jambonz may have reported an end twice, and DynamoDB not have known of the first.
  for (const call of lines.flatMap((it) => readEnd(it) ?? []))
    if (!byName.has(call.call)) byName.set(call.call, call);
  const calls = [...byName.values()];
  const text = format === 'csv' ? stringify(calls, { header: true, columns: COLUMNS }) : jsonLines(calls);
  if (file === undefined) {
    shell.print(text.trimEnd());
    return { code: 0, json: calls };
  }
  await writePrivateFile(file, text, options);
  shell.print(`${counted(calls.length, 'call')} of ${deployment.name} in ${file}`);
  return { code: 0, json: { file, calls: calls.length } };
}

const COLUMNS =
  'call customer aor direction from to trunk attempt started answered seconds code endedBy'.split(' ');

function jsonLines(calls: readonly ExportedCall[]): string {
  return calls.map((call) => `${JSON.stringify(call)}\n`).join('');
}

function readEnd({ line, at }: StoredLine): ExportedCall | undefined {
  const { hook, answer, call, aor, customer, callerId, to, trunk, attempt, started, because } = line;
  if (hook !== 'call-status' || answer !== 'ended' || typeof call !== 'string') return undefined;
  const seconds = typeof line.duration === 'number' ? line.duration : 0;
  const isAnswered = because === 'completed';
  return {
    call,
    customer: customerOf(textOf(aor), customer),
    aor: textOf(aor),
    direction: 'outbound',
    from: textOf(callerId),
    to: textOf(to),
    trunk: textOf(trunk),
    attempt: typeof attempt === 'number' ? attempt : 1,
    started: typeof started === 'number' ? timeOf(started * 1000) : '',
    answered: isAnswered ? timeOf(at - seconds * 1000) : '',
    seconds,
    code: typeof line.status === 'number' ? line.status : '',
    endedBy: textOf(line.endedBy),
  };
}

/** As an address of record: usernames of two realms may be the same. */
function customerOf(aor: string, customer: unknown): string {
  return typeof customer === 'string' ? `${customer}${aor.slice(aor.lastIndexOf('@'))}` : aor;
}

function timeOf(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
