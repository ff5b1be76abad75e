import type { Item } from '../../aws/tools/customer-records';
import { formatAor } from '../../registrar/record/aor';
import { type CommonOptions, deploymentCommand, onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { readKey } from '../input';
import { changesBetween, describeChange } from '../records/changes';
import { mask } from '../records/mask';
import { historyOf, type RecordState } from '../records/record-history';
import { type Outcome, Refused, type Shell } from '../shell';
import { suggestion } from '../suggestion';

export const historyCommand = () =>
  deploymentCommand('history <aor>', 'all versions of one record: when, by whom, and what changed', [
    'customers history AcmeInc@register.telecomsxchange.com',
    'customers history AcmeInc@register.telecomsxchange.com --stack edge-registrar',
  ]).action((aor: string, options: CommonOptions) =>
    onDeployment(options, (shell, deployment) => showHistory(shell, deployment, aor)),
  );

/** `customers history`: all versions of one record, oldest first, with their changes and without secrets. */
export async function showHistory(shell: Shell, deployment: Deployment, aorText: string): Promise<Outcome> {
  const aor = readKey(aorText);
  const states = historyOf(await deployment.history.versions(aor), await deployment.records.find(aor));
  if (states.length === 0)
    throw new Refused(
      `${deployment.name} has no record of ${formatAor(aor)}, and had none that this tool wrote`,
    );
  const lines = states.flatMap((state, at) => describeState(shell, state, recordBefore(states, at)));
  shell.print([`${formatAor(aor)} in ${deployment.name}, oldest version first`, ...lines].join('\n'));
  const revertible = states.findLast(({ kind, record }) => kind !== 'current' && record);
  if (revertible?.version !== undefined)
    shell.print(
      `To go back: ${suggestion(shell, ['customers', 'revert', formatAor(aor), '--to', String(revertible.version)], deployment)}`,
    );
  return { code: 0, json: states.map((state) => ({ ...state, record: mask(state.record) })) };
}

function recordBefore(states: readonly RecordState[], at: number): Item | undefined {
  return states.slice(0, at).findLast(({ kind }) => kind !== 'lost')?.record;
}

function describeState(shell: Shell, state: RecordState, before: Item | undefined): string[] {
  const { version, record, at, by, kind } = state;
  if (kind === 'lost')
    return [
      shell.paint('yellow', `  up to ${version}: not kept, because something else than this tool wrote them`),
    ];
  const head = [
    `  ${version ?? '-'}${kind === 'current' ? ', now' : ''}`,
    ...(at === undefined ? [] : [`  ${at}  ${by}`]),
    ...(kind === 'by-hand' ? [shell.paint('yellow', '  written by something else than this tool')] : []),
    ...(record ? [] : ['  removed']),
  ].join('');
  const changes = record && before ? changesBetween(before, record) : [];
  return [head, ...changes.map((it) => `      ${describeChange(it)}`)];
}
