import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '../registrar/auth/constant-time';
import type { Call } from '../registrar/calls/call';
import type { Lease } from '../registrar/calls/call-limits';
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
  /** The lease of the call's first attempt, even if the caps changed since; undefined: the call is not counted. */
  readonly lease: Lease | undefined;
  /** Seconds after which the answered call is ended; undefined: never. */
  readonly maxSeconds: number | undefined;
  /** The call whose called leg this one connects anew, after its caller handed it on. */
  readonly first: CallTag | undefined;
}

/** The data of a `tag` verb. */
export interface TagData {
  readonly call: string;
  readonly mac: string;
}

/** What a tag keeps from the one before it. */
export interface KeptInTag {
  readonly lease?: Lease | undefined;
  readonly realms?: readonly string[];
  readonly first?: CallTag | undefined;
}

/** The tag of one attempt of a plan. */
export function tagOf(
  call: Call,
  plan: DialPlanned | RingPlanned,
  attempt: number,
  { lease, realms = [], first }: KeptInTag = {},
): CallTag {
  const { origin } = call;
  if (origin.kind === 'refused') throw new Error('a call that is refused has no tag');
  const { maxSeconds } = plan;
  return {
    call: { ...call, origin },
    realms,
    attempt,
    ...attemptOf(plan, attempt),
    lease,
    maxSeconds,
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

/** What an answered call of this plan holds. */
export function leaseOf(plan: DialPlanned | RingPlanned): Lease | undefined {
  const limits = plan.kind === 'dial' ? plan.limits : undefined;
  return limits && { owner: limits.owner, seconds: limits.leaseSeconds };
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
  const { call, realms, attempt, trunk, phones, number, shown, lease, maxSeconds, first } = tag;
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
    maxSeconds,
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
    lease: readLease(json),
    maxSeconds: typeof json.maxSeconds === 'number' ? json.maxSeconds : undefined,
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

function readLease({ seatOf: leaseOwner, seatSeconds }: Record<string, unknown>): Lease | undefined {
  const owner = typeof leaseOwner === 'string' ? parseAor(leaseOwner) : undefined;
  return owner && { owner, seconds: typeof seatSeconds === 'number' ? seatSeconds : 0 };
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A key of its own, so that no signature of jambonz's can ever be taken for one of ours. */
function mac(text: string, secret: string): string {
  const key = createHmac('sha256', secret).update('edge-registrar call tag').digest();
  return createHmac('sha256', key).update(text).digest('hex');
}
