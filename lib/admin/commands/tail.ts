import { liveTail } from '../../aws/tools/live-tail';
import { tailLocalStack } from '../../local/log-stream';
import { formatAor } from '../../registrar/record/aor';
import { deploymentCommand, onDeployment } from '../command-line';
import { decisionLines, type LogLine } from '../decision-line';
import type { Deployment, DeploymentOptions } from '../deployment';
import { readAor } from '../input';
import { type Outcome, Refused, type Shell } from '../shell';

export const tailCommand = () =>
  deploymentCommand('tail [aor]', 'follow the decisions of the hooks as they are made, until Ctrl-C', [
    'tail',
    'tail AcmeInc@register.telecomsxchange.com',
    'tail --stack edge-registrar --json',
  ]).action((aor: string | undefined, options: DeploymentOptions & { json?: boolean }) =>
    onDeployment({ ...options, json: false }, (shell, deployment) => tail(shell, deployment, aor, options)),
  );

/** `tail`: one line for each decision. With `json`, the lines of the log themselves. */
export async function tail(
  shell: Shell,
  deployment: Deployment,
  aorText: string | undefined,
  { json = false }: { json?: boolean },
): Promise<Outcome> {
  const aor = aorText === undefined ? undefined : formatAor(readAor(aorText));
  const ended = new AbortController();
  void Promise.race([shell.interrupted(), shell.unread()]).then(() => ended.abort());
  const lines = decisionLines(shell);
  shell.complain(`following the hooks of ${deployment.name}; stop with Ctrl-C`);
  for await (const { line, at } of follow(shell, deployment, aor, ended.signal)) {
    const text = json ? JSON.stringify(line) : lines(line, at);
    if (text !== undefined) shell.print(text);
  }
  return { code: 0, json: {} };
}

interface Followed {
  readonly line: LogLine;
  /** Unix ms. */
  readonly at: number;
}

async function* follow(
  shell: Shell,
  { log, name }: Deployment,
  aor: string | undefined,
  signal: AbortSignal,
): AsyncIterable<Followed> {
  if (!log)
    throw new Refused(`it is not known where the hooks of ${name} write their log: pass --stack NAME`);
  if ('groups' in log) {
    yield* liveTail(log.groups, aor, signal);
    return;
  }
  for await (const line of tailLocalStack(log.url, signal)) {
    const isAbout = aor === undefined || line.aor === aor || line.badRecord === aor;
    if (isAbout && !('_aws' in line)) yield { line, at: shell.now() };
  }
}
