import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { exampleText } from '../command-line';

/**
 * Adds `completion bash|zsh|fish|powershell`, which prints a script for that shell, and the hidden command that the
 * script asks for what may follow.
 * @param cli with all its other commands
 */
export function addCompletion(cli: Command): void {
  const words = tab(cli, { completionCommandName: 'completion' });
  const commandNamed = (name: string) => cli.commands.find((command) => command.name() === name);
  commandNamed('complete')?.action((typed: string[]) => {
    for (const line of orFiles(printedBy(() => words.parse(typed)))) console.log(line);
  });
  commandNamed('completion')
    ?.description('print a script that completes commands in your shell: bash, zsh, fish or powershell')
    .hook('postAction', (_, { args: [shell] }) => {
      if (shell === 'bash') console.log(PLAIN_BASH);
    })
    .addHelpText(
      'after',
      exampleText([
        'completion bash >> ~/.bashrc',
        'completion zsh >> ~/.zshrc',
        'completion fish > ~/.config/fish/completions/edge-registrar.fish',
      ]),
    );
}

/** The last line of what the scripts read: 4 means that no file name can follow (cobra's ShellCompDirectiveNoFileComp). */
const NO_FILES = ':4';
const FILES = ':0';

/** The library never asks for file names: they follow wherever no word of a command does. */
function orFiles(lines: readonly string[]): readonly string[] {
  return lines.length === 1 && lines[0] === NO_FILES ? [FILES] : lines;
}

/** What the library prints to the console, which is its only output. */
function printedBy(run: () => void): readonly string[] {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    run();
  } finally {
    console.log = log;
  }
  return lines;
}

/** The script is for shells with the package bash-completion and bash 4: without them, and for file names. */
const PLAIN_BASH = `
type _get_comp_words_by_ref >/dev/null 2>&1 || _get_comp_words_by_ref() {
    cur=\${COMP_WORDS[COMP_CWORD]}
    prev=\${COMP_WORDS[COMP_CWORD-1]}
    words=("\${COMP_WORDS[@]}")
    cword=$COMP_CWORD
}
type compopt >/dev/null 2>&1 || compopt() { :; }
complete -o default -F __edge_registrar_complete edge-registrar`;
