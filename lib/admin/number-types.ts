import { getCountries, type MetadataJson } from 'libphonenumber-js/core';
import { type Automaton, acceptedLengths, after, automatonOf, type State } from './digit-pattern';

/** Numbers that cost the caller more than an ordinary call, recognised by their first digits. */
export interface NumberTypePrefix {
  /** The first country of the calling code. */
  readonly country: string;
  readonly kind: 'premium-rate' | 'shared-cost' | 'personal';
  /** Digits from the calling code on. */
  readonly prefix: string;
  /** Digits of the shortest number of the kind with this prefix, calling code included. */
  readonly shortest: number;
  /** Lengths, calling code included, that ordinary numbers with this prefix have. */
  readonly ordinaryLengths: readonly number[];
}

/** Where libphonenumber-js keeps the patterns of a plan, and of each type in them (its METADATA.md). */
const TYPES_AT = 11;
const KINDS = { 'premium-rate': 3, personal: 4, 'shared-cost': 9 } as const;
/** Fixed line, mobile, toll-free, voice mail, universal access, pager, voice over IP. */
const ORDINARY = [0, 1, 2, 5, 6, 7, 8];

/**
 * The shortest prefixes under which a numbering plan has premium-rate, shared-cost or personal numbers and no
 * ordinary ones. They are made from the patterns of each type of number in libphonenumber's metadata, so that a
 * number is judged without the metadata, and with digits too many or too few as well.
 */
export function numberTypePrefixes(metadata: MetadataJson): NumberTypePrefix[] {
  const geographic = Object.entries(metadata.country_calling_codes).map(([code, countries]) => ({
    code,
    name: String(countries[0]),
    plans: getCountries(metadata).flatMap((it) => (countries.includes(it) ? [metadata.countries[it]] : [])),
  }));
  const others = Object.entries(metadata.nonGeographic).map(([code, plan]) => ({
    code,
    name: '001',
    plans: [plan],
  }));
  return [...geographic, ...others].flatMap(({ code, name, plans }) => {
    const patterns = (type: number) =>
      plans.flatMap((plan) =>
        plan?.[TYPES_AT]?.[type]?.[0] ? [automatonOf(String(plan[TYPES_AT][type][0]))] : [],
      );
    const kinds = Object.entries(KINDS).flatMap(([kind, type]) =>
      patterns(type).map((automaton) => started(automaton, kind)),
    );
    const ordinary = ORDINARY.flatMap(patterns).map((automaton) => started(automaton, 'ordinary'));
    return separate('', kinds, ordinary)
      .filter(isTellable)
      .map(({ kind, prefix, shortest, lengths }) => ({
        country: name,
        kind: kindOf(kind),
        prefix: code + prefix,
        shortest: shortest + code.length,
        ordinaryLengths: lengths.map((it) => it + code.length),
      }));
  });
}

interface Run {
  readonly kind: string;
  readonly automaton: Automaton;
  readonly states: ReadonlySet<State>;
}

interface Separated {
  readonly kind: string;
  readonly prefix: string;
  readonly shortest: number;
  readonly lengths: readonly number[];
}

/** Longer prefixes than this are distinguished by the length of the number. */
const LONGEST_PREFIX = 5;
const MOST_PREFIXES = 12;

function separate(prefix: string, special: readonly Run[], ordinary: readonly Run[]): Separated[] {
  const [first] = special;
  if (!first) return [];
  const kinds = new Set(special.map(({ kind }) => kind));
  const own = lengthsOf(prefix, special);
  const lengths = lengthsOf(prefix, ordinary);
  const separated = { kind: first.kind, prefix, shortest: Math.min(...own), lengths };
  if (ordinary.length === 0 && kinds.size === 1) return [separated];
  const apart = kinds.size === 1 && !own.some((it) => lengths.includes(it));
  if (apart && prefix.length >= LONGEST_PREFIX) return [separated];
  const longer = [...'0123456789'].flatMap((digit) =>
    separate(prefix + digit, step(special, digit), step(ordinary, digit)),
  );
  const unclear = longer.length > MOST_PREFIXES || longer.some((it) => it.lengths.length > 0);
  return apart && unclear && prefix !== '' ? [separated] : longer;
}

function started(automaton: Automaton, kind: string): Run {
  return { kind, automaton, states: automaton.start };
}

function step(runs: readonly Run[], digit: string): Run[] {
  return runs
    .map((run) => ({ ...run, states: after(run.states, digit) }))
    .filter(({ states }) => states.size > 0);
}

function lengthsOf(prefix: string, runs: readonly Run[]): number[] {
  const all = runs.flatMap(({ automaton, states }) => acceptedLengths(automaton, states));
  return [...new Set(all)].map((it) => it + prefix.length).sort((a, b) => a - b);
}

/** China, Brazil and Chile write shared-cost numbers so much like local ones that the lists would be longer than all others. */
function isTellable({ kind, lengths }: Separated): boolean {
  return kind !== 'shared-cost' || lengths.length === 0;
}

function kindOf(text: string): NumberTypePrefix['kind'] {
  if (text === 'premium-rate' || text === 'shared-cost' || text === 'personal') return text;
  throw new Error(`there is no kind ${text}`);
}

/** A line for each country and kind, as `IT premium-rate 390878 3914 3989>8`. */
export function numberTypeLines(metadata: MetadataJson): string[] {
  const lines = new Map<string, string[]>();
  for (const { country, kind, prefix, shortest, ordinaryLengths } of numberTypePrefixes(metadata)) {
    const name = `${country} ${kind}`;
    const least = shortest < USUALLY_SHORTEST ? `>${shortest}` : '';
    const ordinary = ordinaryLengths.length === 0 ? '' : `/${ordinaryLengths.join(',')}`;
    lines.set(name, [...(lines.get(name) ?? []), prefix + least + ordinary]);
  }
  return [...lines].map(([name, prefixes]) => [name, ...prefixes].join(' ')).sort();
}

/** The table that the hooks read, shorter: each kind once, and below it lines as `IT 390878 3914 3989>8`. */
export function numberTypeTable(lines: readonly string[]): string[] {
  return Object.keys(KINDS).flatMap((kind) => [
    kind,
    ...lines.filter((line) => line.includes(` ${kind} `)).map((line) => line.replace(` ${kind} `, ' ')),
  ]);
}

const USUALLY_SHORTEST = 9;
