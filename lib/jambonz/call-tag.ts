import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '../registrar/auth/constant-time';
import type { Reservation } from '../registrar/calls/budget';
import type { Call } from '../registrar/calls/call';
import { type Lease, leaseOf } from '../registrar/calls/call-limits';
import { accountOf, type KnownOrigin } from '../registrar/calls/call-origin';
import type { EndedAttempt } from '../registrar/calls/failover';
import { formatPhones } from '../registrar/calls/internal-call';
import type { DialPlanned } from '../registrar/calls/plan';
import type { RingPlanned } from '../registrar/calls/ring';
import { type Aor, formatAor, parseAor, realmKey } from '../registrar/record/aor';
import { isObject } from '../registrar/record/json';
import { coversRealm, type WebhookSecret } from './webhook-secrets';

/**
 * What one hook of a call passes to the next: jambonz carries the data of the `tag` verb as `customerData`. The text is
 * signed with a key that is derived from the webhook secret, and is valid for one call.
 */
export interface CallTag extends EndedAttempt {
  readonly call: Call & { readonly origin: KnownOrigin };
  /** The realms of a carrier's call: those that its number is about. */
  readonly realms: readonly string[];
  /** The destination as the rules see it, or the number of ours that was called. */
  readonly number: string;
  /** The number shown to the callee. */
  readonly shown: string;
  /** Settled when the call began, even if the record changed since. */
  readonly began: CallBeginning;
  /** The call whose called leg this one connects anew, after its caller handed it on. */
  readonly first: CallTag | undefined;
}

/** What holds for all attempts of a call, as it was settled at the first. */
export interface CallBeginning {
  /** Unix seconds; undefined: a tag of an earlier version. */
  readonly at: number | undefined;
  /** The record whose policy the account uses, as its `customer` names it. */
  readonly customer: string | undefined;
  /** The lease of the call's first attempt, and what it reserved; undefined: the call is not counted. */
  readonly lease: Lease | undefined;
  /** Seconds after which an answered call is ended; undefined: never. */
  readonly maxSeconds: number | undefined;
  /** The call counts as one from a new address (`registration.newSource`), and so does its transfer. */
  readonly fromNewSource: boolean;
}

/** The data of a `tag` verb. */
export interface TagData {
  readonly call: string;
  readonly mac: string;
}

/** What a tag keeps from the one before it. */
export interface KeptInTag {
  readonly began: CallBeginning;
  readonly realms?: readonly string[];
  readonly first?: CallTag | undefined;
}

/** The tag of one attempt of a plan. */
export function tagOf(
  call: Call,
  plan: DialPlanned | RingPlanned,
  attempt: number,
  { began, realms = [], first }: KeptInTag,
): CallTag {
  const { origin } = call;
  if (origin.kind === 'refused') throw new Error('a call that is refused has no tag');
  return {
    call: { ...call, origin },
    realms,
    attempt,
    ...attemptOf(plan, attempt),
    began,
    first,
  };
}

function attemptOf(
  plan: DialPlanned | RingPlanned,
  attempt: number,
): Pick<CallTag, 'trunk' | 'phones' | 'number' | 'shown'> {
  const { hidden, number = 'anonymous' } = plan.callerId;
  if (plan.kind === 'ring')
    return {
      trunk: undefined,
      phones: formatPhones(plan.steps[attempt - 1] ?? []),
      number: plan.called,
      shown: hidden ? 'anonymous' : number,
    };
  const { trunk = '', callerId = 'anonymous' } = plan.attempts[attempt - 1] ?? {};
  return {
    trunk,
    phones: undefined,
    number: plan.destination.number,
    shown: hidden ? 'anonymous' : callerId,
  };
}

/**
 * What is settled by the first attempt of this plan.
 * @param now unix ms
 */
export function beginningOf(
  plan: DialPlanned | RingPlanned,
  now: number,
  fromNewSource: boolean,
): CallBeginning {
  const { customer, maxSeconds } = plan;
  const lease = plan.kind === 'dial' && plan.limits ? leaseOf(plan.limits, plan, maxSeconds) : undefined;
  return { at: Math.floor(now / 1000), customer, lease, maxSeconds, fromNewSource };
}

/** The realms that a tag is about: only a secret that speaks for all of them may sign it. */
function realmsOf({ call, realms }: CallTag): readonly string[] {
  const account = accountOf(call.origin);
  return account ? [realmKey(account.realm)] : realms;
}

/** Signs a tag with the first of these secrets that speaks for its realms. */
export function signTag(tag: CallTag, secrets: readonly WebhookSecret[]): TagData {
  const own = secrets.find((secret) => realmsOf(tag).every((realm) => coversRealm([secret], realm)));
  if (!own) throw new Error('no webhook secret speaks for the realm of the call');
  const text = JSON.stringify(written(tag));
  return { call: text, mac: mac(text, own.secret) };
}

function written(tag: CallTag): object {
  const { call, realms, attempt, trunk, phones, number, shown, began, first } = tag;
  const { at, customer, lease, maxSeconds, fromNewSource } = began;
  const { id, origin, dialled, presented } = call;
  const account = accountOf(origin);
  return {
    id,
    caller: account && formatAor(account),
    ...(origin.kind === 'forward' && { forward: origin.of }),
    ...(origin.kind === 'carrier' && { realms, name: presented.name }),
    dialled,
    from: presented.from,
    identity: presented.identity,
    private: presented.private,
    attempt,
    trunk,
    phones,
    number,
    shown,
    seatOf: lease && formatAor(lease.owner),
    seatSeconds: lease?.seconds,
    reserved: lease?.reserved,
    at,
    customer,
    maxSeconds,
    ...(fromNewSource && { newSource: true }),
    ...(first && { first: written(first) }),
  };
}

/**
 * Opens `customerData`.
 * @param calls what the hook that brought it names its call by: a tag speaks for its own call only
 * @param secrets current and previous: a call may outlive a rotation. Those of other realms sign for nobody here
 * @returns undefined when it is not ours, or was changed, or belongs to another call
 */
export function verifyTag(
  data: unknown,
  calls: readonly string[],
  secrets: readonly WebhookSecret[],
): CallTag | undefined {
  if (!isObject(data) || typeof data.call !== 'string' || typeof data.mac !== 'string') return undefined;
  const { call: text, mac: given } = data;
  const by = secrets.filter(({ secret }) => constantTimeEqual(given, mac(text, secret)));
  const tag = by.length > 0 ? readTag(JSON.parse(text)) : undefined;
  if (!tag || !calls.includes(tag.call.id)) return undefined;
  return by.some((secret) => realmsOf(tag).every((realm) => coversRealm([secret], realm))) ? tag : undefined;
}

function readTag(json: unknown): CallTag | undefined {
  if (!isObject(json)) return undefined;
  const { id, dialled, from, attempt, number, shown, realms } = json;
  const origin = readOrigin(json);
  if (!origin || typeof id !== 'string' || typeof dialled !== 'string' || typeof from !== 'string')
    return undefined;
  if (typeof attempt !== 'number' || typeof number !== 'string' || typeof shown !== 'string')
    return undefined;
  const [trunk, phones] = [textIn(json.trunk), textIn(json.phones)];
  if (trunk === undefined && phones === undefined) return undefined;
  const presented = {
    from,
    identity: textIn(json.identity),
    private: json.private === true,
    name: textIn(json.name),
  };
  return {
    call: { id, origin, dialled, presented, deviceCallId: '' },
    realms: Array.isArray(realms) ? realms.filter((it) => typeof it === 'string') : [],
    attempt,
    trunk,
    phones,
    number,
    shown,
    began: readBeginning(json),
    first: readTag(json.first),
  };
}

function readOrigin({ caller, forward }: Record<string, unknown>): KnownOrigin | undefined {
  if (caller === undefined) return { kind: 'carrier' };
  const aor: Aor | undefined = typeof caller === 'string' ? parseAor(caller) : undefined;
  if (!aor) return undefined;
  return forward === 'inbound' || forward === 'internal'
    ? { kind: 'forward', payer: aor, of: forward }
    : { kind: 'account', aor };
}

function readBeginning(json: Record<string, unknown>): CallBeginning {
  const { at, customer, maxSeconds } = json;
  return {
    at: numberIn(at),
    customer: typeof customer === 'string' ? customer : undefined,
    lease: readLease(json),
    maxSeconds: numberIn(maxSeconds),
    fromNewSource: json.newSource === true,
  };
}

function readLease({
  seatOf: leaseOwner,
  seatSeconds,
  reserved,
}: Record<string, unknown>): Lease | undefined {
  const owner = typeof leaseOwner === 'string' ? parseAor(leaseOwner) : undefined;
  return owner && { owner, seconds: numberIn(seatSeconds) ?? 0, reserved: readReservation(reserved) };
}

function readReservation(value: unknown): Reservation | undefined {
  if (!isObject(value) || typeof value.seconds !== 'number' || !Array.isArray(value.budgets))
    return undefined;
  return { seconds: value.seconds, budgets: value.budgets.filter((it) => typeof it === 'string') };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A key of its own, so that no signature of jambonz's can ever be taken for one of ours. */
function mac(text: string, secret: string): string {
  const key = createHmac('sha256', secret).update('edge-registrar call tag').digest();
  return createHmac('sha256', key).update(text).digest('hex');
}
