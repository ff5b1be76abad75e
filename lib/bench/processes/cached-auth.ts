import { hooksOver } from '../hooks';
import { dynamodbOf } from '../no-dynamodb';
import { eventOf, recordOf, registerPost } from '../phones';
import { leastHook } from './least-hook';

// REGISTERs of one phone whose record is cached, one after the other, by the hook and by what it is compared with:
// `WARM_UP` of each, then, at each name from outside, `AUTHS` of that one, which are counted.

const print = (line: object) => {
  JSON.stringify(line);
};
const ours = hooksOver(dynamodbOf(recordOf(0, 'off')), print);
const event = eventOf(registerPost(0));
const HOOKS: Readonly<Record<string, () => Promise<{ readonly body: string }>>> = {
  ours: () => ours(event),
  least: () => leastHook(event, print),
};

async function repeat(hook: () => Promise<{ readonly body: string }>, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const { body } = await hook();
    if (!body.includes('"ok"')) throw new Error(body);
  }
}

async function main(): Promise<void> {
  const auths = Number(process.env.AUTHS);
  // In portions of what is counted and by turns, so that V8 has compiled this loop as well.
  for (let done = 0; done < Number(process.env.WARM_UP); done += auths)
    for (const hook of Object.values(HOOKS)) await repeat(hook, auths);
  process.stdout.write('warm\n');
  for await (const name of process.stdin) {
    const hook = HOOKS[String(name).trim()];
    if (!hook) throw new Error(`no hook ${name}`);
    await repeat(hook, auths);
    process.stdout.write('done\n');
  }
}

main();
