import { HOOK_SETTINGS } from '../../hooks/settings';
import { DEVELOPMENT_SECRET } from '../../local/sample-customers';
import { CannotStart, type LocalStack, startLocalStack } from '../../local/stack';
import { facts } from '../columns';
import { plainCommand, run } from '../command-line';
import { decisionLines } from '../decision-line';
import { messageOf } from '../error-messages';
import { describeFileProblem } from '../files/file-problems';
import { readJsonText } from '../files/json-text';
import { readInput } from '../input';
import { type Outcome, Refused, type Shell } from '../shell';
import { suggestion } from '../suggestion';

/** The settings of the hooks that a local stack uses: it has no previous version of its webhook secret. */
const { previousSecretHours: _, ...HOOKS } = HOOK_SETTINGS;

/** What `start` takes from the environment. */
export const START_SETTINGS: Readonly<Record<string, string>> = {
  PORT: 'port of the hooks; default 3000, 0 for any free port',
  CUSTOMERS_FILE: 'a JSON file { realm: { username: record } } instead of the samples',
  WEBHOOK_SECRET: 'the secret that jambonz signs with; several are separated by commas',
  OUTBOUND_SIP_HOST: 'SIP host for trunks without a host of their own',
  DYNAMODB_ENDPOINT: 'another DynamoDB instead of the built-in one',
  DYNAMODB_PORT: 'port of the built-in DynamoDB; default 8000',
  DATA_DIR: 'folder in which the tables are kept; default: in memory',
  ...Object.fromEntries(
    Object.values(HOOKS).map(({ env, fix, otherwise }) => [
      env,
      `${fix.replace(/^write /, '')}; default ${otherwise}`,
    ]),
  ),
};

export const startCommand = () =>
  plainCommand('start', 'run everything on this machine: hooks, DynamoDB, sample customers', [
    'start',
    'start --json > hooks.log',
  ])
    .addHelpText(
      'after',
      [
        '\nSettings, from the environment:',
        ...facts(Object.entries(START_SETTINGS), process.stdout.columns),
      ].join('\n'),
    )
    .action((options: { json?: boolean }) =>
      run({}, (shell) =>
        start(shell, options).catch((cause: unknown) => {
          if (options.json) shell.print(JSON.stringify({ error: messageOf(cause) }));
          throw cause;
        }),
      ),
    );

/** `start`: everything on this laptop, until Ctrl-C. With `json`, every line of the output is JSON. */
export async function start(shell: Shell, { json = false }: { json?: boolean } = {}): Promise<Outcome> {
  const { CUSTOMERS_FILE: file } = shell.env;
  const wrong = file === undefined ? undefined : await syntaxError(shell, file);
  if (wrong !== undefined) throw new Refused(wrong);
  try {
    const describe = decisionLines(shell);
    const stack = await startLocalStack(shell.env, (line) => {
      const text = shell.watched && !json ? describe({ ...line }, shell.now()) : JSON.stringify(line);
      if (text !== undefined) shell.print(text);
    });
    const { url, dynamodbEndpoint } = stack;
    if (json) shell.print(JSON.stringify({ ready: url, dynamodbEndpoint }));
    else shell.print(`${welcome(shell, stack)}\nready ${url}`);
    await Promise.race([shell.interrupted(), shell.unread()]);
    await stack.stop();
    return { code: 0, json: {} };
  } catch (cause) {
    throw cause instanceof CannotStart ? new Refused(cause.message) : cause;
  }
}

/** The first thing in a file that is not JSON, with its place; the stack itself says what else is wrong in it. */
async function syntaxError(shell: Shell, file: string): Promise<string | undefined> {
  const read = readJsonText(await readInput(shell, file));
  const [problem] = 'problems' in read ? read.problems : [];
  return problem && `CUSTOMERS_FILE ${file}, ${describeFileProblem(problem)}`;
}

function welcome(shell: Shell, { url, dynamodbEndpoint, loaded }: LocalStack): string {
  const secret = shell.env.WEBHOOK_SECRET;
  const aors = loaded.flatMap(({ customer }) => (customer ? [`${customer.username}@${customer.realm}`] : []));
  const numbers = loaded.flatMap(({ number }) => (number ? [number.username] : []));
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
    `customers             ${firstOf(aors) || 'as the table has them'}`,
    ...(numbers.length > 0 ? [`numbers               ${firstOf(numbers)}`] : []),
    ...(problems.length > 0 ? ['problems in the records:', ...problems] : []),
    '',
    'Try it in a second terminal:',
    `  ${suggestion(shell, ['simulate', 'register', aor, ...other])}`,
    `  ${suggestion(shell, ['simulate', 'call', aor, '00966501234567', ...other])}`,
    ...numbers
      .slice(0, 1)
      .map((number) => `  ${suggestion(shell, ['simulate', 'ring', `+${number}`, ...other])}`),
    'Stop with Ctrl-C.',
  ].join('\n');
}

function firstOf(names: readonly string[]): string {
  const more = names.length > 5 ? `, and ${names.length - 5} more` : '';
  return `${names.slice(0, 5).join(', ')}${more}`;
}
