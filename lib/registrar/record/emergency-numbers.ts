import { MIN_SUBSCRIBER_DIGITS } from '../calls/destination';
import { isMeantBy } from './names';
import { isPlainObject } from './plain-object';

/**
 * Every emergency number in a value of any shape. `emergency` is the one field whose strictest meaning is to let a
 * call through, so whatever people can dial counts: a number, a text, several in a text, and those in lists, sets
 * and objects (names included, for `{ "112": true }`).
 */
export function emergencyNumbersIn(value: unknown): string[] {
  if (typeof value === 'number') return withLostZeros(value);
  if (typeof value === 'string') return value.split(/[^0-9*#+().-]+/).flatMap(dialledIn);
  if (Array.isArray(value) || value instanceof Set) return [...value].flatMap(emergencyNumbersIn);
  return isPlainObject(value)
    ? Object.entries(value).flatMap(([name, inner]) => [...numberInName(name), ...emergencyNumbersIn(inner)])
    : [];
}

/** The same where nobody said that these are emergency numbers: no longer than a short code, which opens little. */
export function shortNumbersIn(value: unknown): string[] {
  return emergencyNumbersIn(value).filter((it) => it.replace(/\D/g, '').length < MIN_SUBSCRIBER_DIGITS);
}

/**
 * What `emergency` may have meant, the fullest first: the numbers with what else can be read, or the numbers alone.
 */
export function emergencyIn(value: unknown): { numbers: string[] }[] {
  const numbers = [...new Set(numbersOf(value))];
  const { callerId, trunk } = isPlainObject(value) ? value : {};
  const beside = { ...(callerId !== undefined && { callerId }), ...(trunk !== undefined && { trunk }) };
  return numbers.length === 0 ? [] : [{ numbers, ...beside }, { numbers }];
}

/** Under a name that no field of `emergency` has, other numbers may stand than those to dial. */
function numbersOf(emergency: unknown): string[] {
  if (!isPlainObject(emergency)) return emergencyNumbersIn(emergency);
  return Object.entries(emergency).flatMap(([name, value]) => {
    if (name === 'callerId' || name === 'trunk') return [];
    if (isMeantBy(name, 'numbers')) return emergencyNumbersIn(value);
    return isPlainObject(value) ? numbersOf(value) : [...numberInName(name), ...shortNumbersIn(value)];
  });
}

/** A number loses leading zeros, as of 000 and 061. */
function withLostZeros(value: number): string[] {
  if (!Number.isSafeInteger(value) || value < 0) return [];
  return [`${value}`, ...[`0${value}`, `00${value}`].filter(({ length }) => length <= 3)];
}

/** `0`, `1`, `2` are places in a list. */
function numberInName(name: string): string[] {
  return /^[0-9]{2,15}$/.test(name) ? [name] : [];
}

/** As people write it: `1-1-2`, `(112)`. One digit in a text is rather a place in a list. */
function dialledIn(text: string): string[] {
  const dialled = text.replace(/[-.()]/g, '');
  return /^[0-9*#+]{1,15}$/.test(dialled) && dialled.replace(/\D/g, '').length > 1 ? [dialled] : [];
}
