import { aorOf, parseStored } from '../../aws/tools/customer-records';
import { formatAor } from '../../registrar/record/aor';
import { type CommonOptions, deploymentCommand, onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { readKey } from '../input';
import { credentialUsesOf, describeUse } from '../records/last-use';
import { mask } from '../records/mask';
import { describeProblems, describeRecord, findItem } from '../records/record-change';
import type { Outcome, Shell } from '../shell';

export const showCommand = () =>
  deploymentCommand('show <aor>', 'one record, its secrets masked', [
    'customers show AcmeInc@register.telecomsxchange.com',
    'customers show AcmeInc@register.telecomsxchange.com --stack edge-registrar',
  ]).action((aor: string, options: CommonOptions) =>
    onDeployment(options, (shell, deployment) => showCustomer(shell, deployment, aor)),
  );

/** `customers show`: one record, its secrets masked, and what is wrong with it. */
export async function showCustomer(shell: Shell, deployment: Deployment, aorText: string): Promise<Outcome> {
  const item = await findItem(deployment, readKey(aorText));
  const { problems } = parseStored(item);
  const used = (await credentialUsesOf(deployment, [aorOf(item)])).get(formatAor(aorOf(item))) ?? [];
  shell.print(describeRecord(item));
  for (const use of used) shell.print(`last used: credential ${describeUse(use)}`);
  if (problems.length > 0) shell.print(['problems:', ...describeProblems(problems)].join('\n'));
  return { code: 0, json: { record: mask(item), problems, used } };
}
