import type { Journal } from '../lib/aws/journal';
import { lineOf } from '../lib/aws/journal';
import type { HookAnswer } from '../lib/jambonz/hook';
import { signatureHeader } from '../lib/jambonz/signature';
import type { Hook } from '../lib/jambonz/signed-hook';
import { type Decision, type Seats, Undecided, type World } from '../lib/jambonz/world';
import { formatAor } from '../lib/registrar/aor';
import { type CallCounts, NO_CALLS, takeSeat } from '../lib/registrar/caps';
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

/** Seats as the rules count them, without a table. */
export function seatsInMemory(now: () => number): Seats {
  const owners = new Map<string, CallCounts>();
  const ended = new Set<string>();
  return {
    take: async (callId, caps) => {
      const owner = formatAor(caps.owner);
      const found = owners.get(owner) ?? NO_CALLS;
      const leases = Object.fromEntries(Object.entries(found.leases).filter(([call]) => !ended.has(call)));
      const { seat, counts } = takeSeat({ ...found, leases }, callId, caps, now());
      owners.set(owner, counts);
      return seat;
    },
    end: async (callId, owner) => {
      const counts = owner && owners.get(formatAor(owner));
      if (!owner) {
        const before = ended.has(callId);
        ended.add(callId);
        return before ? 'ended-before' : 'ended';
      }
      const { [callId]: lease, ...leases } = counts?.leases ?? {};
      if (counts) owners.set(formatAor(owner), { ...counts, leases });
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
