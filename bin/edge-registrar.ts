#!/usr/bin/env tsx
import { Command, InvalidArgumentError, Option } from 'commander';
import { callSettingsForFile } from '../lib/admin/call-settings';
import { checkCalls, diffCalls } from '../lib/admin/call-tests';
import { connect, hookUrls } from '../lib/admin/connect-jambonz';
import { enableCustomer, listCustomers, removeCustomer, showCustomer } from '../lib/admin/customers';
import { editCustomer, putCustomer } from '../lib/admin/customers-edit';
import { exportCustomers, importCustomers } from '../lib/admin/customers-import';
import { doctor } from '../lib/admin/doctor';
import { explainCall, explainRegister } from '../lib/admin/explain';
import { connectJambonz } from '../lib/admin/jambonz-api';
import { type KnownRecords, recordsInFile, recordsInTable } from '../lib/admin/known-records';
import { lintFile, lintTable } from '../lib/admin/lint';
import { checkPassword, retirePassword, rotatePassword } from '../lib/admin/passwords';
import { findPlace, type Place, type PlaceOptions } from '../lib/admin/place';
import { printSchema } from '../lib/admin/record-schema';
import { type Outcome, Refused, type Shell, WrongUsage } from '../lib/admin/shell';
import { simulateCall, simulateRegister } from '../lib/admin/simulate';
import { start } from '../lib/admin/start';
import { terminal } from '../lib/admin/terminal';

// The SDK warns of its own future on Node 20; the Lambdas run on Node 24.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const LOCAL_URL = `http://127.0.0.1:${process.env.PORT ?? 3000}`;

/** What every command takes. */
interface Common extends PlaceOptions {
  readonly json?: boolean;
}

const cli = new Command('edge-registrar')
  .description('SIP devices register and call through jambonz, without a registrar on your platform')
  .showHelpAfterError()
  .addHelpText(
    'after',
    `
Examples:
  npx edge-registrar start
  npx edge-registrar customers import customers.csv --dry-run
  npx edge-registrar simulate call AcmeInc@register.telecomsxchange.com 00966501234567`,
  );

plain(cli, 'start', 'run everything on this machine: hooks, DynamoDB, sample customers').action((options) =>
  run({}, (shell) => start(shell, options)),
);

const simulate = group(
  'simulate',
  'act as a phone behind jambonz (SIP_PASSWORD or standard input, WEBHOOK_SECRET)',
);
plain(simulate, 'register <aor>', 'register the phone; --expires 0 takes it off again')
  .option('--url <url>', 'where the hooks are', LOCAL_URL)
  .option('--expires <seconds>', 'how long to register for', wholeNumber, 3600)
  .action((aor, options) => run(options, (shell) => simulateRegister(shell, aor, options)));
plain(simulate, 'call <aor> <number>', 'dial a number')
  .option('--url <url>', 'where the hooks are', LOCAL_URL)
  .option('--from <user>', "the device's From user")
  .action((aor, number, options) => run(options, (shell) => simulateCall(shell, aor, number, options)));

const customers = group('customers', 'the records of the SIP accounts');
placed(customers, 'import <file>', 'write the records of a JSON or CSV file (-: standard input)')
  .option('--dry-run', 'only say what would change')
  .option('--keep-passwords', 'keep plain passwords, instead of their ha1')
  .action((file, options) => runAt(options, (shell, place) => importCustomers(shell, place, file, options)));
placed(customers, 'export [file]', 'all records, secrets included, as import reads them')
  .option('--csv', 'as CSV; JSON otherwise, and when the file ends in .json')
  .option('--realm <realm>', 'of this realm only')
  .action((file: string | undefined, options) => {
    const format = options.csv || file?.endsWith('.csv') ? 'csv' : 'json';
    return runAt(options, (shell, place) => exportCustomers(shell, place, file, { ...options, format }));
  });
placed(customers, 'list', 'every account in a line')
  .option('--realm <realm>', 'of this realm only')
  .action((options) => runAt(options, (shell, place) => listCustomers(shell, place, options)));
placed(customers, 'show <aor>', 'one record, its secrets masked').action((aor, options) =>
  runAt(options, (shell, place) => showCustomer(shell, place, aor)),
);
placed(customers, 'put <aor>', 'write one whole record')
  .option('--file <file>', 'JSON; -: standard input', '-')
  .option('--dry-run', 'only say what would change')
  .option('--keep-passwords', 'keep plain passwords, instead of their ha1')
  .action((aor, options) => runAt(options, (shell, place) => putCustomer(shell, place, aor, options)));
placed(customers, 'edit <aor>', 'change one record in your editor (EDITOR)')
  .option('--dry-run', 'only say what would change')
  .option('--keep-passwords', 'keep plain passwords, instead of their ha1')
  .action((aor, options) => runAt(options, (shell, place) => editCustomer(shell, place, aor, options)));
for (const [name, enabled, what] of [
  ['enable', true, 'let an account register and call again'],
  ['disable', false, 'stop an account'],
] as const) {
  placed(customers, `${name} <aor>`, what)
    .option('--dry-run', 'only say what would change')
    .action((aor, options) =>
      runAt(options, (shell, place) => enableCustomer(shell, place, aor, enabled, options)),
    );
}
placed(customers, 'remove <aor>', 'remove one record; asks first')
  .option('--yes', 'do not ask')
  .option('--dry-run', 'only say what would change')
  .action((aor, options) => runAt(options, (shell, place) => removeCustomer(shell, place, aor, options)));
plain(customers, 'schema', 'the JSON Schema of a record, for editors').action((options) =>
  run(options, printSchema),
);

const password = group('password', 'SIP passwords: change them without an outage');
placed(password, 'rotate <aor>', 'a new password, valid beside the old one for a while')
  .addOption(
    new Option('--overlap <time>', 'how long the old one stays valid, such as 12h or 7d; 0: not at all')
      .argParser(duration)
      .default(7 * 86_400_000, '7d'),
  )
  .option('--password-file <file>', 'take the new one from here (-: standard input, or typed unseen)')
  .option('--force', 'even when it is weak')
  .option('--dry-run', 'only say what would change')
  .action((aor, options) => runAt(options, (shell, place) => rotatePassword(shell, place, aor, options)));
placed(password, 'retire <aor>', 'take the old one away, when no phone has used it for a day')
  .option('--label <label>', 'this credential; otherwise all but the newest')
  .option('--force', 'even when a phone uses it')
  .option('--dry-run', 'only say what would change')
  .action((aor, options) => runAt(options, (shell, place) => retirePassword(shell, place, aor, options)));
placed(password, 'check <aor>', 'is this its password?')
  .option('--password-file <file>', 'where it stands (-: standard input, or typed unseen)', '-')
  .action((aor, options) => runAt(options, (shell, place) => checkPassword(shell, place, aor, options)));

const explain = group('explain', 'why: by the rules of the hooks themselves; nothing is sent');
placed(explain, 'call <aor> <number>', 'what would come of a call, and which rule says so')
  .option('--from <user>', "the device's From user")
  .option('--at <time>', 'at another time than now, ISO 8601', time)
  .option('--records <file>', 'by the records of this file')
  .action((aor, number, options) =>
    runOn(options, (shell, known, hooks) => explainCall(shell, known, aor, number, { ...options, ...hooks })),
  );
placed(explain, 'register <aor>', 'what would refuse a registration')
  .option('--address <ip>', 'as if the phone were there')
  .option('--at <time>', 'at another time than now, ISO 8601', time)
  .option('--records <file>', 'by the records of this file')
  .action((aor, options) => runOn(options, (shell, known) => explainRegister(shell, known, aor, options)));

placed(cli, 'lint [file]', 'all problems of a file, or of the table, and what a reviewer would ask')
  .option('--strict', 'exit code 1 on warnings too')
  .action((file: string | undefined, options) =>
    file === undefined
      ? runAt(options, (shell, place) => lintTable(shell, place, options))
      : run(options, (shell) => lintFile(shell, file, options)),
  );
placed(cli, 'check <calls>', 'do the calls of a file come out as it says?')
  .option('--records <file>', 'by the records of this file')
  .action((calls, options) => runOn(options, (shell, known) => checkCalls(shell, known, calls)));
plain(cli, 'diff <old> <new>', 'which calls would come out otherwise by other records?')
  .requiredOption('--calls <file>', 'the calls, as for check')
  .option('--stack <name>', 'with the settings of this CloudFormation stack')
  .action((before, after, options) =>
    run(options, async (shell) => {
      const settings = await callSettingsForFile(shell, options);
      const [old, changed] = [
        await recordsInFile(shell, before, settings),
        await recordsInFile(shell, after, settings),
      ];
      return diffCalls(shell, old, changed, options.calls);
    }),
  );

const jambonz = group(
  'jambonz',
  'the account in jambonz that uses these hooks (JAMBONZ_API_KEY, or standard input)',
);
connected('connect', 'make the account call these hooks, and the deployment know its secret')
  .option('--dry-run', 'only say what would change')
  .action((options) =>
    runAt(options, async (shell, place) =>
      connect(shell, place, await connectJambonz(shell, options), options),
    ),
  );
connected('doctor', 'look for the usual mistakes; changes nothing').action((options) =>
  runAt(options, async (shell, place) => {
    const hooks = options.hooks === undefined ? place.hooks : hookUrls(place, options.hooks);
    return doctor(shell, place, await connectJambonz(shell, options), hooks);
  }),
);

function connected(name: string, description: string): Command {
  return placed(jambonz, name, description)
    .requiredOption('--api <url>', "jambonz's REST API, such as https://jambonz.example.com/api/v1")
    .requiredOption('--account <sid>', 'the account')
    .option('--hooks <url>', "under which URL jambonz reaches the hooks; otherwise the stack's")
    .option('--plain-http', 'let the API key travel without TLS');
}

function group(name: string, description: string): Command {
  return cli.command(name).description(description);
}

function plain(parent: Command, usage: string, description: string): Command {
  return parent.command(usage).description(description).option('--json', 'for scripts');
}

/** A command that works on a deployment. */
function placed(parent: Command, usage: string, description: string): Command {
  return plain(parent, usage, description)
    .option('--stack <name>', 'the deployment of this CloudFormation stack; otherwise the local one')
    .option('--table <name>', 'this Customers table');
}

function runAt(options: Common, command: (shell: Shell, place: Place) => Promise<Outcome>): Promise<void> {
  return run(options, async (shell) => {
    const place = await findPlace(shell, options);
    return command(shell, place).finally(() => place.dynamodb.destroy());
  });
}

/** A command on the records of a file, when one is named, else of a deployment. */
function runOn(
  options: Common & { readonly records?: string },
  command: (shell: Shell, known: KnownRecords, hooks: { hooks?: string }) => Promise<Outcome>,
): Promise<void> {
  const { records: file } = options;
  if (file === undefined)
    return runAt(options, (shell, place) => {
      const hooks = place.hooks?.call.replace(/\/[^/]*$/, '');
      return command(shell, recordsInTable(place), hooks === undefined ? {} : { hooks });
    });
  return run(options, async (shell) =>
    command(shell, await recordsInFile(shell, file, await callSettingsForFile(shell, options)), {}),
  );
}

/** Exit codes: 0 done, 1 refused or found problems, 2 wrong usage. Under --json one document is all the output. */
async function run({ json }: Common, command: (shell: Shell) => Promise<Outcome>): Promise<void> {
  const shell = terminal();
  try {
    const outcome = await command(json ? { ...shell, print: () => {} } : shell);
    if (json) shell.print(JSON.stringify(outcome.json, null, 2));
    process.exitCode = outcome.code;
  } catch (cause) {
    process.exitCode = cause instanceof WrongUsage ? 2 : 1;
    if (json) shell.print(JSON.stringify({ error: messageOf(cause) }, null, 2));
    shell.complain(messageOf(cause));
  }
}

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof WrongUsage || cause instanceof Refused) return cause.message;
  const fix = FIXES[cause.name] ?? FIXES[cause.message];
  if (fix !== undefined) return fix;
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}

/** What AWS and the network say, in words that help. */
const FIXES: Readonly<Record<string, string>> = {
  TimeoutError: 'no answer within 10 s',
  CredentialsProviderError: 'there are no AWS credentials here: log in (aws sso login), or set AWS_PROFILE',
  ExpiredTokenException: 'your AWS credentials have expired: log in again (aws sso login)',
  'Region is missing': 'no AWS Region is set: set AWS_REGION, or AWS_PROFILE',
  AccessDeniedException: 'your AWS credentials may not do that',
  ResourceNotFoundException: 'there is no such table or secret in this Region: is AWS_REGION right?',
};

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('write a whole number of seconds.');
  return Number(text);
}

function time(text: string): number {
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('write an ISO 8601 time such as 2026-12-31T00:00:00Z.');
  return at;
}

const UNITS_MS: Readonly<Record<string, number>> = { '': 0, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `7d`, `12h`, `30m` or `0`, in ms. */
function duration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$|^0$/.exec(text) ?? [];
  if (text !== '0' && count === undefined)
    throw new InvalidArgumentError('write a time such as 30m, 12h, 7d, or 0.');
  return Number(count ?? 0) * (UNITS_MS[unit] ?? 0);
}

for (const command of [cli, ...cli.commands, ...cli.commands.flatMap((it) => it.commands)]) {
  command.exitOverride((problem) => process.exit(problem.exitCode === 0 ? 0 : 2));
}
if (process.argv.length <= 2) cli.outputHelp();
else cli.parse();
