import {
  type HookAnswer,
  type HookRefusal,
  type HookRequest,
  type OpenedHook,
  openHook,
  refuseHook,
} from './hook';
import { speaksFor } from './webhook-secrets';
import type { HookName, World } from './world';

/** What a route does with a POST. */
export type Hook = (request: HookRequest, world: World) => Promise<HookAnswer>;

/**
 * A hook that only jambonz can call: its story is told after the signature is proven and the body understood.
 * @param parse turns the JSON into what the story is about; undefined: not what jambonz sends to this hook
 * @param realmOf the realm it is about: only a secret that speaks for it may tell. undefined: about none
 */
export function signedHook<Told>(
  name: HookName,
  parse: (json: Record<string, unknown>) => Told | undefined,
  realmOf: (told: Told) => string | undefined,
  story: (told: Told, world: World, baseUrl: string) => Promise<HookAnswer>,
): Hook {
  return async (request, world) => {
    const refuse = (refused: HookRefusal) => {
      world.report({ hook: name, refused });
      return refuseHook(refused);
    };
    const opened = await open(request, world);
    if (!opened.ok) return refuse(opened.because);
    const told = parse(opened.json);
    if (told === undefined) return refuse('not-understood');
    const realm = realmOf(told);
    if (realm !== undefined && !speaksFor(opened.signedBy, realm)) return refuse('realm-of-another-account');
    return story(told, world, request.baseUrl);
  };
}

/** A signature that does not fit may be newer than the secrets we know. */
async function open(request: HookRequest, world: World): Promise<OpenedHook> {
  const known = await world.secrets();
  const opened = openHook(request, known, world.now());
  if (opened.ok || opened.because !== 'wrong-signature') return opened;
  const again = await world.secrets('doubted');
  return again === known ? opened : openHook(request, again, world.now());
}
