import { hooksOver } from '../hooks';
import { dynamodbOf } from '../no-dynamodb';
import { eventOf, recordOf, registerPost } from '../phones';

// REGISTERs of one phone whose record is cached, one after the other: `WARM_UP` of them, then, at each word from
// outside, `AUTHS` whose instructions are counted.

const handler = hooksOver(dynamodbOf(recordOf(0, 'off')), (line) => JSON.stringify(line));
const event = eventOf(registerPost(0));

async function repeat(times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const { body } = await handler(event);
    if (!body.includes('"ok"')) throw new Error(body);
  }
}

async function main(): Promise<void> {
  // In portions of what is counted, so that V8 has compiled this loop as well.
  const auths = Number(process.env.AUTHS);
  for (let done = 0; done < Number(process.env.WARM_UP); done += auths) await repeat(auths);
  process.stdout.write('warm\n');
  for await (const _ of process.stdin) {
    await repeat(auths);
    process.stdout.write('done\n');
  }
}

main();
