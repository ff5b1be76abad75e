import type { Item, Written } from '../../aws/tools/customer-records';
import { compareNames } from '../columns';
import type { Deployment } from '../deployment';
import type { Shell } from '../shell';
import type { Change } from './changes';

/** What is done to one record of many. */
export interface Step {
  readonly aor: string;
  /** undefined: it is removed. */
  readonly item: Item | undefined;
  /** undefined: it is added. */
  readonly seen: Item | undefined;
  readonly changes: readonly Change[];
}

export interface BulkWritten {
  readonly written: number;
  /** Those that someone else changed during the work: they stay as they are. */
  readonly conflicts: readonly string[];
  readonly interrupted: boolean;
}

/** Number of writes at a time. */
const AT_ONCE = 16;

/** Writes many records, and shows how far it has come. Ctrl-C ends it once the writes under way are done. */
export async function applyPlan(
  shell: Shell,
  { records }: Deployment,
  steps: readonly Step[],
): Promise<BulkWritten> {
  if (steps.length === 0) return { written: 0, conflicts: [], interrupted: false };
  const progress = shell.progress('writing records', steps.length);
  const queue = [...steps].reverse();
  const conflicts: string[] = [];
  let written = 0;
  let interrupted = false;
  void shell.interrupted().then(() => {
    interrupted = true;
    queue.length = 0;
  });
  const work = async () => {
    for (let step = queue.pop(); step; step = queue.pop()) {
      if ((await apply(records, step)) === 'written') written++;
      else conflicts.push(step.aor);
      progress.advance(1);
    }
  };
  const stopAll = (cause: unknown) => {
    queue.length = 0;
    throw cause;
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => work().catch(stopAll)));
  progress.stop();
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken) throw broken.reason;
  return { written, conflicts: conflicts.sort(compareNames), interrupted };
}

async function apply(records: Deployment['records'], { item, seen }: Step): Promise<Written> {
  if (item) return records.write(item, seen);
  return seen ? records.remove(seen) : 'written';
}
