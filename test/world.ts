import { lineOf } from '../lib/aws/journal';
import type { HookAnswer } from '../lib/jambonz/hook';
import { signatureHeader } from '../lib/jambonz/signature';
import type { Hook } from '../lib/jambonz/signed-hook';
import { type Decision, Undecided, type World } from '../lib/jambonz/world';
import { parseCustomer } from '../lib/registrar/customer';
import { withoutSecrets } from './no-secrets';

export const SECRET = 'wh_secret_of_the_tests';
/** 2026-11-23T08:51:26.623Z, when the captured INVITE was sent. */
export const NOW = 1795423886623;

export interface TestWorld extends World {
  readonly decisions: Decision[];
}

/** A world with these records in it, the clock standing still at `now`. */
export function worldWith(
  records: readonly object[] | 'out of order',
  { now = NOW, secret = SECRET } = {},
): TestWorld {
  const customers = records === 'out of order' ? [] : records.map((record) => parseCustomer(record).customer);
  const decisions: Decision[] = [];
  return {
    now: () => now,
    secrets: async () => [{ secret }],
    customers: {
      find: async ({ username, realm }) => {
        if (records === 'out of order') throw new Undecided('the table is out of order');
        return customers.find((it) => it?.username === username && it.realm === realm.toLowerCase());
      },
    },
    usedAnswers: { use: async () => 'new' },
    guesses: { limited: async () => undefined, failed: async () => {}, succeeded: async () => {} },
    callGrants: { leave: async () => true, take: async () => 'granted' },
    settings: { outboundSipHost: 'sip.carrier.example', callGrant: 'observe', callsWithoutMemory: 'allow' },
    report: (decision) => {
      withoutSecrets(lineOf(decision));
      decisions.push(decision);
    },
    decisions,
  };
}

/** Sends a payload to a hook, signed as jambonz signs. */
export function send(hook: Hook, payload: unknown, world: World, secret = SECRET): Promise<HookAnswer> {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const signature = signatureHeader(body, secret, Math.floor(world.now() / 1000));
  return hook({ headers: { 'jambonz-signature': signature }, body }, world);
}
