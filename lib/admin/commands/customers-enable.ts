import { isNumberItem } from '../../registrar/record/record-item';
import { type CommonOptions, onDeployment, writingCommand } from '../command-line';
import type { Deployment } from '../deployment';
import { readKey } from '../input';
import { change, findItem } from '../records/record-change';
import type { Outcome, Shell } from '../shell';

interface Options extends CommonOptions {
  readonly dryRun?: boolean;
}

export const enableCommand = () => switchCommand('enable', 'let an account register and call again', true);

export const disableCommand = () => switchCommand('disable', 'stop an account', false);

const switchCommand = (name: string, description: string, enabled: boolean) =>
  writingCommand(`${name} <aor>`, description, [
    `customers ${name} AcmeInc@register.telecomsxchange.com`,
  ]).action((aor: string, options: Options) =>
    onDeployment(options, (shell, deployment) => enableCustomer(shell, deployment, aor, enabled, options)),
  );

/** `customers enable` and `disable`. */
export async function enableCustomer(
  shell: Shell,
  deployment: Deployment,
  aorText: string,
  enabled: boolean,
  options: Options,
): Promise<Outcome> {
  const seen = await findItem(deployment, readKey(aorText));
  const outcome = await change(shell, deployment, seen, { ...seen, enabled }, options);
  if (!enabled && outcome.code === 0 && !isNumberItem(seen))
    shell.print('A registered phone stays registered until its time runs out, at most 3600 s.');
  return outcome;
}
