import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '../registrar/auth/constant-time';
import type { Reservation } from '../registrar/calls/budget';
import type { Call } from '../registrar/calls/call';
import { type Lease, leaseOf } from '../registrar/calls/call-limits';
import type { DialPlanned } from '../registrar/calls/plan';
import { type Aor, formatAor, parseAor } from '../registrar/record/aor';
import { isObject } from '../registrar/record/json';
import { coversRealm, type WebhookSecret } from './webhook-secrets';

/**
 * What one hook of a call passes to the next: jambonz carries the data of the `tag` verb as `customerData`. The text is
 * signed with a key that is derived from the webhook secret, and is valid for one call.
 */
export interface CallTag {
  readonly call: Call & { readonly caller: Aor };
  /** The attempt that is dialled now, from 1. */
  readonly attempt: number;
  readonly trunk: string;
  /** The destination as the rules see it. */
  readonly number: string;
  /** The number shown to the callee. */
  readonly shown: string;
  /** Settled when the call began, even if the record changed since. */
  readonly began: CallBeginning;
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
}

/** The data of a `tag` verb. */
export interface TagData {
  readonly call: string;
  readonly mac: string;
}

/** The tag of one attempt of a plan. */
export function tagOf(call: Call, plan: DialPlanned, attempt: number, began: CallBeginning): CallTag {
  const { trunk = '', callerId = 'anonymous' } = plan.attempts[attempt - 1] ?? {};
  return {
    call: { ...call, caller: plan.caller },
    attempt,
    trunk,
    number: plan.destination.number,
    shown: plan.callerId.hidden ? 'anonymous' : callerId,
    began,
  };
}

/**
 * What is settled by the first attempt of this plan.
 * @param now unix ms
 */
export function beginningOf(plan: DialPlanned, now: number): CallBeginning {
  const { limits, customer, maxSeconds } = plan;
  return {
    at: Math.floor(now / 1000),
    customer,
    lease: limits && leaseOf(limits, plan, maxSeconds),
    maxSeconds,
  };
}

/** Signs a tag with the first of these secrets that speaks for the caller's realm. */
export function signTag(tag: CallTag, secrets: readonly WebhookSecret[]): TagData {
  const own = secrets.find((secret) => coversRealm([secret], tag.call.caller.realm));
  if (!own) throw new Error('no webhook secret speaks for the realm of the call');
  const { call, attempt, trunk, number, shown, began } = tag;
  const { at, customer, lease, maxSeconds } = began;
  const { id, caller, dialled, presented } = call;
  const text = JSON.stringify({
    id,
    caller: formatAor(caller),
    dialled,
    from: presented.from,
    identity: presented.identity,
    private: presented.private,
    attempt,
    trunk,
    number,
    shown,
    seatOf: lease && formatAor(lease.owner),
    seatSeconds: lease?.seconds,
    reserved: lease?.reserved,
    at,
    customer,
    maxSeconds,
  });
  return { call: text, mac: mac(text, own.secret) };
}

/**
 * Opens `customerData`.
 * @param callId of the hook that brought it: a tag speaks for its own call only
 * @param secrets current and previous: a call may outlive a rotation. Those of other realms sign for nobody here
 * @returns undefined when it is not ours, or was changed, or belongs to another call
 */
export function verifyTag(
  data: unknown,
  callId: string,
  secrets: readonly WebhookSecret[],
): CallTag | undefined {
  if (!isObject(data) || typeof data.call !== 'string' || typeof data.mac !== 'string') return undefined;
  const { call: text, mac: given } = data;
  const by = secrets.filter(({ secret }) => constantTimeEqual(given, mac(text, secret)));
  const tag = by.length > 0 ? readTag(text) : undefined;
  return tag?.call.id === callId && coversRealm(by, tag.call.caller.realm) ? tag : undefined;
}

function readTag(text: string): CallTag | undefined {
  const json: unknown = JSON.parse(text);
  if (!isObject(json)) return undefined;
  const { id, caller, dialled, from, identity, attempt, trunk, number, shown } = json;
  const aor = typeof caller === 'string' ? parseAor(caller) : undefined;
  if (!aor || typeof id !== 'string' || typeof dialled !== 'string' || typeof from !== 'string')
    return undefined;
  if (typeof attempt !== 'number' || typeof trunk !== 'string') return undefined;
  if (typeof number !== 'string' || typeof shown !== 'string') return undefined;
  const presented = {
    from,
    identity: typeof identity === 'string' ? identity : undefined,
    private: json.private === true,
  };
  return {
    call: { id, caller: aor, fromTrunk: false, dialled, presented, deviceCallId: '' },
    attempt,
    trunk,
    number,
    shown,
    began: readBeginning(json),
  };
}

function readBeginning(json: Record<string, unknown>): CallBeginning {
  const { at, customer, maxSeconds } = json;
  return {
    at: numberIn(at),
    customer: typeof customer === 'string' ? customer : undefined,
    lease: readLease(json),
    maxSeconds: numberIn(maxSeconds),
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

/** A key of its own, so that no signature of jambonz's can ever be taken for one of ours. */
function mac(text: string, secret: string): string {
  const key = createHmac('sha256', secret).update('edge-registrar call tag').digest();
  return createHmac('sha256', key).update(text).digest('hex');
}
