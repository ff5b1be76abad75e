import type { AuthContext, CommonContext, RequestContext } from '../../hooks/context';
import type { Hook } from '../../hooks/signed-hook';
import { ROUTES } from '../../jambonz/routes';
import { signatureHeader } from '../../jambonz/signature';
import type { HookAnswer } from '../../jambonz/webhook';
import { parseCustomer } from '../../registrar/record/customer';
import type { HooksOf, SharedContext } from './context-from-env';

/** Any Lambda's context: only register-auth's has a guard. */
type Warmable = SharedContext<CommonContext> & Partial<Pick<AuthContext, 'bruteForceGuard'>>;

/**
 * Sends each hook a request for an account that does not exist while the Lambda starts: this fetches the secret, opens
 * the connection to DynamoDB and compiles the code before the first phone waits. Nothing is written, logged or counted.
 * An error here is ignored, because the first request of a phone would report it.
 */
export function warmUp<Shared extends Warmable>(hooks: HooksOf<NoInfer<Shared>>, context: Shared): void {
  // The requests find no record, so the parser of records, the largest part of the code, is called here.
  parseCustomer(RECORD);
  for (const [hook, request] of playable(hooks)) runHook(hook, request, context).catch(() => {});
  openSecondConnection(context).catch(() => {});
}

/**
 * The first REGISTER of a phone sends two writes at the same time, which takes two connections, and a new connection
 * costs two round trips. So this look-up is sent while that of the warm-up request waits for its answer.
 */
async function openSecondConnection({ secrets, customers }: Warmable): Promise<void> {
  await secrets();
  await new Promise((resolve) => setImmediate(resolve));
  await customers.findNow(SECOND_ACCOUNT);
}

/**
 * Sends each hook the same requests and waits for the answers, which proves that the webhook secret, the tables and
 * their key can be used. Nothing is written, logged or counted.
 * @throws what stopped a hook from answering
 */
export async function checkHealth<Shared extends Warmable>(
  hooks: HooksOf<NoInfer<Shared>>,
  context: Shared,
): Promise<void> {
  for (const [hook, request, status = 200] of playable(hooks)) {
    const answer = await runHook(hook, request, context);
    if (answer?.status !== status)
      throw new Error(`a hook did not answer its own health check with ${status}`);
  }
}

function playable<Context>(
  hooks: Readonly<Record<string, Hook<Context>>>,
): (readonly [Hook<Context>, object, number | undefined])[] {
  return Object.entries(hooks).flatMap(([path, hook]) => {
    const request = REQUESTS[path];
    return request ? [[hook, request, REFUSED[path]] as const] : [];
  });
}

/** @returns undefined when there is no webhook secret to sign with */
async function runHook<Shared extends Warmable>(
  hook: Hook<Shared & RequestContext>,
  request: object,
  context: Shared,
): Promise<HookAnswer | undefined> {
  const [known] = await context.secrets();
  if (!known) return undefined;
  const body = JSON.stringify(request);
  const signature = signatureHeader(body, known.secret, Math.floor(context.now() / 1000));
  return hook({ signature, body, baseUrl: '' }, quiet(context));
}

/** The same context, in which nothing is reported and no failure is written down. */
function quiet<Shared extends Warmable>(context: Shared): Shared & RequestContext {
  const { bruteForceGuard } = context;
  return {
    ...context,
    isOverdue: () => false,
    report: () => {},
    ...(bruteForceGuard && {
      bruteForceGuard: (...who: Parameters<typeof bruteForceGuard>) => ({
        ...bruteForceGuard(...who),
        recordFailure: async () => {},
      }),
    }),
  };
}

/** RFC 2606 and RFC 5737 keep the names and the address free. */
const WARM_UP_ACCOUNT = { username: 'nobody', realm: 'rehearsal.invalid' };
const SECOND_ACCOUNT = { username: 'nobody-else', realm: 'rehearsal.invalid' };
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

/** The HTTP status of a request above that is refused. A transfer must be, because its request brings no call data. */
const REFUSED: Readonly<Record<string, number>> = { [ROUTES.refer]: 403 };
