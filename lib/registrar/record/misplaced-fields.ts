import { changed, type Fields } from './changed-fields';
import { emergencyIn, shortNumbersIn } from './emergency-numbers';
import { isMeantBy, isSameName } from './names';
import { isPlainObject } from './plain-object';
import { costOf, type FieldPath, STRICTEST } from './strictest';

/** A value under a name that no field has where it stands. */
export interface Misplaced {
  readonly name: string;
  readonly value: unknown;
}

/**
 * The record when these names were meant for fields that restrict: such a field then has its strictest meaning.
 * Emergency numbers are kept.
 */
export function withMisplaced(record: Fields, misplaced: readonly Misplaced[]): Fields {
  const numbers = misplaced.flatMap(({ name, value }) => emergencyNumbersUnder(name, value));
  const changes = misplaced.flatMap(({ name }) => meantFields(name).flatMap(changesFor));
  const { callerId } = record;
  // A change of `callerId` must not take away what a text says.
  const open = typeof callerId === 'string' ? { ...record, callerId: { default: callerId } } : record;
  return withNumbers(changes.reduce(changed, open), numbers);
}

function withNumbers(record: Fields, found: readonly string[]): Fields {
  if (found.length === 0) return record;
  const emergency = isPlainObject(record.emergency) ? record.emergency : {};
  const numbers = Array.isArray(emergency.numbers) ? emergency.numbers : [];
  return { ...record, emergency: { ...emergency, numbers: [...new Set([...numbers, ...found])] } };
}

/** `numbers` alone may be any: those of a short code open little. */
function emergencyNumbersUnder(name: string, value: unknown): readonly string[] {
  const fields = meantFields(name);
  if (fields.includes('emergency')) return emergencyIn(value)[0]?.numbers ?? [];
  return fields.includes('emergency.numbers') ? shortNumbersIn(value) : [];
}

/** What the record says when this field cannot be read. */
function changesFor(field: string): Fields[] {
  const { loses, instead } = costOf(field);
  const owner = field.slice(0, Math.max(field.lastIndexOf('.'), 0));
  if (loses === 'its owner') return owner === '' ? [] : changesFor(owner);
  return instead ? [owner === '' ? instead : { [owner]: instead }] : [];
}

/**
 * The fields that an unknown name may have been meant for: one that stands elsewhere (`deny` in the record itself),
 * or a field of the record that is misspelt (`destinatons`). Names within lists are too common to tell.
 */
function meantFields(name: string): FieldPath[] {
  return FIELDS.filter((field) => {
    const own = field.slice(field.lastIndexOf('.') + 1);
    return own === field ? isMeantBy(name, own) : isSameName(name, own);
  });
}

const FIELDS = (Object.keys(STRICTEST) as FieldPath[]).filter((field) => !field.includes('[]'));
