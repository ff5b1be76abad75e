import { type CommonOptions, onDeployment, writingCommand } from '../command-line';
import type { Deployment } from '../deployment';
import { readInput, readKey } from '../input';
import { hashed } from '../records/hashed';
import { change } from '../records/record-change';
import { readRecord, refuseRecord } from '../records/record-text';
import type { Outcome, Shell } from '../shell';

interface Options extends CommonOptions {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly keepPasswords?: boolean;
}

export const putCommand = () =>
  writingCommand('put <aor>', 'write one whole record', [
    'customers put JaneDoe@register.telecomsxchange.com --file jane.json',
    'customers put JaneDoe@register.telecomsxchange.com --dry-run < jane.json',
    'customers put +966112223300 --file number.json',
  ])
    .option('--file <file>', 'JSON; -: standard input', '-')
    .option('--keep-passwords', 'keep plain passwords, instead of their ha1')
    .action((aor: string, options: Options) =>
      onDeployment(options, (shell, deployment) => putCustomer(shell, deployment, aor, options)),
    );

/** `customers put`: writes one whole record, read as JSON from a file or standard input. */
export async function putCustomer(
  shell: Shell,
  deployment: Deployment,
  aorText: string,
  options: Options,
): Promise<Outcome> {
  const aor = readKey(aorText);
  const read = readRecord(await readInput(shell, options.file), aor);
  if ('problems' in read) return refuseRecord(shell, aor, read.problems);
  const item = options.keepPasswords ? read.item : hashed(read.item);
  return change(shell, deployment, await deployment.records.find(aor), item, options);
}
