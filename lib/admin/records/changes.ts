import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../../aws/tools/customer-records';
import { isObject } from '../../registrar/record/json';
import { mask } from './mask';

/** One field that a write adds, takes away or gives another value. */
export interface Change {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What turns one record into another, field by field; the version, which the tool keeps, does not count. */
export function changesBetween(before: Item, after: Item): Change[] {
  return compare('', { ...before, version: undefined }, { ...after, version: undefined });
}

/** For people, one line a change, without a secret: `~ callerId.default: "+1800" -> "+1900"`. */
export function describeChange({ path, before, after }: Change): string {
  const name = path.split('.').at(-1) ?? path;
  const show = (value: unknown) => JSON.stringify(mask({ [name]: value })[name]);
  if (before === undefined) return `+ ${path}: ${show(after)}`;
  if (after === undefined) return `- ${path}: ${show(before)}`;
  return `~ ${path}: ${show(before)} -> ${show(after)}`;
}

function compare(path: string, before: unknown, after: unknown): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((value, at) => compare(`${path}[${at}]`, value, after[at]));
  if (!isObject(before) || !isObject(after)) return [{ path, before, after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => compare(path ? `${path}.${name}` : name, before[name], after[name]));
}
