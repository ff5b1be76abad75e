import { aorOf, type Item, parseStored } from '../../aws/tools/customer-records';
import { formatAor } from '../../registrar/record/aor';
import { NUMBERS } from '../../registrar/record/number-key';
import { counted } from '../columns';
import { type CommonOptions, onDeployment, writingCommand } from '../command-line';
import type { Deployment } from '../deployment';
import { readKey } from '../input';
import { changedMeanwhile, describeRecord, findItem } from '../records/record-change';
import { type Outcome, type Shell, WrongUsage } from '../shell';

interface Options extends CommonOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const removeCommand = () =>
  writingCommand('remove <aor>', 'remove one record; asks first', [
    'customers remove JaneDoe@register.telecomsxchange.com --dry-run',
    'customers remove JaneDoe@register.telecomsxchange.com --yes',
  ])
    .option('--yes', 'do not ask')
    .action((aor: string, options: Options) =>
      onDeployment(options, (shell, deployment) => removeCustomer(shell, deployment, aor, options)),
    );

/** `customers remove`: asks first. */
export async function removeCustomer(
  shell: Shell,
  deployment: Deployment,
  aorText: string,
  options: Options,
): Promise<Outcome> {
  const seen = await findItem(deployment, readKey(aorText));
  const aor = formatAor(aorOf(seen));
  const dependents = await accountsUsing(deployment, seen);
  const numbers = await numbersNaming(deployment, aor);
  shell.print(
    [
      `${aor} will be removed from ${deployment.name}:`,
      describeRecord(seen),
      ...(dependents.length > 0
        ? [
            `${counted(dependents.length, 'account')} will have no trunks, because they use its policy: ${dependents.join(', ')}`,
          ]
        : []),
      ...(numbers.length > 0 ? [`These numbers name it: ${numbers.join(', ')}`] : []),
    ].join('\n'),
  );
  if (options.dryRun) {
    shell.print('Nothing was removed (--dry-run).');
    return { code: 0, json: { removed: false, aor, dependents } };
  }
  const sure = options.yes || (await shell.confirm(`Remove ${aor}?`));
  if (sure === undefined) throw new WrongUsage('not a terminal; pass --yes to confirm');
  if (!sure) {
    shell.print('Nothing was removed.');
    return { code: 1, json: { removed: false, aor, dependents } };
  }
  if ((await deployment.records.remove(seen)) === 'changed-meanwhile') throw changedMeanwhile(aor);
  shell.print('Removed.');
  return { code: 0, json: { removed: true, aor, dependents } };
}

/** The numbers that ring this account, or forward as it. */
async function numbersNaming(deployment: Deployment, aor: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of deployment.records.pages(NUMBERS))
    for (const item of page) {
      const { number } = parseStored(item);
      const named = number && [
        ...number.ring.flat(),
        ...(number.fallback && 'as' in number.fallback ? [number.fallback.as] : []),
      ];
      if (number && named?.some((it) => formatAor(it) === aor)) names.push(number.username);
    }
  return names.sort();
}

async function accountsUsing(deployment: Deployment, { realm, username }: Item): Promise<string[]> {
  const names: string[] = [];
  for await (const page of deployment.records.pages(String(realm)))
    names.push(...page.filter(({ customer }) => customer === username).map((item) => formatAor(aorOf(item))));
  return names.sort();
}
