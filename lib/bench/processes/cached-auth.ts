import { hooksOver } from '../hooks';
import { dynamodbOf } from '../no-dynamodb';
import { eventOf, recordOf, registerPost } from '../phones';
import { expressOriginal } from './express-original';
import { leastHook } from './least-hook';

// REGISTERs of one phone whose record is cached, one after the other, by the hook and by what it is compared with. With
// `ROUNDS` it prints what each takes of a CPU; without, it runs `WARM_UP` of each, and then, at each name from outside,
// `AUTHS` of that one, whose instructions are counted.

const print = (line: object) => {
  JSON.stringify(line);
};
const ours = hooksOver(dynamodbOf(recordOf(0, 'off')), print);
const event = eventOf(registerPost(0));
const HOOKS: Readonly<Record<string, () => Promise<{ readonly body: string }>>> = {
  ours: () => ours(event),
  least: () => leastHook(event, print),
  original: () => expressOriginal(event, print),
};

async function repeat(hook: () => Promise<{ readonly body: string }>, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const { body } = await hook();
    if (!body.includes('"ok"')) throw new Error(body);
  }
}

const AUTHS = Number(process.env.AUTHS);

/** Microseconds of CPU for each auth, by hook. */
async function timeRound(): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const [name, hook] of Object.entries(HOOKS)) {
    const before = process.cpuUsage();
    await repeat(hook, AUTHS);
    const { user, system } = process.cpuUsage(before);
    times[name] = (user + system) / AUTHS;
  }
  return times;
}

async function time(rounds: number): Promise<void> {
  // V8 compiles what it wants to in the first ones.
  for (let round = 0; round < 5; round++) await timeRound();
  const times: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timeRound());
  process.stdout.write(JSON.stringify(times));
}

async function count(): Promise<void> {
  // In portions of what is counted and by turns, so that V8 has compiled this loop as well.
  for (let done = 0; done < Number(process.env.WARM_UP); done += AUTHS)
    for (const name of COUNTED) await repeat(hookOf(name), AUTHS);
  process.stdout.write('warm\n');
  for await (const name of process.stdin) {
    await repeat(hookOf(String(name).trim()), AUTHS);
    process.stdout.write('done\n');
  }
}

const COUNTED = ['ours', 'least'];

function hookOf(name: string): () => Promise<{ readonly body: string }> {
  const hook = HOOKS[name];
  if (!hook) throw new Error(`no hook ${name}`);
  return hook;
}

const { ROUNDS } = process.env;
if (ROUNDS) time(Number(ROUNDS));
else count();
