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
  extendLease,
  FIRST_LEASE_S,
  handedOnCall,
  handOnLease,
  leaseEnd,
  NO_CALLS,
  unconfirmed,
} from '../lib/registrar/calls/call-limits';
import { namesOf } from '../lib/registrar/calls/colleague';
import { type Aor, formatAor } from '../lib/registrar/record/aor';
import { parseCustomer } from '../lib/registrar/record/customer';
import { parseNumber } from '../lib/registrar/record/number-record';
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
      isBlocked: async () => undefined,
      mayLookAnyway: () => false,
      recordFailure: async () => {},
      recordSuccess: async () => {},
    }),
    callGrants: { issue: async () => true, redeem: async () => 'granted' },
    callLimits: callLimitsInMemory(() => now),
    isOverdue: () => false,
    settings: {
      outboundSipHost: 'sip.carrier.example',
      callGrant: 'observe',
      callsWithoutMemory: 'allow',
      emergencyForDisabled: true,
      ...settings,
    },
    report: (outcome) => {
      withoutSecrets(reportOf(outcome).line);
      outcomes.push(outcome);
    },
    decisions: outcomes,
  };
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
      const found = countsOf(limits.owner);
      const gone = unconfirmed(found, now()).filter((call) => ended.has(call));
      const leases = Object.fromEntries(
        Object.entries(found.leases).filter(([call]) => !gone.includes(call)),
      );
      const { result, counts } = acquireLease({ ...found, leases }, callId, limits, now());
      owners.set(formatAor(limits.owner), counts);
      return result;
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
    release: async (callId, owner) => {
      if (!owner) {
        const before = ended.has(callId);
        ended.add(callId);
        return before ? 'ended-before' : 'ended';
      }
      const counts = countsOf(owner);
      const { [callId]: lease, ...leases } = counts.leases;
      owners.set(formatAor(owner), { ...counts, leases });
      return lease === undefined ? 'ended-before' : 'ended';
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
