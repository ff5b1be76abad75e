import * as v from 'valibot';
import { changed, type Fields } from './changed-fields';
import { type Misplaced, withMisplaced } from './misplaced-fields';
import { isPlainObject } from './plain-object';
import { costOf } from './strictest';

/** What is wrong in a record, where, and how to fix it. */
export interface Problem {
  /** For instance `callerId.patterns[1].match`. */
  readonly path: string;
  readonly fix: string;
  /** A name that no field has. */
  readonly unknownField: boolean;
  /** What it is wrong with, when that is no customer record. */
  readonly of?: 'number';
}

/**
 * Reads what can be read of a record that its schema refuses, with what the rest means at its strictest
 * (`STRICTEST`). All problems are reported at once. Most Lambdas never see such a record, so this is a file of its own
 * beside their bundle.
 * @param schema of customer records
 * @returns fields as the schema wants them; undefined without a legal realm and username
 */
export function readRecord(
  schema: Schema,
  item: unknown,
): {
  readonly fields: Fields | undefined;
  readonly problems: readonly Problem[];
} {
  const reading: Reading = { problems: [], misplaced: [], changes: [] };
  const [fields] = readObject(schema, item, ROOT, reading).values;
  return {
    fields: isPlainObject(fields)
      ? withMisplaced(reading.changes.reduce(changed, fields), reading.misplaced)
      : undefined,
    problems: reading.problems,
  };
}

/** What is found on the way. */
interface Reading {
  readonly problems: Problem[];
  /** Names that are not fields where they are. */
  readonly misplaced: Misplaced[];
  /** Of the record. */
  readonly changes: Fields[];
}

/** A field or an element: where it is in the record, and in `STRICTEST`. */
interface Place {
  readonly path: string;
  readonly field: string;
}

interface Read {
  /** None: it cannot be read. One, or several where an element stands for several. */
  readonly values: readonly unknown[];
  /** What the object that holds it says then. */
  readonly changes: readonly Fields[];
}

/** A schema as valibot describes it. */
interface Schema extends v.GenericSchema {
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
  readonly options?: readonly Schema[];
  readonly wrapped?: Schema;
  readonly pipe?: readonly { readonly kind: string }[];
}

const ROOT: Place = { path: '', field: '' };
const NOTHING: Read = { values: [], changes: [] };

/** A field or an element: as it is, as far as it can be read, or as the only thing that it can mean. */
function readValue(schema: Schema, value: unknown, place: Place, reading: Reading): Read {
  const proper = v.safeParse(schema, value);
  if (proper.success) return only(proper.output);
  const reported = reading.problems.length;
  const read = readParts(schema, value, place, reading, proper.issues[0].message);
  if (read.values.length > 0) return read;
  const meant = meantBy(value, place).filter((it) => v.is(schema, it));
  const own = reading.problems[reported];
  if (meant.length > 0 && own?.path === place.path)
    reading.problems[reported] = { ...own, fix: understood(own.fix) };
  return { values: meant, changes: [] };
}

function meantBy(value: unknown, { field }: Place): readonly unknown[] {
  return costOf(field).understood?.(value) ?? [];
}

function readParts(schema: Schema, value: unknown, place: Place, reading: Reading, fix: string): Read {
  const { entries, item } = structureOf(schema, value);
  if (item) return readList(item, value, place, reading);
  if (entries) return readObject(schema, value, place, reading);
  return refuse(place, fix, reading);
}

/** The schema of a list or an object inside what is wrapped around it; of a choice, that of objects for objects. */
function structureOf(schema: Schema, value: unknown): Schema {
  const objects = isPlainObject(onlyElement(value)) ? schema.options?.at(-1) : undefined;
  const inner = schema.wrapped ?? schema.pipe?.findLast(isSchema) ?? objects;
  return inner === undefined ? schema : structureOf(inner, value);
}

function readList(item: Schema, value: unknown, place: Place, reading: Reading): Read {
  if (value instanceof Set && value.size > 0) report(place, understood(LIST_EXPECTED), reading);
  else if (!Array.isArray(value)) return refuse(place, LIST_EXPECTED, reading);
  const inner = (at: number) => ({ path: `${place.path}[${at}]`, field: `${place.field}[]` });
  const reads = [...value].map((element, at) => readValue(item, element, inner(at), reading).values);
  const bad = reads.findIndex((values) => values.length === 0);
  if (bad < 0) return only(reads.flat());
  const { spoils, changes, loses } = lose(inner(bad), reading);
  const kept = loses === 'the rest' ? reads.slice(0, bad) : reads;
  return spoils ? NOTHING : { values: [kept.flat()], changes };
}

/** What follows when a field or an element is not read. */
function lose({ field }: Place, reading: Reading) {
  const { loses, instead, inRecord } = costOf(field);
  if (inRecord) reading.changes.push(inRecord);
  return { loses, spoils: loses === 'its owner', changes: instead ? [instead] : [] };
}

/** @param schema the whole, with the checks that look at several fields */
function readObject(schema: Schema, value: unknown, place: Place, reading: Reading): Read {
  const object = onlyElement(value);
  if (!isPlainObject(object)) return refuse(place, OBJECT_EXPECTED, reading);
  if (object !== value) report(place, understood(OBJECT_EXPECTED), reading);
  const { entries = {} } = structureOf(schema, object);
  const reads = Object.entries(entries).map(([name, it]) => readField(name, it, object, place, reading));
  const unknown = Object.keys(object).filter((name) => !Object.hasOwn(entries, name));
  for (const name of unknown) reportUnknown(name, object[name], place, reading);
  // It may be a misspelt field that restricts. Beside the fields of the record itself, other tools may keep theirs.
  const isSpoilt = unknown.length > 0 && place !== ROOT;
  if (isSpoilt || reads.some(({ spoils }) => spoils)) return NOTHING;
  const own = Object.assign({}, ...reads.map((read) => read.own));
  const checked = v.safeParse(schema, reads.flatMap(({ changes }) => changes).reduce(changed, own));
  return checked.success ? only(checked.output) : refuseAt(place, checked.issues[0], reading);
}

/** A check of several fields may blame one of them. */
function refuseAt(place: Place, { path, message }: v.BaseIssue<unknown>, reading: Reading): Read {
  const step = path?.[0];
  return refuse(step ? fieldOf(place, String(step.key)) : place, message, reading);
}

/** What a field adds to its object. */
interface FieldRead {
  readonly own: Fields;
  readonly changes: readonly Fields[];
  /** The object cannot be read either. */
  readonly spoils: boolean;
}

function readField(name: string, schema: Schema, object: Fields, place: Place, reading: Reading): FieldRead {
  const inner = fieldOf(place, name);
  const isThere = Object.hasOwn(object, name);
  if (!isThere && schema.wrapped) return { own: {}, changes: [], spoils: false };
  const { values, changes } = isThere
    ? readValue(schema, object[name], inner, reading)
    : refuse(inner, 'is missing', reading);
  if (values.length > 0) return { own: { [name]: values[0] }, changes, spoils: false };
  return { own: {}, ...lose(inner, reading) };
}

function reportUnknown(name: string, value: unknown, place: Place, reading: Reading): void {
  const { path } = fieldOf(place, name);
  const fix = `is no field of a customer record; look for a typo in "${name}"`;
  reading.problems.push({ path, fix, unknownField: true });
  reading.misplaced.push({ name, value });
}

/** Reports what is wrong, and reads nothing. */
function refuse(place: Place, fix: string, reading: Reading): Read {
  report(place, fix, reading);
  return NOTHING;
}

function report({ path }: Place, fix: string, reading: Reading): void {
  reading.problems.push({ path, fix, unknownField: false });
}

const OBJECT_EXPECTED = 'write an object, in { }';
const LIST_EXPECTED = 'write a list, in [ ]';

const UNDERSTOOD = 'is understood, but ';

function understood(fix: string): string {
  return fix.startsWith(UNDERSTOOD) ? fix : `${UNDERSTOOD}${fix}`;
}

function only(value: unknown): Read {
  return { values: [value], changes: [] };
}

/** Terraform and other tools write `[{ … }]` for `{ … }`; one without fields may as well be what they made of a set. */
function onlyElement(value: unknown): unknown {
  const [only, ...others]: readonly unknown[] = Array.isArray(value) ? value : [];
  return isPlainObject(only) && Object.keys(only).length > 0 && others.length === 0 ? only : value;
}

function isSchema(it: { readonly kind: string }): it is Schema {
  return it.kind === 'schema';
}

function fieldOf({ path, field }: Place, name: string): Place {
  const below = (above: string) => (above === '' ? name : `${above}.${name}`);
  return { path: below(path), field: below(field) };
}
