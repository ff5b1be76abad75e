import {
  isAsLogged,
  lineOfReplay,
  loggedLease,
  readLoggedCall,
  replay,
} from '../lib/admin/calls/logged-call';
import type { HookContext } from '../lib/hooks/context';
import { Undecided } from '../lib/hooks/errors';
import type { HookOutcome } from '../lib/hooks/outcome';
import type { Hook } from '../lib/hooks/signed-hook';
import type { Telemetry } from '../lib/hooks/telemetry';
import { reportOf } from '../lib/hooks/telemetry';
import { signatureHeader } from '../lib/jambonz/signature';
import type { HookAnswer } from '../lib/jambonz/webhook';
import type { CallSettings } from '../lib/registrar/calls/call';
import {
  acquireLease,
  type CallCounts,
  type CallLimits,
  endCall,
  extendLease,
  FIRST_LEASE_S,
  handedOnCall,
  handOnLease,
  leaseEnd,
  NO_CALLS,
  unconfirmed,
  undoAcquire,
} from '../lib/registrar/calls/call-limits';
import { customerOf, findColleague, namesOf } from '../lib/registrar/calls/colleague';
import { emergencyNumber } from '../lib/registrar/calls/emergency-number';
import { calledNumber } from '../lib/registrar/calls/inbound';
import type { CallPlan } from '../lib/registrar/calls/plan';
import { type Aor, formatAor } from '../lib/registrar/record/aor';
import { type Customer, parseCustomer } from '../lib/registrar/record/customer';
import { type NumberRecord, parseNumber } from '../lib/registrar/record/number-record';
import { policyOf } from '../lib/registrar/record/policy';
import { withoutSecrets } from './no-secrets';

/** Where jambonz reached the hooks. */
export const BASE_URL = 'https://hooks.example.com/prod';
export const SECRET = 'wh_secret_of_the_tests';
/** 2026-11-23T08:51:26.623Z, when the captured INVITE was sent. */
export const NOW = 1795423886623;

export interface TestContext extends HookContext {
  readonly decisions: HookOutcome[];
}

/** Telemetry that nobody reads. */
export const NO_TELEMETRY: Telemetry = {
  outcome: () => {},
  failed: () => {},
  degraded: () => {},
  badRecord: () => {},
  lookedUp: () => {},
};

const SETTINGS = {
  outboundSipHost: 'sip.carrier.example',
  callGrant: 'observe',
  callsWithoutMemory: 'allow',
  emergencyForDisabled: true,
} as const;

/** A context with these records, whose clock stands still at `now`. */
export function contextWith(
  records: readonly object[] | 'out of order',
  {
    now = NOW,
    secret = SECRET,
    settings = {},
  }: { now?: number; secret?: string; settings?: Partial<CallSettings> } = {},
): TestContext {
  const items: readonly object[] = records === 'out of order' ? [] : records;
  const customers = items.map((record) => parseCustomer(record).customer);
  const numbers = items.map((record) => parseNumber(record).number);
  const outcomes: HookOutcome[] = [];
  const find: HookContext['customers']['find'] = async ({ username, realm }) => {
    if (records === 'out of order') throw new Undecided('the table is out of order');
    return customers.find((it) => it?.username === username && it.realm === realm.toLowerCase());
  };
  return {
    now: () => now,
    secrets: async () => [{ secret }],
    customers: { find, findNow: find, remembered: () => undefined },
    numbers: {
      find: async (digits) => {
        if (records === 'out of order') throw new Undecided('the table is out of order');
        return numbers.find((it) => it?.username === digits);
      },
    },
    directory: {
      accountsOf: async ({ username, realm }) => {
        if (records === 'out of order') throw new Undecided('the table is out of order');
        return customers.flatMap((it) =>
          it?.customer === username && it.realm === realm ? [namesOf(it)] : [],
        );
      },
    },
    replay: { claim: async () => 'first-use' },
    bruteForceGuard: () => ({
      isBlocked: () => undefined,
      mayLookAnyway: () => false,
      recordFailure: async () => {},
      recordSuccess: async () => {},
      isNewFor: async () => false,
    }),
    callGrants: { issue: async () => true, redeem: async () => 'granted' },
    callLimits: callLimitsInMemory(() => now),
    isOverdue: () => false,
    settings: { ...SETTINGS, ...settings },
    report: (outcome) => {
      withoutSecrets(reportOf(outcome).line);
      if (outcome.hook === 'call-hook' && 'plan' in outcome)
        decidedAgain(outcome, customers, numbers, { ...SETTINGS, ...settings }, now);
      outcomes.push(outcome);
    },
    decisions: outcomes,
  };
}

/** Every decision about a call that any test makes can be read from its line, and made again: a test cannot forget it. */
function decidedAgain(
  outcome: Extract<HookOutcome, { hook: 'call-hook'; plan: CallPlan }>,
  customers: readonly (Customer | undefined)[],
  numbers: readonly (NumberRecord | undefined)[],
  settings: CallSettings,
  at: number,
): void {
  const line = JSON.parse(JSON.stringify(reportOf(outcome).line));
  const logged = readLoggedCall({ line, at });
  if (logged === 'cut') return;
  if (!logged) throw new Error(`the line of a call cannot be read: ${JSON.stringify(line)}`);
  const find = (username = '', realm = '') =>
    customers.find((it) => it?.username === username && it.realm === realm.toLowerCase());
  // Which secret signed is not in the line.
  if (outcome.plan.kind === 'refuse' && outcome.plan.because === 'realm-of-another-account') return;
  const { caller } = outcome.plan;
  const account = find(caller?.username, caller?.realm);
  const named = find(account?.customer, account?.realm);
  const policy = account && policyOf(account, named);
  const isInternal =
    policy?.internalCalls === true && emergencyNumber(logged.call.dialled, policy, settings) === undefined;
  const names = customers
    .filter((it) => it && account && formatAor(customerOf(it)) === formatAor(customerOf(account)))
    .flatMap((it) => (it ? [namesOf(it)] : []));
  const records = {
    account,
    named,
    number: numbers.find((it) => it?.username === calledNumber(logged.call)),
    colleague: account && isInternal ? findColleague(logged.call.dialled, account.realm, names) : undefined,
  };
  const plan = replay(logged, records, settings, (planned) => loggedLease(logged, planned));
  if (!isAsLogged(logged, plan))
    throw new Error(
      `another decision than logged:\n${JSON.stringify(line)}\n${JSON.stringify(lineOfReplay(logged, plan))}`,
    );
}

/** What all Lambdas share of the calls that go on. */
export interface SharedCalls {
  readonly owners: Map<string, CallCounts>;
  readonly ended: Set<string>;
}

export const noCalls = (): SharedCalls => ({ owners: new Map(), ended: new Set() });

/** Seats as the rules count them, without a table. */
export function callLimitsInMemory(
  now: () => number,
  { owners, ended }: SharedCalls = noCalls(),
): CallLimits {
  const countsOf = (owner: Aor) => owners.get(formatAor(owner)) ?? NO_CALLS;
  return {
    acquire: async (callId, limits) => {
      const gone = unconfirmed(countsOf(limits.owner), now()).filter((call) => ended.has(call));
      const found = gone.reduce((left, call) => endCall(left, call, 0).counts, countsOf(limits.owner));
      const { answer, counts } = acquireLease(found, callId, limits, now());
      owners.set(formatAor(limits.owner), counts);
      return answer;
    },
    undo: async (callId, owner, taken) => {
      owners.set(formatAor(owner), undoAcquire(countsOf(owner), callId, taken));
    },
    extend: async (callId, { owner, seconds }) => {
      owners.set(formatAor(owner), extendLease(countsOf(owner), callId, leaseEnd(seconds, now())));
    },
    handOn: async (callId, lease) => {
      if (!lease) ended.add(callId);
      else {
        const until = leaseEnd(FIRST_LEASE_S, now());
        const counts = handOnLease(countsOf(lease.owner), callId, handedOnCall(callId), until);
        owners.set(formatAor(lease.owner), counts);
      }
      return true;
    },
    release: async (callId, lease, used) => {
      if (!lease) {
        const before = ended.has(callId);
        ended.add(callId);
        return before ? 'ended-before' : 'ended';
      }
      const end = endCall(countsOf(lease.owner), callId, used);
      owners.set(formatAor(lease.owner), end.counts);
      return end.ended ? 'ended' : 'ended-before';
    },
  };
}

/** Sends a payload to a hook, signed as jambonz signs. */
export function send(
  hook: Hook,
  payload: unknown,
  context: HookContext,
  secret = SECRET,
): Promise<HookAnswer> {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const signature = signatureHeader(body, secret, Math.floor(context.now() / 1000));
  return hook({ signature, body, baseUrl: BASE_URL }, context);
}
