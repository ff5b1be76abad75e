import { changed, type Fields } from './changed-fields';
import { type EmergencyNumbers, emergencyNumbersUnder, shortNumbersIn } from './emergency-numbers';
import { isMeantBy, isSameName } from './names';
import { isPlainObject } from './plain-object';
import { costOf, type FieldPath, STRICTEST } from './strictest';

/** A value under a name that is not a field there. */
export interface Misplaced {
  readonly name: string;
  readonly value: unknown;
}

/**
 * The record when these names were meant for fields that restrict: such a field then has its strictest meaning.
 * Emergency numbers are kept.
 */
export function withMisplaced(record: Fields, misplaced: readonly Misplaced[]): Fields {
  const { callerId } = record;
  // A change of `callerId` must not take away what a text says.
  const open = typeof callerId === 'string' ? { ...record, callerId: { default: callerId } } : record;
  const changes = misplaced.flatMap(({ name }) => meantFields(name, open).flatMap(changesFor));
  const emergencies = misplaced.map((it) => emergencyUnder(it, open));
  return emergencies.reduce<Fields>(withEmergency, changes.reduce(changed, open));
}

/** `numbers` alone may be any: those of a short code open little. */
function emergencyUnder({ name, value }: Misplaced, record: Fields): EmergencyNumbers | undefined {
  const fields = meantFields(name, record);
  if (fields.includes('emergency')) return emergencyNumbersUnder(value);
  return fields.includes('emergency.numbers') ? { numbers: shortNumbersIn(value) } : undefined;
}

function withEmergency(record: Fields, found: EmergencyNumbers | undefined): Fields {
  if (!found || (found.numbers.length === 0 && found.country === undefined)) return record;
  const emergency = isPlainObject(record.emergency) ? record.emergency : {};
  const numbers = Array.isArray(emergency.numbers) ? emergency.numbers : [];
  const others = found.numbers.filter((it) => !numbers.includes(it));
  return { ...record, emergency: { ...found, ...emergency, numbers: [...numbers, ...others] } };
}

/** What the record says when this field cannot be read. */
function changesFor(field: string): Fields[] {
  const { loses, instead, inRecord } = costOf(field);
  const owner = field.slice(0, Math.max(field.lastIndexOf('.'), 0));
  if (loses === 'its owner') return owner === '' ? [] : changesFor(owner);
  return [...(inRecord ? [inRecord] : []), ...(instead ? [inside(owner, instead)] : [])];
}

/** These fields in the object of that name: `registration.newSource` is in `registration`. */
function inside(owner: string, fields: Fields): Fields {
  const names = owner === '' ? [] : owner.split('.');
  return names.reduceRight<Fields>((inner, name) => ({ [name]: inner }), fields);
}

/**
 * The fields that an unknown name may have been meant for: one from elsewhere (`deny` in the record itself),
 * or a field of the record that is misspelt (`destinatons`). Names within lists are too common to tell.
 */
function meantFields(name: string, record: Fields): FieldPath[] {
  return FIELDS.filter((field) => {
    const [owner = '', own] = field.split(/\.(?=[^.]*$)/);
    if (own === undefined) return isMeantBy(name, field);
    return isSameName(name, own) && (!isCommon(owner, own) || lacks(objectIn(record, owner), own));
  });
}

const FIELDS = (Object.keys(STRICTEST) as FieldPath[]).filter((field) => !field.includes('[]'));

/** Other tools keep other things under these names. They count where their object is there, and has no such field. */
const COMMON: readonly string[] = ['country', 'default', 'privacy', 'users', 'timeZone'];

/** Names of an inner object, such as `hours`, are common too. */
function isCommon(owner: string, name: string): boolean {
  return owner.includes('.') || COMMON.includes(name);
}

function lacks(object: unknown, name: string): boolean {
  if (!isPlainObject(object) || Object.hasOwn(object, name)) return false;
  // Without a budget nothing depends on it.
  return name !== 'timeZone' || Object.hasOwn(object, 'maxMinutesPerDay') || Object.hasOwn(object, 'budgets');
}

function objectIn(record: Fields, owner: string): unknown {
  return owner.split('.').reduce<unknown>((at, name) => (isPlainObject(at) ? at[name] : undefined), record);
}
