import { startLocalStack } from '../../local/stack';
import { serveParent } from './parent';

// The local stack as `npm start` runs it. Its lines are made and not written, as the other servers write none.

startLocalStack(process.env, (line) => JSON.stringify(line)).then(({ url }) =>
  serveParent(Number(new URL(url).port)),
);
