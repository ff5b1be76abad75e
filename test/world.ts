import type { Journal } from '../lib/aws/journal';
import { lineOf } from '../lib/aws/journal';
import type { HookAnswer } from '../lib/jambonz/hook';
import { signatureHeader } from '../lib/jambonz/signature';
import type { Hook } from '../lib/jambonz/signed-hook';
import { type Decision, type Seats, Undecided, type World } from '../lib/jambonz/world';
import { type Aor, formatAor } from '../lib/registrar/aor';
import {
  type CallCounts,
  extendLease,
  leaseEnd,
  NO_CALLS,
  takeSeat,
  unconfirmed,
} from '../lib/registrar/caps';
import { parseCustomer } from '../lib/registrar/customer';
import type { CallSettings } from '../lib/registrar/plan';
import { withoutSecrets } from './no-secrets';

/** Where jambonz reached the hooks. */
export const BASE_URL = 'https://hooks.example.com/prod';
export const SECRET = 'wh_secret_of_the_tests';
/** 2026-11-23T08:51:26.623Z, when the captured INVITE was sent. */
export const NOW = 1795423886623;

export interface TestWorld extends World {
  readonly decisions: Decision[];
}

/** A journal that nobody reads. */
export const SILENT: Journal = {
  decided: () => {},
  broke: () => {},
  troubled: () => {},
  badRecord: () => {},
  lookedUp: () => {},
};

/** A world with these records in it, the clock standing still at `now`. */
export function worldWith(
  records: readonly object[] | 'out of order',
  {
    now = NOW,
    secret = SECRET,
    settings = {},
  }: { now?: number; secret?: string; settings?: Partial<CallSettings> } = {},
): TestWorld {
  const customers = records === 'out of order' ? [] : records.map((record) => parseCustomer(record).customer);
  const decisions: Decision[] = [];
  const find: World['customers']['find'] = async ({ username, realm }) => {
    if (records === 'out of order') throw new Undecided('the table is out of order');
    return customers.find((it) => it?.username === username && it.realm === realm.toLowerCase());
  };
  return {
    now: () => now,
    secrets: async () => [{ secret }],
    customers: { find, findNow: find, remembered: () => undefined },
    usedAnswers: { use: async () => 'new' },
    guesser: () => ({
      isKnown: () => false,
      limited: async () => undefined,
      mayLookAnyway: () => false,
      failed: async () => {},
      succeeded: async () => {},
    }),
    callGrants: { leave: async () => true, take: async () => 'granted' },
    seats: seatsInMemory(() => now),
    overdue: () => false,
    settings: {
      outboundSipHost: 'sip.carrier.example',
      callGrant: 'observe',
      callsWithoutMemory: 'allow',
      emergencyForDisabled: true,
      ...settings,
    },
    report: (decision) => {
      withoutSecrets(lineOf(decision));
      decisions.push(decision);
    },
    decisions,
  };
}

/** What all Lambdas share of the calls that go on. */
export interface SharedCalls {
  readonly owners: Map<string, CallCounts>;
  readonly ended: Set<string>;
}

export const noCalls = (): SharedCalls => ({ owners: new Map(), ended: new Set() });

/** Seats as the rules count them, without a table. */
export function seatsInMemory(now: () => number, { owners, ended }: SharedCalls = noCalls()): Seats {
  const countsOf = (owner: Aor) => owners.get(formatAor(owner)) ?? NO_CALLS;
  return {
    take: async (callId, caps) => {
      const found = countsOf(caps.owner);
      const gone = unconfirmed(found, now()).filter((call) => ended.has(call));
      const leases = Object.fromEntries(
        Object.entries(found.leases).filter(([call]) => !gone.includes(call)),
      );
      const { seat, counts } = takeSeat({ ...found, leases }, callId, caps, now());
      owners.set(formatAor(caps.owner), counts);
      return seat;
    },
    extend: async (callId, { owner, seconds }) => {
      owners.set(formatAor(owner), extendLease(countsOf(owner), callId, leaseEnd(seconds, now())));
    },
    end: async (callId, owner) => {
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
export function send(hook: Hook, payload: unknown, world: World, secret = SECRET): Promise<HookAnswer> {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const signature = signatureHeader(body, secret, Math.floor(world.now() / 1000));
  return hook({ signature, body, baseUrl: BASE_URL }, world);
}
