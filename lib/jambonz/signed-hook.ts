import { type HookAnswer, type HookRequest, openHook, refuseHook } from './hook';
import type { HookName, World } from './world';

/** What a route does with a POST. */
export type Hook = (request: HookRequest, world: World) => Promise<HookAnswer>;

/**
 * A hook that only jambonz can call: its story is told after the signature is proven and the body understood.
 * @param parse turns the JSON into what the story is about; undefined: not what jambonz sends to this hook
 */
export function signedHook<Told>(
  name: HookName,
  parse: (json: Record<string, unknown>) => Told | undefined,
  story: (told: Told, world: World, baseUrl: string) => Promise<HookAnswer>,
): Hook {
  return async (request, world) => {
    const opened = openHook(request, await world.secrets(), world.now());
    const told = opened.ok ? parse(opened.json) : undefined;
    if (opened.ok && told !== undefined) return story(told, world, request.baseUrl);
    const refused = opened.ok ? 'not-understood' : opened.because;
    world.report({ hook: name, refused });
    return refuseHook(refused);
  };
}
