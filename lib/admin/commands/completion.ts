import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { exampleText } from '../command-line';

/**
 * Adds `completion bash|zsh|fish|powershell`, which prints a script for that shell, and the hidden command that the
 * script asks for what may follow.
 * @param cli with all its other commands
 */
export function addCompletion(cli: Command): void {
  tab(cli, { completionCommandName: 'completion' });
  cli.commands
    .find((command) => command.name() === 'completion')
    ?.description('print a script that completes commands in your shell: bash, zsh, fish or powershell')
    .addHelpText(
      'after',
      exampleText([
        'completion bash >> ~/.bashrc',
        'completion zsh >> ~/.zshrc',
        'completion fish > ~/.config/fish/completions/edge-registrar.fish',
      ]),
    );
}
