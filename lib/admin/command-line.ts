import { Command } from 'commander';
import { callSettingsForFile } from './call-settings';
import { type Deployment, type DeploymentOptions, findDeployment } from './deployment';
import { messageOf } from './error-messages';
import { type KnownRecords, recordsInFile, recordsInTable } from './records/known-records';
import { type Outcome, type Shell, WrongUsage } from './shell';
import { TOOL, terminal } from './terminal';

/** What every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
}

/**
 * A command that needs no deployment.
 * @param usage its name and arguments, such as `diff <old> <new>`
 * @param examples what follows the tool's name, such as `diff old.json new.json --calls calls.csv`
 */
export function plainCommand(usage: string, description: string, examples: readonly string[]): Command {
  const [name = '', ...args] = usage.split(' ');
  const command = new Command(name)
    .description(description)
    .option('--json', 'print JSON instead of text, for scripts')
    .addHelpText('after', exampleText(examples));
  return args.length > 0 ? command.arguments(args.join(' ')) : command;
}

/** A command that works on a deployment. */
export function deploymentCommand(usage: string, description: string, examples: readonly string[]): Command {
  return plainCommand(usage, description, examples)
    .option('--stack <name>', 'the deployment of this CloudFormation stack; otherwise the local one')
    .option('--table <name>', 'this Customers table');
}

/** A command that changes records. */
export function writingCommand(usage: string, description: string, examples: readonly string[]): Command {
  return deploymentCommand(usage, description, examples)
    .option('--dry-run', 'only say what would change')
    .option('--no-history', 'do not keep the version before the change');
}

/** For the end of a help text. */
export function exampleText(examples: readonly string[]): string {
  return ['\nExamples:', ...examples.map((it) => `  ${TOOL} ${it}`)].join('\n');
}

/** A command that leads to others. */
export function commandGroup(
  name: string,
  description: string,
  examples: readonly string[],
  commands: readonly Command[],
): Command {
  const group = new Command(name).description(description).addHelpText('after', exampleText(examples));
  for (const command of commands) group.addCommand(command);
  return group;
}

/** Runs a command. Exit codes: 0 done, 1 refused or found problems, 2 wrong usage. Under --json one document is all the output. */
export async function run(
  { json }: CommonOptions,
  command: (shell: Shell) => Promise<Outcome>,
): Promise<void> {
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

/** Runs a command on the deployment that its options name. */
export function onDeployment(
  options: CommonOptions & DeploymentOptions,
  command: (shell: Shell, deployment: Deployment) => Promise<Outcome>,
): Promise<void> {
  return run(options, async (shell) => {
    const deployment = await findDeployment(shell, options);
    return command(shell, deployment).finally(() => deployment.dynamodb.destroy());
  });
}

/** Runs a command on the records of the file in `--records`, else of a deployment. */
export function onRecords(
  options: CommonOptions & DeploymentOptions & { readonly records?: string },
  command: (shell: Shell, known: KnownRecords, hooks: { hooks?: string }) => Promise<Outcome>,
): Promise<void> {
  const { records: file } = options;
  if (file === undefined)
    return onDeployment(options, (shell, deployment) => {
      const hooks = deployment.hooks?.call.replace(/\/[^/]*$/, '');
      return command(shell, recordsInTable(deployment), hooks === undefined ? {} : { hooks });
    });
  return run(options, async (shell) =>
    command(shell, await recordsInFile(shell, file, await callSettingsForFile(shell, options)), {}),
  );
}
