import { type Aor, formatAor } from '../registrar/aor';
import type { Place } from './place';

/** When a credential last opened the door, by its label. */
export interface LastUse {
  readonly label: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The credentials that were used lately, the latest first, by `username@realm`. */
export async function lastUses(place: Place, aors: readonly Aor[]): Promise<ReadonlyMap<string, LastUse[]>> {
  return new Map();
}
