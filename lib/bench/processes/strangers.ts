import { hooksOver } from '../hooks';
import { dynamodbOf } from '../no-dynamodb';
import { eventOf, registerPost } from '../phones';
import { serveParent, usage } from './parent';

// Phones that nobody knows, each with a name and an address of its own, at both hooks' real code and caches.

const STRANGERS = 100_000;
const PARTS = 20;

const handler = hooksOver(dynamodbOf(undefined), () => {});
let next = 0;

serveParent(0, async () => {
  for (const ends = next + STRANGERS / PARTS; next < ends; next++) {
    const { body } = await handler(eventOf(registerPost(next)));
    if (body !== '{"status":"fail"}') throw new Error('a stranger was let in');
  }
  return usage();
});
