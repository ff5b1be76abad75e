import { isPlainObject } from './plain-object';

/** An object of a record. As a change, undefined takes a field away. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object with these fields set, those within its objects too. */
export function changed(fields: Fields, change: Fields): Fields {
  const set = Object.entries(change).map(([name, value]) => {
    const inner = fields[name];
    return [name, isPlainObject(value) ? changed(isPlainObject(inner) ? inner : {}, value) : value];
  });
  const all = Object.entries({ ...fields, ...Object.fromEntries(set) });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}
