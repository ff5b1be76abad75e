import { formatAor } from '../../registrar/record/aor';
import { type CommonOptions, onDeployment, writingCommand } from '../command-line';
import type { Deployment } from '../deployment';
import { readKey } from '../input';
import { versionNumber } from '../option-values';
import { changesBetween } from '../records/changes';
import { change } from '../records/record-change';
import { isCredentialPath } from '../records/record-credentials';
import { type Outcome, Refused, type Shell } from '../shell';
import { suggestion } from '../suggestion';

interface Options extends CommonOptions {
  readonly to: number;
  readonly dryRun?: boolean;
}

export const revertCommand = () =>
  writingCommand('revert <aor>', 'write an earlier version of a record again', [
    'customers revert AcmeInc@register.telecomsxchange.com --to 3 --dry-run',
    'customers revert AcmeInc@register.telecomsxchange.com --to 3',
  ])
    .requiredOption('--to <version>', 'the version, as "customers history" numbers them', versionNumber)
    .action((aor: string, options: Options) =>
      onDeployment(options, (shell, deployment) => revertCustomer(shell, deployment, aor, options)),
    );

/** `customers revert`: writes an earlier version again, as a new one. */
export async function revertCustomer(
  shell: Shell,
  deployment: Deployment,
  aorText: string,
  options: Options,
): Promise<Outcome> {
  const aor = readKey(aorText);
  const kept = await deployment.history.versions(aor);
  const wanted = kept.find(({ version }) => version === options.to);
  if (!wanted) {
    const numbers = kept.map(({ version }) => version).join(', ') || 'none';
    throw new Refused(`version ${options.to} of ${formatAor(aor)} was not kept; kept versions: ${numbers}`);
  }
  const item = wanted.record;
  if (!item)
    throw new Refused(
      `at version ${options.to} there was no record of ${formatAor(aor)}; to remove it: ${suggestion(shell, ['customers', 'remove', formatAor(aor)], deployment)}`,
    );
  const seen = await deployment.records.find(aor);
  const secrets = changesBetween(seen ?? {}, item).some(({ path }) => isCredentialPath(path));
  const outcome = await change(shell, deployment, seen, item, options);
  if (secrets && !options.dryRun) shell.print(`The SIP passwords are those of version ${options.to} again.`);
  return outcome;
}
