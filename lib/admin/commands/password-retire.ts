import { RECORDED_EVERY_MS } from '../../aws/stores/logins';
import { readCredentialUses } from '../../aws/tools/credential-uses';
import type { Item } from '../../aws/tools/customer-records';
import { type Aor, formatAor } from '../../registrar/record/aor';
import { type CommonOptions, onDeployment, writingCommand } from '../command-line';
import type { Deployment } from '../deployment';
import { readAor } from '../input';
import { change, findItem } from '../records/record-change';
import { allCredentials, type RecordCredential, written } from '../records/record-credentials';
import { type Outcome, Refused, type Shell, WrongUsage } from '../shell';

interface Options extends CommonOptions {
  readonly label?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export const retireCommand = () =>
  writingCommand('retire <aor>', 'take the old one away, when no phone has used it for a day', [
    'password retire AcmeInc@register.telecomsxchange.com',
    'password retire AcmeInc@register.telecomsxchange.com --label 2026-01-31',
  ])
    .option('--label <label>', 'this credential; otherwise all but the newest')
    .option('--force', 'even when a phone uses it')
    .action((aor: string, options: Options) =>
      onDeployment(options, (shell, deployment) => retirePassword(shell, deployment, aor, options)),
    );

const DAY_MS = 86_400_000;

/**
 * `password retire`: takes the old credentials away, all but the newest, or the one that is named. Refuses if a
 * phone used one of them within the last day, or if that is not known.
 */
export async function retirePassword(
  shell: Shell,
  deployment: Deployment,
  aorText: string,
  options: Options,
): Promise<Outcome> {
  const aor = readAor(aorText);
  const seen = await findItem(deployment, aor);
  const all = allCredentials(seen, aor);
  const retired =
    options.label === undefined ? oldOnes(all, seen) : all.filter(({ label }) => label === options.label);
  if (retired.length === 0)
    throw new Refused(
      options.label === undefined
        ? `${formatAor(aor)} has no older credential beside its newest`
        : `${formatAor(aor)} has no credential ${options.label}; it has ${all.map(({ label }) => label).join(', ')}`,
    );
  if (retired.length === all.length)
    throw new Refused(
      `that is the only credential of ${formatAor(aor)}: rotate it instead, or disable the account`,
    );
  if (!options.force) await refuseWhileInUse(shell, deployment, aor, retired);
  const { password: _, ha1: __, ...rest } = seen;
  const left = all.filter((it) => !retired.includes(it));
  return change(shell, deployment, seen, { ...rest, credentials: left.map(written) }, options);
}

/** The newest is the last of `credentials`. `password` beside `ha1` does not say which came first. */
function oldOnes(all: readonly RecordCredential[], { credentials }: Item): RecordCredential[] {
  if (all.length > 1 && (!Array.isArray(credentials) || credentials.length === 0))
    throw new WrongUsage('the record does not say which credential is older: name it with --label');
  return all.slice(0, -1);
}

async function refuseWhileInUse(
  shell: Shell,
  deployment: Deployment,
  aor: Aor,
  retired: readonly RecordCredential[],
): Promise<void> {
  if (deployment.memoryTable === undefined)
    throw new Refused(
      'with --table alone it is not known when a credential was last used: pass --stack NAME, or --force',
    );
  const uses =
    (await readCredentialUses(deployment.dynamodb, deployment.memoryTable, [aor])).get(formatAor(aor)) ?? [];
  const inUse = uses.find(
    ({ label, at }) =>
      retired.some((it) => it.knownAs === label) && shell.now() - at < DAY_MS + RECORDED_EVERY_MS,
  );
  if (inUse)
    throw new Refused(
      `credential ${inUse.label} was used within the last day (noted ${new Date(inUse.at).toISOString()}): give that phone the new password first, or pass --force`,
    );
}
