import {
  type HookAnswer,
  type HookRefusal,
  type HookRequest,
  type OpenedHook,
  openHook,
  refuseHook,
} from '../jambonz/webhook';
import { coversRealm, type WebhookSecret } from '../jambonz/webhook-secrets';
import type { CommonContext, HookContext } from './context';
import type { HookName } from './outcome';

/** What a route does with a POST, given what it uses of the context. */
export type Hook<Context = HookContext> = (request: HookRequest, context: Context) => Promise<HookAnswer>;

/**
 * A hook that only jambonz can call. Runs the handler once the signature verifies and the body parses.
 * @param parse turns the JSON into what the handler needs; undefined: not what jambonz sends to this hook
 * @param realmOf the realm that the request is about; the secret that signed it must cover that realm. undefined: about none
 */
export function signedHook<Parsed, Context extends CommonContext>(
  name: HookName,
  parse: (json: Record<string, unknown>) => Parsed | undefined,
  realmOf: (parsed: Parsed) => string | undefined,
  handle: (
    parsed: Parsed,
    context: Context,
    baseUrl: string,
    signedBy: readonly WebhookSecret[],
  ) => Promise<HookAnswer>,
): Hook<Context> {
  return async (request, context) => {
    const refuse = (refused: HookRefusal) => {
      context.report({ hook: name, refused });
      return refuseHook(refused);
    };
    const known = await context.secrets();
    const first = openHook(request, known, context.now());
    const isDoubted = !first.ok && first.because === 'wrong-signature';
    const opened = isDoubted ? await openWithNewer(first, known, request, context) : first;
    if (!opened.ok) return refuse(opened.because);
    const parsed = parse(opened.json);
    if (parsed === undefined) return refuse('not-understood');
    const realm = realmOf(parsed);
    if (realm !== undefined && !coversRealm(opened.signedBy, realm))
      return refuse('realm-of-another-account');
    return handle(parsed, context, request.baseUrl, opened.signedBy);
  };
}

/** A signature that does not fit may be newer than the secrets we know. */
async function openWithNewer(
  opened: OpenedHook,
  known: readonly WebhookSecret[],
  request: HookRequest,
  context: CommonContext,
): Promise<OpenedHook> {
  const again = await context.secrets('doubted');
  return again === known ? opened : openHook(request, again, context.now());
}
