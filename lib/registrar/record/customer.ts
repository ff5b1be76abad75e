import * as v from 'valibot';
import { realmKey } from './aor';
import {
  customerSchema,
  type NUMBER_FORMATS,
  type OBSERVABLE_RULES,
  type outboundAuthSchema,
  type trunkSchema,
  type WrittenCustomer,
} from './customer-schema';
import type { Problem } from './read-record';

export type { Problem } from './read-record';

/** The rules of `callerId`; a plain text in the record means `{ default: text }`. */
export type CallerIdRules = Exclude<NonNullable<WrittenCustomer['callerId']>, string>;
export type Trunk = v.InferOutput<typeof trunkSchema>;
export type OutboundAuth = v.InferOutput<typeof outboundAuthSchema>;
export type NumberFormat = (typeof NUMBER_FORMATS)[number];
export type ObservableRule = (typeof OBSERVABLE_RULES)[number];

/** One SIP account as the rules see it: each field is valid or absent. */
export type Customer = Omit<WrittenCustomer, 'callerId'> & { readonly callerId?: CallerIdRules };

export type ParsedCustomer =
  | { readonly customer: Customer; readonly problems: readonly Problem[] }
  | { readonly customer: undefined; readonly problems: readonly Problem[] };

/**
 * Reads one record, from the table or from a file, and reports all problems at once. An invalid field or element gets
 * its strictest meaning (`STRICTEST`), so that a mistake never allows more. Without a legal realm and username there is
 * no customer.
 */
export function parseCustomer(item: unknown): ParsedCustomer {
  const proper = v.safeParse(customerSchema, item);
  if (proper.success) return { customer: normalise(proper.output), problems: [] };
  const { fields, problems } = reader().readRecord(customerSchema, item);
  const strict = v.safeParse(customerSchema, fields);
  return { customer: strict.success ? normalise(strict.output) : undefined, problems };
}

/** Loaded with the first record that has a problem. */
function reader(): typeof import('./read-record') {
  return require('./read-record');
}

function normalise({ callerId, ...written }: WrittenCustomer): Customer {
  const rules = typeof callerId === 'string' ? { default: callerId } : callerId;
  return { ...written, realm: realmKey(written.realm), ...(rules && { callerId: rules }) };
}
