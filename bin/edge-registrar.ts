import { Command } from 'commander';
import { commandGroup, exampleText } from '../lib/admin/command-line';
import { exportCallsCommand } from '../lib/admin/commands/calls-export';
import { checkCommand } from '../lib/admin/commands/check';
import { addCompletion } from '../lib/admin/commands/completion';
import { editCommand } from '../lib/admin/commands/customers-edit';
import { disableCommand, enableCommand } from '../lib/admin/commands/customers-enable';
import { exportCommand } from '../lib/admin/commands/customers-export';
import { historyCommand } from '../lib/admin/commands/customers-history';
import { importCommand } from '../lib/admin/commands/customers-import';
import { listCommand } from '../lib/admin/commands/customers-list';
import { putCommand } from '../lib/admin/commands/customers-put';
import { removeCommand } from '../lib/admin/commands/customers-remove';
import { revertCommand } from '../lib/admin/commands/customers-revert';
import { schemaCommand } from '../lib/admin/commands/customers-schema';
import { showCommand } from '../lib/admin/commands/customers-show';
import { diffCommand } from '../lib/admin/commands/diff';
import { explainCallCommand } from '../lib/admin/commands/explain-call';
import { explainRegisterCommand } from '../lib/admin/commands/explain-register';
import { impactCommand } from '../lib/admin/commands/impact';
import { connectCommand } from '../lib/admin/commands/jambonz-connect';
import { doctorCommand } from '../lib/admin/commands/jambonz-doctor';
import { phonesCommand } from '../lib/admin/commands/jambonz-phones';
import { lintCommand } from '../lib/admin/commands/lint';
import { passwordCheckCommand } from '../lib/admin/commands/password-check';
import { retireCommand } from '../lib/admin/commands/password-retire';
import { rotateCommand } from '../lib/admin/commands/password-rotate';
import { simulateCallCommand } from '../lib/admin/commands/simulate-call';
import { simulateRegisterCommand } from '../lib/admin/commands/simulate-register';
import { simulateRingCommand } from '../lib/admin/commands/simulate-ring';
import { startCommand } from '../lib/admin/commands/start';
import { tailCommand } from '../lib/admin/commands/tail';
import { ignoreClosedPipe } from '../lib/admin/terminal';
import { endOnUsageErrors } from '../lib/admin/usage-errors';
import { version } from '../package.json';

// The SDK warns about its own future on Node 20; the Lambdas run on Node 24.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const CALL = 'call AcmeInc@register.telecomsxchange.com 00966501234567';

const cli = new Command('edge-registrar')
  .description('SIP devices register and call through jambonz, without a registrar on your platform')
  .version(version)
  .addHelpText(
    'after',
    exampleText(['start', 'customers import customers.csv --dry-run', `simulate ${CALL}`]),
  )
  .addCommand(startCommand())
  .addCommand(
    commandGroup(
      'simulate',
      'act as a phone behind jambonz (SIP_PASSWORD, WEBHOOK_SECRET)',
      [`simulate ${CALL}`],
      [simulateRegisterCommand(), simulateCallCommand(), simulateRingCommand()],
    ),
  )
  .addCommand(
    commandGroup(
      'customers',
      'the records of the SIP accounts',
      ['customers list', 'customers import customers.csv --dry-run'],
      [
        importCommand(),
        exportCommand(),
        listCommand(),
        showCommand(),
        putCommand(),
        editCommand(),
        enableCommand(),
        disableCommand(),
        removeCommand(),
        historyCommand(),
        revertCommand(),
        schemaCommand(),
      ],
    ),
  )
  .addCommand(
    commandGroup(
      'password',
      'SIP passwords: change them without an outage',
      ['password rotate AcmeInc@register.telecomsxchange.com'],
      [rotateCommand(), retireCommand(), passwordCheckCommand()],
    ),
  )
  .addCommand(
    commandGroup(
      'explain',
      'why: by the rules of the hooks themselves; nothing is sent',
      [`explain ${CALL}`],
      [explainCallCommand(), explainRegisterCommand()],
    ),
  )
  .addCommand(tailCommand())
  .addCommand(lintCommand())
  .addCommand(checkCommand())
  .addCommand(diffCommand())
  .addCommand(impactCommand())
  .addCommand(
    commandGroup(
      'calls',
      'the calls that were dialled',
      ['calls export calls.csv --from 2026-11-01'],
      [exportCallsCommand()],
    ),
  )
  .addCommand(
    commandGroup(
      'jambonz',
      'the account in jambonz that uses these hooks (JAMBONZ_API_KEY)',
      ['jambonz doctor --help'],
      [connectCommand(), doctorCommand(), phonesCommand()],
    ),
  );

addCompletion(cli);
ignoreClosedPipe();
endOnUsageErrors(cli, process.argv.includes('--json'));
if (process.argv.length <= 2) cli.outputHelp();
else cli.parse();
