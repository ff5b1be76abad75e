import { isObject } from '../registrar/record/json';
import { REFUSALS } from './records/refusals';
import type { Shell } from './shell';

/** A line of the hooks' log. */
export type LogLine = Readonly<Record<string, unknown>>;

/**
 * Reads lines of the hooks' log as people do: one line each, with time, phone address, account, what and why. The call
 * hook does not see the phone: its lines show the address from which the same account authenticated last.
 */
export function decisionLines(
  shell: Pick<Shell, 'paint'>,
): (line: LogLine, at: number) => string | undefined {
  const addresses = new Map<string, string>();
  return (line, at) => {
    if ('_aws' in line) return undefined;
    const aor = text(line.aor) ?? text(line.badRecord);
    const address = text(line.address);
    if (aor !== undefined && address !== undefined && !line.claimed) remember(addresses, aor, address);
    const known =
      address === undefined ? addresses.get(aor ?? '') : line.claimed ? `${address} (claimed)` : address;
    const { what, colour } = describe(line);
    const painted = colour === undefined ? what : shell.paint(colour, what);
    return [clock(at), known ?? '-', aor ?? '-', painted].join('  ');
  };
}

const MOST_ADDRESSES = 10_000;

function remember(addresses: Map<string, string>, aor: string, address: string): void {
  if (addresses.size >= MOST_ADDRESSES) addresses.clear();
  addresses.set(aor, address);
}

interface Described {
  readonly what: string;
  readonly colour?: 'red' | 'yellow' | 'green';
}

function describe(line: LogLine): Described {
  const { hook, answer, undecided, trouble, badRecord } = line;
  if (undecided !== undefined)
    return { what: `not decided, HTTP 504: ${line.because ?? line.inner ?? undecided}`, colour: 'red' };
  if (trouble !== undefined) return { what: `continued without AWS: ${trouble}`, colour: 'yellow' };
  if (badRecord !== undefined) return { what: `record: ${line.path} ${line.fix}`, colour: 'yellow' };
  if (answer === 'refused') return { what: `${hook} refused: ${line.because}`, colour: 'red' };
  return isObject(line) && typeof hook === 'string' && HOOKS[hook]
    ? HOOKS[hook](line)
    : { what: JSON.stringify(line) };
}

const HOOKS: Readonly<Record<string, ((line: LogLine) => Described) | undefined>> = {
  'register-auth': describeAuth,
  'call-hook': describeCall,
  'dial-action': ({ to, trunk, answer, because, status }) => ({
    what: `call to ${to}: trunk ${trunk} ended, ${answer}: ${because}${status === undefined ? '' : `, SIP ${status}`}`,
  }),
  'call-status': ({ to, because, duration, endedBy }) => ({
    what: `call to ${to} ended: ${because}, ${duration ?? 0} s${endedBy === undefined ? '' : `, by ${endedBy}`}`,
  }),
};

function describeAuth({ method, answer, because, expires, credential, observed }: LogLine): Described {
  if (answer !== 'ok') return { what: `${method} refused: ${because}`, colour: 'red' };
  const what =
    expires === undefined
      ? `${method ?? 'INVITE'} accepted`
      : expires === 0
        ? 'unregistered'
        : `registered for ${expires} s`;
  const label = credential === undefined ? '' : `, credential ${credential}`;
  return observed === undefined
    ? { what: `${what}${label}`, colour: 'green' }
    : { what: `${what}${label}, although ${observed}`, colour: 'yellow' };
}

function describeCall({ answer, to, because, status, trunk, callerId }: LogLine): Described {
  if (answer === 'dial')
    return {
      what: `calls ${to} over ${trunk} as ${callerId ?? 'anonymous'} (${because})`,
      colour: 'green',
    };
  const why =
    typeof because === 'string' && because in REFUSALS
      ? `: ${REFUSALS[because as keyof typeof REFUSALS]}`
      : '';
  return { what: `call to ${to ?? '-'} refused with ${status}, ${because}${why}`, colour: 'red' };
}

/** The time of day here, `12:00:03`. */
function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
