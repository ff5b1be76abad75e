import { readableLine } from '../local/readable-log';
import { DEVELOPMENT_SECRET } from '../local/sample-customers';
import { CannotStart, type LocalStack, startLocalStack } from '../local/stack';
import type { Outcome, Shell } from './shell';

/** `start`: everything on this laptop, until Ctrl-C. With `json`, every line of the output is JSON. */
export async function start(shell: Shell, { json = false }: { json?: boolean } = {}): Promise<Outcome> {
  try {
    const stack = await startLocalStack(shell.env, (line) =>
      shell.print(shell.watched && !json ? readableLine(line) : JSON.stringify(line)),
    );
    const { url, dynamodbEndpoint } = stack;
    if (json) shell.print(JSON.stringify({ ready: url, dynamodbEndpoint }));
    else shell.print(`${welcome(stack, shell.env.WEBHOOK_SECRET)}\nready ${url}`);
    await shell.interrupted();
    await stack.stop();
    return { code: 0, json: {} };
  } catch (cause) {
    if (!(cause instanceof CannotStart)) throw cause;
    shell.complain(cause.message);
    return { code: 1, json: {} };
  }
}

function welcome({ url, dynamodbEndpoint, loaded }: LocalStack, secret: string | undefined): string {
  const aors = loaded.flatMap(({ customer }) => (customer ? [`${customer.username}@${customer.realm}`] : []));
  const problems = loaded.flatMap(({ at, problems }) =>
    problems.map(({ path, fix }) => `  ${at}: ${path} ${fix}`),
  );
  const [aor = 'USER@REALM'] = aors;
  const other = url === 'http://127.0.0.1:3000' ? '' : ` --url ${url}`;
  return [
    `edge-registrar on ${url}, for jambonz to POST to:`,
    `  registration hook   ${url}/register-auth`,
    `  call hook           ${url}/call-hook`,
    `  call status hook    ${url}/call-status`,
    `webhook secret        ${secret === undefined ? `${DEVELOPMENT_SECRET}   (for this machine only)` : 'as WEBHOOK_SECRET says'}`,
    `DynamoDB              ${dynamodbEndpoint}`,
    `customers             ${aors.slice(0, 5).join(', ') || 'as the table has them'}${aors.length > 5 ? `, and ${aors.length - 5} more` : ''}`,
    ...(problems.length > 0 ? ['problems in the records:', ...problems] : []),
    '',
    'Try it in a second terminal:',
    `  npx edge-registrar simulate register ${aor}${other}`,
    `  npx edge-registrar simulate call ${aor} 00966501234567${other}`,
    'Stop with Ctrl-C.',
  ].join('\n');
}
