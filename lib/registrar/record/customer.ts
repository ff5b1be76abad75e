import * as v from 'valibot';
import { realmKey } from './aor';
import {
  customerSchema,
  type NUMBER_FORMATS,
  type outboundAuthSchema,
  type trunkSchema,
} from './customer-schema';

type Written = v.InferOutput<typeof customerSchema>;

/** The rules of `callerId`; a plain text in the record means `{ default: text }`. */
export type CallerIdRules = Exclude<NonNullable<Written['callerId']>, string>;
export type Trunk = v.InferOutput<typeof trunkSchema>;
export type OutboundAuth = v.InferOutput<typeof outboundAuthSchema>;
export type NumberFormat = (typeof NUMBER_FORMATS)[number];

/** One SIP account as the rules see it: every field either is as described or is not there. */
export type Customer = Omit<Written, 'callerId'> & { readonly callerId?: CallerIdRules };

/** What is wrong in a record, where, and how to mend it. */
export interface Problem {
  /** For instance `callerId.patterns[1].match`. */
  readonly path: string;
  readonly fix: string;
  /** A name that no field has: a typo. It changes nothing else, so a hook goes on without a word. */
  readonly unknownField: boolean;
}

export type ParsedCustomer =
  | { readonly customer: Customer; readonly problems: readonly Problem[] }
  | { readonly customer: undefined; readonly problems: readonly Problem[] };

/**
 * Reads one record, from the table or from a file. All problems are told at once; a field that cannot be read
 * costs that field, an element of a list that element, and what restricts is then read at its strictest
 * (`STRICTEST`): a typo never opens a door. Without a legal realm and username there is no customer.
 */
export function parseCustomer(item: unknown): ParsedCustomer {
  const problems: Problem[] = [];
  const value = copyOf(item);
  for (let rounds = 0; rounds < 1000; rounds++) {
    const result = v.safeParse(customerSchema, value);
    if (result.success) return { customer: normalise(result.output), problems };
    const found = problemsOf(result.issues);
    problems.push(
      ...found
        .map(({ problem }) => problem)
        .filter((it) => !problems.some((p) => p.path === it.path && p.fix === it.fix)),
    );
    if (!isObject(value) || found.some(({ path }) => isKey(path))) break;
    for (const unit of unitsOf(found.map(({ path }) => path))) dropUnit(value, unit);
  }
  return { customer: undefined, problems };
}

/** What the record says in place of a field that cannot be read: restrictions at their strictest. */
const STRICTEST: Readonly<Record<string, Json>> = {
  enabled: { enabled: false },
  registration: { registration: { allowedAddresses: [], replay: 'enforce' } },
  'registration.allowedAddresses': { registration: { allowedAddresses: [] } },
  'registration.callsFromAnywhere': { registration: { callsFromAnywhere: false } },
  'registration.replay': { registration: { replay: 'enforce' } },
  callerId: { callerId: { fallback: 'decline' } },
  'callerId.default': { callerId: { fallback: 'decline' } },
  'callerId.pool': { callerId: { fallback: 'decline' } },
  'callerId.fallback': { callerId: { fallback: 'decline' } },
  'callerId.privacy': { callerId: { privacy: 'honour' } },
  // A number that is read otherwise than it was meant slips past the rules.
  dialPlan: { destinations: { default: 'deny' } },
  'dialPlan.countryCode': { destinations: { default: 'deny' } },
  'dialPlan.internationalPrefix': { destinations: { default: 'deny' } },
  'dialPlan.nationalPrefix': { destinations: { default: 'deny' } },
  'dialPlan.country': { destinations: { default: 'deny' } },
  'dialPlan.rewrite': { destinations: { default: 'deny' } },
  destinations: { destinations: { default: 'deny' } },
  'destinations.default': { destinations: { default: 'deny' } },
  'destinations.deny': { destinations: { default: 'deny' } },
  limits: { limits: { maxConcurrentCalls: 0 } },
  'limits.maxConcurrentCalls': { limits: { maxConcurrentCalls: 0 } },
  'limits.callsPerMinute': { limits: { callsPerMinute: 0 } },
  'limits.maxCallSeconds': { limits: { maxConcurrentCalls: 0 } },
  // Without these nobody knows whom to bill: the account keeps its registration and loses its trunks.
  techPrefix: { trunks: [] },
  outboundAuth: { trunks: [] },
  customer: { trunks: [] },
};

type Path = readonly (string | number)[];
type Json = Record<string | number, unknown>;

/** The part of the record that one problem costs: the innermost list element, else the field. */
function unitOf(path: Path): Path {
  const element = path.findLastIndex((key) => typeof key === 'number');
  return element >= 0 ? path.slice(0, element + 1) : path.slice(0, path[0] === 'outboundAuth' ? 1 : 2);
}

/** Each unit once, the last in the record first, so that removing an element moves none that is still to go. */
function unitsOf(paths: readonly Path[]): Path[] {
  const units = new Map(paths.map((path) => [formatPath(unitOf(path)), unitOf(path)]));
  return [...units.values()].sort((a, b) => comparePaths(b, a));
}

function comparePaths(a: Path, b: Path): number {
  const at = a.findIndex((key, index) => key !== b[index]);
  const [left, right] = [a[at], b[at]];
  if (left === undefined || right === undefined) return a.length - b.length;
  return left < right ? -1 : 1;
}

function dropUnit(value: Json, unit: Path): void {
  const parent = unit.slice(0, -1).reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value);
  const key = unit.at(-1);
  if (!isObject(parent) || key === undefined) return;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (key in parent) delete parent[key];
  else delete value[unit[0] as string];
  for (const [field, safest] of Object.entries(STRICTEST[formatPath(unit)] ?? {})) {
    value[field] =
      Array.isArray(safest) || !isObject(safest) ? safest : { ...asObject(value[field]), ...safest };
  }
}

function normalise({ callerId, ...written }: Written): Customer {
  const rules = typeof callerId === 'string' ? { default: callerId } : callerId;
  return { ...written, realm: realmKey(written.realm), ...(rules && { callerId: rules }) };
}

interface Found {
  readonly path: Path;
  readonly problem: Problem;
}

function problemsOf(issues: readonly v.BaseIssue<unknown>[], above: Path = []): Found[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...(issue.path ?? []).map((step) => step.key as string | number)];
    const inner = insideUnion(issue);
    if (inner) return problemsOf(inner, path);
    const unknownField = issue.type === 'strict_object' && issue.expected === 'never';
    const missing = issue.type === 'strict_object' && issue.received === 'undefined';
    const fix = unknownField ? unknownFieldFix(path) : missing ? 'is missing' : notUnderstood(issue);
    return [{ path, problem: { path: formatPath(path), fix, unknownField } }];
  });
}

/** `callerId` is a text or an object: an object is judged as an object, not told that it is no text. */
function insideUnion(issue: v.BaseIssue<unknown>): readonly v.BaseIssue<unknown>[] | undefined {
  if (issue.type !== 'union' || !issue.issues) return undefined;
  const isText = typeof issue.input === 'string';
  const fitting = issue.issues.filter((inner) =>
    isText ? inner.type === 'regex' : isObject(issue.input) && (inner.path?.length ?? 0) > 0,
  );
  return fitting.length > 0 ? (fitting as v.BaseIssue<unknown>[]) : undefined;
}

function notUnderstood(issue: v.BaseIssue<unknown>): string {
  return issue.type === 'strict_object' || issue.type === 'array'
    ? `write ${issue.type === 'array' ? 'a list, in [ ]' : 'an object, in { }'}`
    : issue.message;
}

function unknownFieldFix(path: Path): string {
  return `is no field of a customer record; look for a typo in "${path.at(-1)}"`;
}

function isKey(path: Path): boolean {
  return path.length === 0 || path[0] === 'realm' || path[0] === 'username';
}

function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${key}` : key),
    '',
  );
}

/** A copy that may be cut; DynamoDB string sets are lists to us. */
function copyOf(item: unknown): unknown {
  if (item instanceof Set) return [...item];
  if (Array.isArray(item)) return item.map(copyOf);
  return isObject(item)
    ? Object.fromEntries(Object.entries(item).map(([key, value]) => [key, copyOf(value)]))
    : item;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}
