import { FRESH_MS } from '../../aws/stores/record-cache';
import { aorOf, type Item } from '../../aws/tools/customer-records';
import { type Aor, formatAor } from '../../registrar/record/aor';
import type { Problem } from '../../registrar/record/customer';
import type { Deployment } from '../deployment';
import { type Outcome, Refused, type Shell } from '../shell';
import { changesBetween, describeChange } from './changes';
import { withNearestField } from './field-names';
import { mask } from './mask';

/** When a change takes effect: the hooks remember a record for a while. */
export const USED_WITHIN = `Calls use it within ${FRESH_MS.known / 1000} s.`;

/**
 * Prints what changes, then writes it, unless someone else wrote the record after it was read.
 * @throws Refused in that case
 */
export async function change(
  shell: Shell,
  deployment: Deployment,
  seen: Item | undefined,
  item: Item,
  { dryRun = false }: { dryRun?: boolean },
): Promise<Outcome> {
  const aor = formatAor(aorOf(item));
  const changes = changesBetween(seen ?? { realm: item.realm, username: item.username }, item);
  const json = { aor, changes: mask(changes.map(({ path }) => path)), written: false };
  if (seen && changes.length === 0) {
    shell.print(`No changes to ${aor}.`);
    return { code: 0, json };
  }
  shell.print(
    [
      seen
        ? shell.paint('yellow', `~ ${aor} in ${deployment.name}`)
        : shell.paint('green', `+ ${aor} in ${deployment.name}`),
      ...changes.map((it) => `    ${describeChange(it)}`),
    ].join('\n'),
  );
  if (dryRun) {
    shell.print('Nothing was written (--dry-run).');
    return { code: 0, json };
  }
  if ((await deployment.records.write(item, seen)) === 'changed-meanwhile') throw changedMeanwhile(aor);
  shell.print(`Written. ${USED_WITHIN}`);
  return { code: 0, json: { ...json, written: true } };
}

export function changedMeanwhile(aor: string): Refused {
  return new Refused(
    `${aor} was changed by someone else after it was read; nothing was written. Look at it, then make your change again`,
  );
}

/** @throws Refused when there is no such record */
export async function findItem(deployment: Deployment, aor: Aor): Promise<Item> {
  const item = await deployment.records.find(aor);
  if (!item)
    throw new Refused(`${deployment.name} has no record of ${formatAor(aor)}; usernames are case-sensitive`);
  return item;
}

/** The whole record, its key first, without a secret. */
export function describeRecord({ realm, username, ...record }: Item): string {
  return JSON.stringify(mask({ realm, username, ...record }), null, 2);
}

/** For people: one line a problem. */
export function describeProblems(problems: readonly Problem[]): string[] {
  return problems.map(withNearestField).map(({ path, fix }) => `  ${path ? `${path} ` : ''}${fix}`);
}
