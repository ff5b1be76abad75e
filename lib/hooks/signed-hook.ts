import {
  type HookAnswer,
  type HookRefusal,
  type HookRequest,
  type OpenedHook,
  openHook,
  refuseHook,
} from '../jambonz/webhook';
import { coversRealm, type WebhookSecret } from '../jambonz/webhook-secrets';
import type { HookContext } from './context';
import type { HookName } from './outcome';

/** What a route does with a POST. */
export type Hook = (request: HookRequest, context: HookContext) => Promise<HookAnswer>;

/**
 * A hook that only jambonz can call. Runs the handler once the signature verifies and the body parses.
 * @param parse turns the JSON into what the handler needs; undefined: not what jambonz sends to this hook
 * @param realmOf the realm that the request is about; the secret that signed it must cover that realm. undefined: about none
 */
export function signedHook<Parsed>(
  name: HookName,
  parse: (json: Record<string, unknown>) => Parsed | undefined,
  realmOf: (parsed: Parsed) => string | undefined,
  handle: (
    parsed: Parsed,
    context: HookContext,
    baseUrl: string,
    signedBy: readonly WebhookSecret[],
  ) => Promise<HookAnswer>,
): Hook {
  return async (request, context) => {
    const refuse = (refused: HookRefusal) => {
      context.report({ hook: name, refused });
      return refuseHook(refused);
    };
    const opened = await open(request, context);
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
async function open(request: HookRequest, context: HookContext): Promise<OpenedHook> {
  const known = await context.secrets();
  const opened = openHook(request, known, context.now());
  if (opened.ok || opened.because !== 'wrong-signature') return opened;
  const again = await context.secrets('doubted');
  return again === known ? opened : openHook(request, again, context.now());
}
