import { type StoredLine, storedCallLines } from '../../aws/tools/stored-log';
import { readKeptLog } from '../../local/kept-log';
import type { Deployment } from '../deployment';
import { Refused } from '../shell';

/**
 * The lines of a deployment's calls, in the order of their times: from CloudWatch Logs, or from the local stack, which
 * keeps them while it runs.
 * @param from unix ms, this one included
 * @param to unix ms, this one excluded
 * @throws Refused when it is not known where the log is
 */
export async function readCallLog(
  { log, name }: Deployment,
  from: number,
  to: number,
): Promise<readonly StoredLine[]> {
  if (!log)
    throw new Refused(`it is not known where the hooks of ${name} write their log: pass --stack NAME`);
  const lines: StoredLine[] = [];
  if ('groups' in log) for await (const it of storedCallLines(log.groups, from, to)) lines.push(it);
  else lines.push(...(await readKeptLog(log.url)).filter(({ at }) => at >= from && at < to));
  return lines.sort((a, b) => a.at - b.at);
}
