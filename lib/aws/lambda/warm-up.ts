import type { HookContext } from '../../hooks/context';
import type { Hook } from '../../hooks/signed-hook';
import { ROUTES } from '../../jambonz/routes';
import { signatureHeader } from '../../jambonz/signature';
import { parseCustomer } from '../../registrar/record/customer';
import type { SharedContext } from './context-from-env';

/**
 * Sends each hook a request of an account that nobody has, while Lambda still starts us: the secret is fetched, the
 * connection to DynamoDB opened and the code compiled before the first phone waits for them. Nothing of it is
 * written, logged or counted. What fails here fails again, and is told, when a phone asks.
 */
export function warmUp(hooks: Readonly<Record<string, Hook>>, context: SharedContext): void {
  // The table has no record of nobody, and what reads records is the largest part of the code.
  parseCustomer(RECORD);
  for (const [path, hook] of Object.entries(hooks)) {
    const request = REQUESTS[path];
    if (request) runHook(hook, request, context).catch(() => {});
  }
}

async function runHook(hook: Hook, request: object, context: SharedContext): Promise<void> {
  const [known] = await context.secrets();
  if (!known) return;
  const body = JSON.stringify(request);
  const signature = signatureHeader(body, known.secret, Math.floor(context.now() / 1000));
  const bruteForceGuard: HookContext['bruteForceGuard'] = (...who) => ({
    ...context.bruteForceGuard(...who),
    recordFailure: async () => {},
  });
  const quiet = { ...context, bruteForceGuard, isOverdue: () => false, report: () => {} };
  await hook({ signature, body, baseUrl: '' }, quiet);
}

/** RFC 2606 and RFC 5737 keep the names and the address free. */
const WARM_UP_ACCOUNT = { username: 'nobody', realm: 'rehearsal.invalid' };
const WARM_UP_ADDRESS = '192.0.2.1';

const RECORD = {
  ...WARM_UP_ACCOUNT,
  ha1: '00000000000000000000000000000000',
  techPrefix: '0',
  outboundAuth: { username: 'nobody', password: 'nobody' },
  callerId: { default: '0', patterns: [{ match: '^0', callerId: '0' }] },
};

const DIGEST = { ...WARM_UP_ACCOUNT, nonce: '0', uri: 'sip:rehearsal.invalid', response: '0' };

const REQUESTS: Readonly<Record<string, object>> = {
  [ROUTES.registerAuth]: {
    source_address: WARM_UP_ADDRESS,
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
  [ROUTES.refer]: { call_id: '0', refer_details: { referred_call_sid: '0' } },
};
