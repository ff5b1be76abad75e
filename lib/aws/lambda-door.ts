import type { Hook } from '../jambonz/signed-hook';
import { door, type Handler } from './door';
import { lineOfBroken } from './journal';
import { worldOf } from './world';

/** The door as AWS starts it: the world of this Lambda's environment, one JSON line per decision. */
export function lambdaDoor(hooks: Readonly<Record<string, Hook>>): Handler {
  const world = worldOf(process.env, (line) => console.info(line));
  return door(hooks, world, (cause) => console.error(lineOfBroken(cause)));
}
