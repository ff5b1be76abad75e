import { EMERGENCY_NUMBERS_EVERYWHERE, hasEmergencyNumbers } from '../calls/country-codes';
import { MIN_SUBSCRIBER_DIGITS } from '../calls/number-reading';
import { isMeantBy } from './names';
import { isPlainObject } from './plain-object';

/** A number that people dial, or what they dial for another one. */
type Element = string | { readonly dialled: string; readonly number: string };

/** The readable part of `emergency`: legal as it is. */
export interface EmergencyNumbers {
  readonly numbers: readonly Element[];
  readonly country?: string;
}

/** What `emergency` may have meant, the fullest first: its numbers and country, with what else stands there or without. */
export function emergencyIn(value: unknown): object[] {
  const found = emergencyNumbersUnder(value);
  const { callerId, trunk } = isPlainObject(value) ? value : {};
  const beside = { ...(callerId !== undefined && { callerId }), ...(trunk !== undefined && { trunk }) };
  return found ? [{ ...found, ...beside }, found] : [];
}

/**
 * The numbers and the country in a value of any shape. In place of a country that cannot be read, the numbers that hold
 * everywhere stand.
 * @returns undefined when there are none
 */
export function emergencyNumbersUnder(value: unknown): EmergencyNumbers | undefined {
  const [country] = countriesUnder(value);
  const everywhere = country === undefined && namesCountry(value) ? EMERGENCY_NUMBERS_EVERYWHERE : [];
  const numbers = [...new Set([...elementsUnder(value), ...everywhere])];
  if (numbers.length === 0 && country === undefined) return undefined;
  return { numbers, ...(country !== undefined && { country }) };
}

/** An unknown name in `emergency` may have other numbers than those to dial. */
function elementsUnder(emergency: unknown): Element[] {
  if (!isPlainObject(emergency)) return emergencyNumbersIn(emergency);
  return Object.entries(emergency).flatMap(([name, value]) => {
    if (name === 'callerId' || name === 'trunk' || name === 'country') return [];
    if (isMeantBy(name, 'numbers')) return emergencyNumbersIn(value);
    return isPlainObject(value) ? elementsUnder(value) : [...numbersInName(name), ...shortNumbersIn(value)];
  });
}

function countriesUnder(value: unknown): string[] {
  if (Array.isArray(value) || value instanceof Set) return [...value].flatMap(countriesUnder);
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'country' ? countriesIn(inner) : countriesUnder(inner),
  );
}

/** Whether it can be read or not. */
function namesCountry(value: unknown): boolean {
  if (Array.isArray(value) || value instanceof Set) return [...value].some(namesCountry);
  return (
    isPlainObject(value) &&
    Object.entries(value).some(([name, inner]) => isMeantBy(name, 'country') || namesCountry(inner))
  );
}

/** `us`, and a country in a list. */
export function countriesIn(value: unknown): string[] {
  if (Array.isArray(value) || value instanceof Set) return [...value].flatMap(countriesIn);
  if (isPlainObject(value)) return countriesIn(Object.values(value));
  const country = typeof value === 'string' ? value.trim().toUpperCase() : '';
  return hasEmergencyNumbers(country) ? [country] : [];
}

/** The same as `emergencyNumbersIn` where nobody said that these are emergency numbers: a short code opens little. */
export function shortNumbersIn(value: unknown): Element[] {
  const isShort = (text: string) => text.replace(/\D/g, '').length < MIN_SUBSCRIBER_DIGITS;
  return emergencyNumbersIn(value).filter((it) => isShort(typeof it === 'string' ? it : it.number));
}

/**
 * Every emergency number in a value of any shape. `emergency` is the one field whose strictest meaning is to let a
 * call through, so whatever people can dial counts: a number, a text, several in a text, and those in lists, sets
 * and objects (names included, for `{ "112": true }`).
 */
export function emergencyNumbersIn(value: unknown): Element[] {
  if (typeof value === 'number') return withLostZeros(value);
  if (typeof value === 'string') return numbersInText(value);
  if (Array.isArray(value) || value instanceof Set) return [...value].flatMap(emergencyNumbersIn);
  if (!isPlainObject(value)) return [];
  const aliases = aliasesIn(value);
  if (aliases.length > 0) return aliases;
  return Object.entries(value).flatMap(([name, it]) => [...numbersInName(name), ...emergencyNumbersIn(it)]);
}

/** `{ dialled, number }` */
function aliasesIn(object: Readonly<Record<string, unknown>>): Element[] {
  const textsUnder = (field: string) =>
    Object.entries(object)
      .filter(([name]) => isMeantBy(name, field))
      .flatMap(([, value]) => emergencyNumbersIn(value))
      .filter((it) => typeof it === 'string');
  const [number] = textsUnder('number');
  return number === undefined ? [] : textsUnder('dialled').map((dialled) => ({ dialled, number }));
}

/** A number loses leading zeros, as of 000 and 061. */
function withLostZeros(value: number): string[] {
  if (!Number.isInteger(value) || value < 0 || value >= 1e15) return [];
  return [`${value}`, ...[`0${value}`, `00${value}`].filter(({ length }) => length <= 3)];
}

/** Several with anything between them, or one that is spaced out (`9 11`). */
function numbersInText(text: string): string[] {
  const isSpacedOut = /^[0-9 ]+$/.test(text) && text.split(/ +/).some(({ length }) => length === 1);
  const parts = text.split(/[^0-9*#+().-]+/);
  return [...parts, ...(isSpacedOut ? [text.replaceAll(' ', '')] : [])].flatMap(dialledIn);
}

/** `0`, `1`, `2` are places in a list. */
function numbersInName(name: string): string[] {
  return /^[0-9]{2,15}$/.test(name) ? [name] : [];
}

/** As people write it: `1-1-2`, `(112)`. One digit in a text is rather a place in a list. */
function dialledIn(text: string): string[] {
  const dialled = text.replace(/[-.()]/g, '');
  return /^[0-9*#+]{1,15}$/.test(dialled) && dialled.replace(/\D/g, '').length > 1 ? [dialled] : [];
}
