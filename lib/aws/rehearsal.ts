import { ROUTES } from '../jambonz/routes';
import { signatureHeader } from '../jambonz/signature';
import type { Hook } from '../jambonz/signed-hook';
import type { World } from '../jambonz/world';
import { parseCustomer } from '../registrar/customer';
import type { Surroundings } from './world';

/**
 * Sends each hook a request of an account that nobody has, while Lambda still starts us: the secret is fetched, the
 * connection to DynamoDB opened and the code compiled before the first phone waits for them. Nothing of it is
 * written, logged or counted. What fails here fails again, and is told, when a phone asks.
 */
export function rehearse(hooks: Readonly<Record<string, Hook>>, world: Surroundings): void {
  // The table has no record of nobody, and what reads records is the largest part of the code.
  parseCustomer(RECORD);
  for (const [path, hook] of Object.entries(hooks)) {
    const request = REQUESTS[path];
    if (request) play(hook, request, world).catch(() => {});
  }
}

async function play(hook: Hook, request: object, world: Surroundings): Promise<void> {
  const [known] = await world.secrets();
  if (!known) return;
  const body = JSON.stringify(request);
  const signature = signatureHeader(body, known.secret, Math.floor(world.now() / 1000));
  const guesser: World['guesser'] = (...who) => ({ ...world.guesser(...who), failed: async () => {} });
  const quiet = { ...world, guesser, overdue: () => false, report: () => {} };
  await hook({ signature, body, baseUrl: '' }, quiet);
}

/** RFC 2606 and RFC 5737 keep the names and the address free. */
const NOBODY = { username: 'nobody', realm: 'rehearsal.invalid' };
const NOBODYS_ADDRESS = '192.0.2.1';

const RECORD = {
  ...NOBODY,
  ha1: '00000000000000000000000000000000',
  techPrefix: '0',
  outboundAuth: { username: 'nobody', password: 'nobody' },
  callerId: { default: '0', patterns: [{ match: '^0', callerId: '0' }] },
};

const DIGEST = { ...NOBODY, nonce: '0', uri: 'sip:rehearsal.invalid', response: '0' };

const REQUESTS: Readonly<Record<string, object>> = {
  [ROUTES.registerAuth]: {
    source_address: NOBODYS_ADDRESS,
    method: 'REGISTER',
    headers: {
      to: '<sip:nobody@rehearsal.invalid>',
      'call-id': '0',
      authorization: `Digest ${Object.entries(DIGEST).map(([name, value]) => `${name}="${value}"`)}`,
    },
    expires: 0,
    ...DIGEST,
  },
  [ROUTES.callHook]: {
    sip: { headers: { 'X-Authenticated-User': 'nobody@rehearsal.invalid' } },
    from: 'nobody',
    to: '0',
    call_sid: '0',
    call_id: '0',
    sbc_callid: '0',
  },
};
