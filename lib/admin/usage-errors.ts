import type { Command } from 'commander';

/**
 * Ends the process with exit code 2 on wrong usage, of any command below this one: with the message and the help of
 * that command, or as one JSON document.
 */
export function endOnUsageErrors(command: Command, json: boolean): void {
  command.showHelpAfterError(!json).exitOverride((problem) => process.exit(problem.exitCode === 0 ? 0 : 2));
  if (json) command.configureOutput({ outputError: (text) => process.stdout.write(asJson(text)) });
  for (const inner of command.commands) endOnUsageErrors(inner, json);
}

function asJson(text: string): string {
  return `${JSON.stringify({ error: text.trim().replace(/^error: /, '') }, null, 2)}\n`;
}
