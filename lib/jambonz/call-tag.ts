import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '../registrar/auth/constant-time';
import type { Call } from '../registrar/calls/call';
import type { Lease } from '../registrar/calls/call-limits';
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
  /** The lease of the call's first attempt, even if the caps changed since; undefined: the call is not counted. */
  readonly lease: Lease | undefined;
}

/** The data of a `tag` verb. */
export interface TagData {
  readonly call: string;
  readonly mac: string;
}

/** The tag of one attempt of a plan. */
export function tagOf(
  call: Call,
  plan: DialPlanned,
  attempt: number,
  lease: Lease | undefined = leaseOf(plan),
): CallTag {
  const { trunk = '', callerId = 'anonymous' } = plan.attempts[attempt - 1] ?? {};
  return {
    call: { ...call, caller: plan.caller },
    attempt,
    trunk,
    number: plan.destination.number,
    shown: plan.callerId.hidden ? 'anonymous' : callerId,
    lease,
  };
}

/** What an answered call of this plan holds. */
function leaseOf({ limits }: DialPlanned): Lease | undefined {
  return limits && { owner: limits.owner, seconds: limits.leaseSeconds };
}

/** Signs a tag with the first of these secrets that speaks for the caller's realm. */
export function signTag(tag: CallTag, secrets: readonly WebhookSecret[]): TagData {
  const own = secrets.find((secret) => coversRealm([secret], tag.call.caller.realm));
  if (!own) throw new Error('no webhook secret speaks for the realm of the call');
  const { call, attempt, trunk, number, shown, lease } = tag;
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
    lease: readLease(json),
  };
}

function readLease({ seatOf: leaseOwner, seatSeconds }: Record<string, unknown>): Lease | undefined {
  const owner = typeof leaseOwner === 'string' ? parseAor(leaseOwner) : undefined;
  return owner && { owner, seconds: typeof seatSeconds === 'number' ? seatSeconds : 0 };
}

/** A key of its own, so that no signature of jambonz's can ever be taken for one of ours. */
function mac(text: string, secret: string): string {
  const key = createHmac('sha256', secret).update('edge-registrar call tag').digest();
  return createHmac('sha256', key).update(text).digest('hex');
}
