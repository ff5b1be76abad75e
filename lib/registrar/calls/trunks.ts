import type { Customer, Trunk } from '../record/customer';
import { longestPrefix } from './destination-rules';

/** A trunk that takes a call, and why. */
export interface ChosenTrunk {
  readonly trunk: Trunk;
  readonly because: 'emergency' | 'all-numbers' | `prefix ${string}`;
}

/** The trunks that take this number: the longest prefix first, then in the record's order. */
export function trunksFor(record: Customer, number: string): ChosenTrunk[] {
  return trunksOf(record)
    .flatMap((trunk) => {
      const prefix = longestPrefix(trunk.prefixes ?? [''], number);
      return prefix === undefined ? [] : [{ trunk, prefix }];
    })
    .sort((a, b) => b.prefix.length - a.prefix.length)
    .map(({ trunk, prefix }) => ({ trunk, because: prefix === '' ? 'all-numbers' : `prefix ${prefix}` }));
}

/**
 * The trunks of an emergency call: the one that `emergency.trunk` names, then every other, whatever prefixes they
 * take. A record that has no trunk at all leaves the deployment's host.
 */
export function emergencyTrunks(record: Customer): ChosenTrunk[] {
  const all = trunksOf(record);
  const first = all.filter(({ name }) => name === record.emergency?.trunk);
  const trunks = [...first, ...all.filter((trunk) => !first.includes(trunk))];
  return (trunks.length > 0 ? trunks : [{ name: 'default' }]).map((trunk) => ({
    trunk,
    because: 'emergency',
  }));
}

/**
 * `techPrefix` and `outboundAuth` without `trunks` mean one trunk at the deployment's host; a trunk at that host
 * which has none of its own takes them too. A record with none of the three cannot be billed, and so has no trunk.
 */
function trunksOf({ trunks, techPrefix, outboundAuth }: Customer): readonly Trunk[] {
  const own = { ...(techPrefix !== undefined && { techPrefix }), ...(outboundAuth && { outboundAuth }) };
  if (trunks) return trunks.map((trunk) => (trunk.host === undefined ? { ...own, ...trunk } : trunk));
  return Object.keys(own).length === 0 ? [] : [{ name: 'default', ...own }];
}
