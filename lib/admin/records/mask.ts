import { isObject } from '../../registrar/record/json';

/** Fields that hold secrets, in a record, a verb or an answer of jambonz. */
const SECRET_FIELDS = ['password', 'ha1', 'webhook_secret', 'mac'];

/** The same value with every secret replaced by `***`. */
export function mask<T>(value: T): T;
export function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((it) => mask(it));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_FIELDS.includes(key) && inner !== undefined && inner !== null ? '***' : mask(inner),
    ]),
  );
}
