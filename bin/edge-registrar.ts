#!/usr/bin/env tsx
import { Command } from 'commander';
import { commandGroup } from '../lib/admin/command-line';
import { checkCommand } from '../lib/admin/commands/check';
import { editCommand } from '../lib/admin/commands/customers-edit';
import { disableCommand, enableCommand } from '../lib/admin/commands/customers-enable';
import { exportCommand } from '../lib/admin/commands/customers-export';
import { importCommand } from '../lib/admin/commands/customers-import';
import { listCommand } from '../lib/admin/commands/customers-list';
import { putCommand } from '../lib/admin/commands/customers-put';
import { removeCommand } from '../lib/admin/commands/customers-remove';
import { schemaCommand } from '../lib/admin/commands/customers-schema';
import { showCommand } from '../lib/admin/commands/customers-show';
import { diffCommand } from '../lib/admin/commands/diff';
import { explainCallCommand } from '../lib/admin/commands/explain-call';
import { explainRegisterCommand } from '../lib/admin/commands/explain-register';
import { connectCommand } from '../lib/admin/commands/jambonz-connect';
import { doctorCommand } from '../lib/admin/commands/jambonz-doctor';
import { lintCommand } from '../lib/admin/commands/lint';
import { passwordCheckCommand } from '../lib/admin/commands/password-check';
import { retireCommand } from '../lib/admin/commands/password-retire';
import { rotateCommand } from '../lib/admin/commands/password-rotate';
import { simulateCallCommand } from '../lib/admin/commands/simulate-call';
import { simulateRegisterCommand } from '../lib/admin/commands/simulate-register';
import { startCommand } from '../lib/admin/commands/start';

// The SDK warns about its own future on Node 20; the Lambdas run on Node 24.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

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
  )
  .addCommand(startCommand())
  .addCommand(
    commandGroup(
      'simulate',
      'act as a phone behind jambonz (SIP_PASSWORD or standard input, WEBHOOK_SECRET)',
      [simulateRegisterCommand(), simulateCallCommand()],
    ),
  )
  .addCommand(
    commandGroup('customers', 'the records of the SIP accounts', [
      importCommand(),
      exportCommand(),
      listCommand(),
      showCommand(),
      putCommand(),
      editCommand(),
      enableCommand(),
      disableCommand(),
      removeCommand(),
      schemaCommand(),
    ]),
  )
  .addCommand(
    commandGroup('password', 'SIP passwords: change them without an outage', [
      rotateCommand(),
      retireCommand(),
      passwordCheckCommand(),
    ]),
  )
  .addCommand(
    commandGroup('explain', 'why: by the rules of the hooks themselves; nothing is sent', [
      explainCallCommand(),
      explainRegisterCommand(),
    ]),
  )
  .addCommand(lintCommand())
  .addCommand(checkCommand())
  .addCommand(diffCommand())
  .addCommand(
    commandGroup(
      'jambonz',
      'the account in jambonz that uses these hooks (JAMBONZ_API_KEY, or standard input)',
      [connectCommand(), doctorCommand()],
    ),
  );

for (const command of [cli, ...cli.commands, ...cli.commands.flatMap((it) => it.commands)]) {
  command.exitOverride((problem) => process.exit(problem.exitCode === 0 ? 0 : 2));
}
if (process.argv.length <= 2) cli.outputHelp();
else cli.parse();
