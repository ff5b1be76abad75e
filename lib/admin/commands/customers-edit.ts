import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Item } from '../../aws/tools/customer-records';
import type { Aor } from '../../registrar/record/aor';
import { type CommonOptions, onDeployment, writingCommand } from '../command-line';
import type { Deployment } from '../deployment';
import { readKey } from '../input';
import { hashed } from '../records/hashed';
import { change, describeProblems, findItem } from '../records/record-change';
import { hideSecrets, type ReadRecord, readRecord, refuseRecord } from '../records/record-text';
import type { Outcome, Shell } from '../shell';

interface Options extends CommonOptions {
  readonly dryRun?: boolean;
  readonly keepPasswords?: boolean;
}

export const editCommand = () =>
  writingCommand('edit <aor>', 'change one record in your editor (EDITOR)', [
    'customers edit AcmeInc@register.telecomsxchange.com',
    'customers edit AcmeInc@register.telecomsxchange.com --stack edge-registrar',
  ])
    .option('--keep-passwords', 'keep plain passwords, instead of their ha1')
    .action((aor: string, options: Options) =>
      onDeployment(options, (shell, deployment) => editCustomer(shell, deployment, aor, options)),
    );

/** `customers edit`: one record in the user's editor. Its secrets are shown as `<secret 1>`, and are kept if left so. */
export async function editCustomer(
  shell: Shell,
  deployment: Deployment,
  aorText: string,
  options: Options,
): Promise<Outcome> {
  const aor = readKey(aorText);
  const seen = await findItem(deployment, aor);
  const { version: _, ...shown } = seen;
  const secrets: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'edge-registrar-'));
  const file = join(folder, `${aor.username.replace(/[^\w.-]/g, '_')}.json`);
  await writeFile(file, `${JSON.stringify(hideSecrets(shown, secrets), null, 2)}\n`, { mode: 0o600 });
  const kept = `Your text is kept in ${file}.`;
  try {
    const read = await editUntilRight(shell, file, aor, secrets, seen);
    if ('problems' in read) {
      const outcome = refuseRecord(shell, aor, read.problems);
      shell.print(kept);
      return outcome;
    }
    const item = options.keepPasswords ? read.item : hashed(read.item);
    const outcome = await change(shell, deployment, seen, item, options);
    await rm(folder, { recursive: true });
    return outcome;
  } catch (cause) {
    shell.complain(kept);
    throw cause;
  }
}

async function editUntilRight(
  shell: Shell,
  file: string,
  aor: Aor,
  secrets: readonly string[],
  seen: Item,
): Promise<ReadRecord> {
  for (;;) {
    await shell.edit(file);
    const read = readRecord(await readFile(file, 'utf8'), aor, secrets, seen);
    if ('item' in read) return read;
    shell.complain(['this cannot be written:', ...describeProblems(read.problems)].join('\n'));
    if (!(await shell.confirm('Open the editor again?'))) return read;
  }
}
