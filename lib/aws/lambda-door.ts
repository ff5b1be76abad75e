import type { Hook } from '../jambonz/signed-hook';
import { door, type Handler } from './door';
import { type Journal, journal } from './journal';
import { ENV } from './names';
import { rehearse } from './rehearsal';
import { type Environment, type Surroundings, worldOf } from './world';

/**
 * The door as AWS starts it, with a journal that CloudWatch reads.
 * @param around the world of this Lambda's environment
 */
export function lambdaDoor(
  hooks: Readonly<Record<string, Hook>>,
  around: (env: Environment, journal: Journal) => Surroundings = worldOf,
): Handler {
  const { [ENV.metricsNamespace]: namespace = 'edge-registrar', [ENV.logLevel]: level } = process.env;
  // Past `console`, which in a Lambda wraps each line: metrics must stand at the root of theirs.
  const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const told = journal(print, namespace, level, Date.now);
  const world = around(process.env, told);
  rehearse(hooks, world);
  return door(hooks, world, told);
}
