import * as v from 'valibot';
import { MAX_PHONES, NOBODY_ANSWERED, type RingStep } from '../calls/ring';
import { type Aor, parseAor, realmKey } from './aor';
import type { Problem } from './customer';
import { isObject } from './json';
import { isMeantBy, isSameName } from './names';
import { NUMBERS } from './number-key';

/** A number of ours as the rules see it: which phones ring when it is called. */
export interface NumberRecord {
  /** The number's digits, as carriers send them, without +. */
  readonly username: string;
  readonly description?: string;
  readonly enabled?: boolean;
  /** One after the other; those of a step together. Empty: what stands there could not be read. */
  readonly ring: readonly RingStep[];
  readonly ringSeconds?: number;
  readonly passNumber?: boolean;
  /** `then`, which no object of ours is called by: promises look for that name. */
  readonly fallback?: { readonly dial: string; readonly as: Aor } | { readonly status: number };
}

/** What is known of the number that a carrier's call is for. */
export type FoundNumber =
  | NumberRecord
  /** The webhook's signature does not cover every realm that the number is about. */
  | 'realm-of-another-account'
  | undefined;

/** Where numbers are looked up. */
export interface Numbers {
  /**
   * @param digits of a called number, without +
   * @returns undefined when there is no such number
   * @throws Undecided when that could not be found out
   */
  find(digits: string): Promise<NumberRecord | undefined>;
}

export type ParsedNumber =
  | { readonly number: NumberRecord; readonly problems: readonly Problem[] }
  | { readonly number: undefined; readonly problems: readonly Problem[] };

const text = v.string('write it as text, in quotes');
const flag = v.boolean('write true or false, without quotes');
const wholeNumber = v.pipe(
  v.number('write it as a number, without quotes'),
  v.integer('write a whole number'),
);
const phone = v.pipe(
  text,
  v.check((it) => parseAor(it) !== undefined, 'write username@realm, such as 2001@sip.example.com'),
);
const group = v.pipe(
  v.array(phone, 'write a list, in [ ]'),
  v.minLength(1, 'name at least one phone'),
  v.maxLength(MAX_PHONES, `name at most ${MAX_PHONES} phones: jambonz rings no more at a time`),
);
const seconds = v.pipe(
  wholeNumber,
  v.minValue(5, 'write seconds, 5 to 180'),
  v.maxValue(180, 'write seconds, 5 to 180'),
);
const status = v.pipe(
  wholeNumber,
  v.minValue(400, 'write a SIP failure code, 400 to 699'),
  v.maxValue(699, 'write a SIP failure code, 400 to 699'),
);
const dialled = v.pipe(
  text,
  v.regex(/^\+?[0-9]{1,24}$/, 'write digits, with or without a leading +, such as 966501234567'),
);

/** One number as an admin writes it. `docs/reached.md` explains each field with an example. */
export const numberSchema = v.strictObject({
  realm: v.literal(NUMBERS, `write ${NUMBERS}`),
  username: v.pipe(
    text,
    v.regex(/^[0-9]{1,24}$/, 'write the digits as carriers send them, without +, such as 966112223300'),
  ),
  description: v.exactOptional(v.pipe(text, v.description('For people.'))),
  enabled: v.exactOptional(v.pipe(flag, v.description('false: nobody rings. Default true.'))),
  ring: v.pipe(
    v.array(v.union([phone, group], 'write username@realm, or a list of them'), 'write a list, in [ ]'),
    v.minLength(1, 'name at least one phone'),
    v.description('Which phones ring, one step after the other; the phones of a list ring together.'),
  ),
  ringSeconds: v.exactOptional(v.pipe(seconds, v.description('How long each step rings. Default 20.'))),
  passNumber: v.exactOptional(
    v.pipe(
      flag,
      v.description('true: the phone, a PBX, sees the called number in the Request-URI. Default false.'),
    ),
  ),
  // biome-ignore lint/suspicious/noThenProperty: it is the name that admins write, and never a function
  then: v.exactOptional(
    v.pipe(
      v.union(
        [v.strictObject({ dial: dialled, as: phone }), v.strictObject({ status })],
        'write { "dial": "966501234567", "as": "username@realm" } or { "status": 480 }',
      ),
      v.description('When nobody answered: on to another number as a call of that account, or a SIP code.'),
    ),
  ),
  version: v.exactOptional(
    v.pipe(wholeNumber, v.description('Kept by the command line tool, against lost updates.')),
  ),
});

type Written = v.InferOutput<typeof numberSchema>;

/** The realms that a call to this number is about: those of every phone that may ring, and of the account that pays. */
export function realmsOfNumber({ ring, fallback }: NumberRecord): string[] {
  const payer = fallback && 'as' in fallback ? [fallback.as] : [];
  return [...new Set([...ring.flat(), ...payer].map(({ realm }) => realmKey(realm)))];
}

/**
 * Reads one number, from the table or from a file, and reports all problems at once. What cannot be read restricts
 * (`STRICTEST`): a phone or a step that does not ring, a number that is off, no way on to a trunk. Without a legal key
 * there is no number.
 */
export function parseNumber(item: unknown): ParsedNumber {
  if (!isObject(item)) return { number: undefined, problems: [problem('', 'write an object, in { }')] };
  const problems: Problem[] = [];
  const { realm, username, ring: _, ...optional } = numberSchema.entries;
  const fields: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries({ realm, username, ...optional })) {
    const read = v.safeParse(schema, item[name]);
    if (read.success) fields[name] = read.output;
    else if (Object.hasOwn(item, name) || name === 'username') {
      const [{ message, path = [] }] = read.issues;
      const place = [name, ...path.map(({ key }) => String(key))].join('.');
      problems.push(problem(place, Object.hasOwn(item, name) ? message : 'is missing'));
      fields[name] = COSTS[name];
    }
  }
  const unknown = Object.keys(item).filter((name) => !Object.hasOwn(numberSchema.entries, name));
  const ring = readSteps(item.ring, problems);
  problems.push(...unknown.map(unknownField));
  const number = readNumber({ ...fields, ...restrictedBy(unknown), ring });
  return number ? { number, problems } : { number: undefined, problems };
}

/**
 * What a field means that cannot be read; undefined: it is left out, because the number then rings no other phone, and
 * goes on to no other number. Of `ring`, each phone counts by itself. A field that does not stand here does not compile.
 */
const STRICTEST: { readonly [Field in keyof Written]-?: Written[Field] | undefined } = {
  realm: undefined,
  username: undefined,
  description: undefined,
  enabled: false,
  ring: undefined,
  ringSeconds: undefined,
  passNumber: undefined,
  // biome-ignore lint/suspicious/noThenProperty: it is the name that admins write, and never a function
  then: { status: NOBODY_ANSWERED },
  version: undefined,
};
const COSTS: Readonly<Record<string, unknown>> = STRICTEST;

/** Names within `then`, which restrict as little in the number itself as under a misspelt name. */
const WITHIN_THEN = ['dial', 'as', 'status'];

/** Fields that unknown names were probably meant for, at their strictest. */
function restrictedBy(unknown: readonly string[]): Readonly<Record<string, unknown>> {
  const meant = (field: string) =>
    unknown.some(
      (name) =>
        isMeantBy(name, field) || (field === 'then' && WITHIN_THEN.some((it) => isSameName(name, it))),
    );
  return Object.fromEntries(
    Object.entries(STRICTEST).filter(([field, strictest]) => strictest !== undefined && meant(field)),
  );
}

/** The fields by the schema once more, but for the steps, of which there may be none. */
const strictSchema = v.object({ ...numberSchema.entries, ring: v.array(group) });

function readNumber(fields: Record<string, unknown>): NumberRecord | undefined {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  const read = v.safeParse(strictSchema, Object.fromEntries(present));
  if (!read.success) return undefined;
  const { realm: _, version: __, ring, then, ...rest } = read.output;
  return { ...rest, ring: ring.flatMap(stepOf), ...(then && { fallback: fallbackOf(then) }) };
}

function stepOf(phones: readonly string[]): RingStep[] {
  const [first, ...others] = phones.flatMap((it) => aorOf(it) ?? []);
  return first ? [[first, ...others]] : [];
}

function fallbackOf(written: NonNullable<Written['then']>): NonNullable<NumberRecord['fallback']> {
  if ('status' in written) return written;
  const payer = aorOf(written.as);
  return payer ? { dial: written.dial, as: payer } : { status: NOBODY_ANSWERED };
}

function aorOf(written: string): Aor | undefined {
  const aor = parseAor(written);
  return aor && { ...aor, realm: realmKey(aor.realm) };
}

/** The phones of each step that can be read. DynamoDB string sets are lists to us. */
function readSteps(written: unknown, problems: Problem[]): string[][] {
  const steps = listIn(written);
  if (!steps || steps.length === 0) {
    const empty = steps ? 'name at least one phone' : 'write a list, in [ ]';
    problems.push(problem('ring', written === undefined ? 'is missing' : empty));
    return [];
  }
  return steps.map((step, at) => readStep(step, `ring[${at}]`, problems)).filter((it) => it.length > 0);
}

function readStep(step: unknown, path: string, problems: Problem[]): string[] {
  const list = listIn(step);
  const phones = (list ?? [step]).flatMap((it, at) => {
    const read = v.safeParse(phone, it);
    if (read.success) return [read.output];
    problems.push(problem(list ? `${path}[${at}]` : path, read.issues[0].message));
    return [];
  });
  const whole = v.safeParse(group, phones);
  if (!whole.success && (phones.length > 0 || list?.length === 0))
    problems.push(problem(path, whole.issues[0].message));
  return phones.slice(0, MAX_PHONES);
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (value instanceof Set) return [...value];
  return Array.isArray(value) ? value : undefined;
}

function unknownField(name: string): Problem {
  return {
    path: name,
    fix: `is not a field of a number; look for a typo in "${name}"`,
    unknownField: true,
    of: 'number',
  };
}

function problem(path: string, fix: string): Problem {
  return { path, fix, unknownField: false };
}
