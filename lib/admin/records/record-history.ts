import type { KeptVersion } from '../../aws/tools/customer-history';
import type { Item } from '../../aws/tools/customer-records';

/** One state of a record in its history. */
export interface RecordState {
  /** undefined: a record without a version, as something else than this tool writes it. */
  readonly version: number | undefined;
  /** undefined: there was no record. */
  readonly record: Item | undefined;
  /** When and by whom it was written, where this tool wrote it. */
  readonly at?: string;
  readonly by?: string;
  /** `lost`: versions up to this one were not kept. `by-hand`: something else than this tool wrote it. */
  readonly kind: 'kept' | 'current' | 'lost' | 'by-hand';
}

/**
 * The states of a record, oldest first. A version that this tool did not write after the one before was written by
 * hand, or by another program; what lies between the two is lost.
 */
export function historyOf(kept: readonly KeptVersion[], current: Item | undefined): RecordState[] {
  const states = kept.flatMap((it, at): RecordState[] =>
    follow(kept[at - 1], { version: it.version, record: it.record }),
  );
  return [...states, ...lastStates(kept.at(-1), current)];
}

function lastStates(last: KeptVersion | undefined, current: Item | undefined): RecordState[] {
  const version = typeof current?.version === 'number' ? current.version : undefined;
  if (!last) return current ? [{ version, record: current, kind: 'current' }] : [];
  if (!current && last.change === 'removed')
    return [{ version: last.version + 1, record: undefined, at: last.at, by: last.by, kind: 'current' }];
  return follow(last, { version: version ?? -1, record: current }).map((it) =>
    it.kind === 'kept' ? { ...it, kind: 'current' } : it.version === -1 ? { ...it, version: undefined } : it,
  );
}

/** A state after the write that the one before was kept for. */
function follow(
  before: KeptVersion | undefined,
  { version, record }: { version: number; record: Item | undefined },
): RecordState[] {
  if (!before) return record ? [{ version, record, kind: 'kept' }] : [];
  const { at, by } = before;
  if (version === before.version + 1) return [{ version, record, at, by, kind: 'kept' }];
  const lost: RecordState = { version: version - 1, record: undefined, kind: 'lost' };
  const byHand: RecordState = { version, record, kind: 'by-hand' };
  return version > before.version + 1 ? [lost, byHand] : [byHand];
}
