#!/usr/bin/env tsx
import { createInterface } from 'node:readline';
import { Command, InvalidArgumentError } from 'commander';
import { type Shell, WrongUsage } from '../lib/admin/shell';
import { simulateCall, simulateRegister } from '../lib/admin/simulate';
import { start } from '../lib/admin/start';

// The SDK warns of its own future on Node 20; the Lambdas run on Node 24.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const LOCAL_URL = 'http://127.0.0.1:3000';

const shell: Shell = {
  env: process.env,
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`edge-registrar: ${text}\n`),
  readLine: async () => {
    if (process.stdin.isTTY) return undefined;
    for await (const line of createInterface({ input: process.stdin })) return line;
    return undefined;
  },
  interrupted: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    }),
};

function program(run: (command: Promise<number>) => Promise<void>): Command {
  const cli = new Command('edge-registrar')
    .description('SIP devices register and call through jambonz, without a registrar on your platform')
    .showHelpAfterError()
    .addHelpText(
      'after',
      '\nExample:\n  npx edge-registrar simulate call AcmeInc@register.telecomsxchange.com 00966501234567',
    );
  cli
    .command('start')
    .description('run everything on this machine: hooks, DynamoDB, sample customers')
    .action(() => run(start(shell)));
  const simulate = cli
    .command('simulate')
    .description('act as a phone behind jambonz (SIP_PASSWORD or standard input, WEBHOOK_SECRET)');
  simulate
    .command('register <aor>')
    .description('register the phone; --expires 0 takes it off again')
    .option('--url <url>', 'where the hooks are', LOCAL_URL)
    .option('--expires <seconds>', 'how long to register for', wholeNumber, 3600)
    .action((aor, options) => run(simulateRegister(shell, aor, options)));
  simulate
    .command('call <aor> <number>')
    .description('dial a number')
    .option('--url <url>', 'where the hooks are', LOCAL_URL)
    .option('--from <user>', "the device's From user")
    .action((aor, number, options) => run(simulateCall(shell, aor, number, options)));
  return cli;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('write a whole number of seconds.');
  return Number(text);
}

/** Exit codes: 0 done, 1 refused or broken, 2 wrong usage. */
async function exitWith(command: Promise<number>): Promise<void> {
  try {
    process.exitCode = await command;
  } catch (cause) {
    process.exitCode = cause instanceof WrongUsage ? 2 : 1;
    shell.complain(explain(cause));
  }
}

function explain(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return 'no answer within 10 s';
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}

function main(): void {
  const cli = program(exitWith);
  for (const command of [cli, ...cli.commands, ...cli.commands.flatMap((it) => it.commands)]) {
    command.exitOverride((problem) => process.exit(problem.exitCode === 0 ? 0 : 2));
  }
  if (process.argv.length <= 2) cli.outputHelp();
  else cli.parse();
}

main();
