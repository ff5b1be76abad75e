import { type Customer, type Problem, parseCustomer } from './customer';
import { isObject } from './json';
import { NUMBERS } from './number-key';
import { type NumberRecord, parseNumber } from './number-record';

/** An item of the Customers table: an account, a number, or neither when it has no legal key. */
export interface ParsedItem {
  readonly customer: Customer | undefined;
  readonly number: NumberRecord | undefined;
  readonly problems: readonly Problem[];
}

/** Reads an item as what its realm says that it is. */
export function parseItem(item: unknown): ParsedItem {
  if (isNumberItem(item)) return { customer: undefined, ...parseNumber(item) };
  return { number: undefined, ...parseCustomer(item) };
}

export function isNumberItem(item: unknown): boolean {
  return isObject(item) && item.realm === NUMBERS;
}
