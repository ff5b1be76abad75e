import { forPeople } from '../../local/for-people';
import { DEVELOPMENT_SECRET } from '../../local/sample-customers';
import { CannotStart, type LocalStack, startLocalStack } from '../../local/stack';
import { plainCommand, run } from '../command-line';
import type { Outcome, Shell } from '../shell';
import { suggestion } from '../suggestion';

export const startCommand = () =>
  plainCommand('start', 'run everything on this machine: hooks, DynamoDB, sample customers', [
    'start',
    'start --json',
  ]).action((options: { json?: boolean }) => run({}, (shell) => start(shell, options)));

/** `start`: everything on this laptop, until Ctrl-C. With `json`, every line of the output is JSON. */
export async function start(shell: Shell, { json = false }: { json?: boolean } = {}): Promise<Outcome> {
  try {
    const stack = await startLocalStack(shell.env, (line) =>
      shell.print(shell.watched && !json ? forPeople(line) : JSON.stringify(line)),
    );
    const { url, dynamodbEndpoint } = stack;
    if (json) shell.print(JSON.stringify({ ready: url, dynamodbEndpoint }));
    else shell.print(`${welcome(shell, stack)}\nready ${url}`);
    await shell.interrupted();
    await stack.stop();
    return { code: 0, json: {} };
  } catch (cause) {
    if (!(cause instanceof CannotStart)) throw cause;
    shell.complain(cause.message);
    return { code: 1, json: {} };
  }
}

function welcome(shell: Shell, { url, dynamodbEndpoint, loaded }: LocalStack): string {
  const secret = shell.env.WEBHOOK_SECRET;
  const aors = loaded.flatMap(({ customer }) => (customer ? [`${customer.username}@${customer.realm}`] : []));
  const problems = loaded.flatMap(({ at, problems }) =>
    problems.map(({ path, fix }) => `  ${at}: ${path} ${fix}`),
  );
  const [aor = 'USER@REALM'] = aors;
  const other = url === 'http://127.0.0.1:3000' ? [] : ['--url', url];
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
    `  ${suggestion(shell, ['simulate', 'register', aor, ...other])}`,
    `  ${suggestion(shell, ['simulate', 'call', aor, '00966501234567', ...other])}`,
    'Stop with Ctrl-C.',
  ].join('\n');
}
