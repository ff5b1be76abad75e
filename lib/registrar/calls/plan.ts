import { isFromNewSource, type NewSourceEffect, newSourceEffect } from '../auth/new-source';
import type { Aor } from '../record/aor';
import type { ObservableRule, OutboundAuth, Trunk } from '../record/customer';
import { type Policy, policyOf } from '../record/policy';
import { budgetsFor, type LowBudget, type Reservation } from './budget';
import type { Call, CallFacts, CallRecords, CallSettings } from './call';
import type { CapReached, LeaseAcquired, ObservedCaps, OwnerLimits } from './call-limits';
import {
  type CallerId,
  chooseCallerId,
  chooseEmergencyCallerId,
  formatCallerId,
  type Presented,
  trunkCallerId,
} from './caller-id';
import { callingCodeOf } from './country-numbers';
import {
  type Destination,
  type DestinationRefusal,
  formatNumber,
  normaliseDestination,
  numbersInside,
} from './destination';
import { judgeDestination, type Permission } from './destination-rules';
import { emergencyNumber, isEmergencyNumber } from './emergency-number';
import { type ForwardRefusal, refusalOfForward } from './forward';
import { type InboundRefusal, planInbound } from './inbound';
import { planInternal } from './internal-call';
import type { RingPlanned } from './ring';
import { STOP_CODES } from './stop-codes';
import { type ChosenTrunk, emergencyTrunks, trunksFor } from './trunks';

/** One way to the carrier, shaped for its trunk. */
export interface Attempt {
  readonly trunk: string;
  /** Why this trunk is tried, for `explain`. */
  readonly because: ChosenTrunk['because'];
  readonly host: string;
  readonly port: number | undefined;
  readonly transport: 'udp' | 'tcp' | 'tls' | undefined;
  readonly techPrefix: string;
  /** What goes on the wire behind the tech prefix. */
  readonly number: string;
  /** As this trunk wants it; undefined: nobody is shown. */
  readonly callerId: string | undefined;
  /** true: it is the trunk's own caller id, whatever the rules say. */
  readonly ownCallerId?: boolean;
  /** From as this trunk wants it: the caller id then stands in P-Asserted-Identity. */
  readonly from?: { readonly user: string | undefined; readonly host: string | undefined };
  /** `#` goes out as `%23`. */
  readonly escapeHash?: boolean;
  readonly outboundAuth: OutboundAuth | undefined;
  /** Seconds; undefined: jambonz's own 60. */
  readonly ringTimeout: number | undefined;
}

export type CallRefusal =
  | 'trunk-call'
  | 'no-caller'
  | 'no-grant'
  | 'unknown-account'
  | 'unknown-customer'
  | 'disabled'
  | DestinationRefusal
  | Extract<Permission, { allowed: false }>['because']
  | 'no-caller-id'
  | 'no-trunk'
  | 'phone-disabled'
  | InboundRefusal
  | ForwardRefusal
  | 'new-source'
  | CapReached;

/** What a call may do, and why. The same value is answered, logged, counted and explained. */
export type CallPlan = DialPlanned | RingPlanned | RefusePlanned;

export interface DialPlanned {
  readonly kind: 'dial';
  /** The account that calls, or that pays for a forward. */
  readonly caller: Aor;
  readonly destination: Destination;
  readonly permission: Permission | { readonly allowed: true; readonly because: 'emergency' };
  readonly callerId: CallerId;
  /** In the order in which they are tried; at least one. */
  readonly attempts: readonly [Attempt, ...Attempt[]];
  /** SIP codes after which no next trunk is tried. */
  readonly stopCodes: readonly number[];
  /** Seconds after which an answered call is ended; undefined: never. */
  readonly maxSeconds: number | undefined;
  /** What the caller hears while the carrier rings; undefined: what the carrier sends. */
  readonly dialMusic?: string | undefined;
  /** undefined: the call is not counted. */
  readonly limits: OwnerLimits | undefined;
  /** What the call reserved of its budgets, once it has its lease. */
  readonly reserved: Reservation | undefined;
  /** The budgets that it brought low. */
  readonly low: readonly LowBudget[];
  /** What `registration.newSource` does to it if it comes from a new address. */
  readonly ifNewSource: NewSourceEffect;
  /** What the rules that are only observed would have refused it for. */
  readonly would: readonly CallRefusal[];
  /** The record whose policy the account uses, as `customer` names it. */
  readonly customer: string | undefined;
}

export interface RefusePlanned {
  readonly kind: 'refuse';
  readonly caller: Aor | undefined;
  readonly status: number;
  readonly because: CallRefusal;
  /** As far as it was understood, for `explain`. */
  readonly destination: Destination | undefined;
  readonly permission: DialPlanned['permission'] | undefined;
}

/** The SIP status a refused caller's phone sees (RFC 3261 section 21.4). */
const STATUS: Readonly<Record<CallRefusal, number>> = {
  'trunk-call': 403,
  'no-caller': 403,
  'no-grant': 403,
  'unknown-account': 403,
  'unknown-customer': 403,
  disabled: 403,
  'no-number': 484,
  'not-a-number': 404,
  'number-too-long': 404,
  'service-code-not-allowed': 404,
  'destination-denied': 403,
  'high-risk-destination': 403,
  'no-caller-id': 403,
  'no-trunk': 503,
  'phone-disabled': 480,
  'unknown-number': 404,
  'number-disabled': 480,
  'rings-nobody': 480,
  'realm-of-another-account': 403,
  'forward-to-emergency': 480,
  'forward-without-limit': 480,
  'forward-not-counted': 480,
  'new-source': 403,
  'too-many-calls': 480,
  'too-many-calls-per-minute': 480,
  'budget-spent': 480,
};
/** A counted call ends some time, as its lease does: 4 hours where the record has no `maxCallSeconds`. */
const MAX_COUNTED_CALL_S = 4 * 3600;

/**
 * Decides from the records all that a call may do: who calls, whether they may, as whom, by which trunks or phones, for
 * how long. Emergency numbers come before every rule.
 */
export function planCall(call: Call, records: CallRecords, settings: CallSettings): CallPlan {
  const { origin } = call;
  if (origin.kind === 'refused') return refuse(origin.claimed, origin.because);
  if (origin.kind === 'carrier') return orRefuse(planInbound(call, records.number), undefined);
  const caller = origin.kind === 'account' ? origin.aor : origin.payer;
  const plan = planForAccount(call, caller, records, settings);
  const because = plan.kind === 'dial' ? refusalOfForward(call, plan.destination, plan.limits) : undefined;
  return because ? refuse(caller, because, plan.destination, plan.permission) : plan;
}

function planForAccount(
  call: Call,
  caller: Aor,
  { account, named, colleague }: CallRecords,
  settings: CallSettings,
): CallPlan {
  if (!account) return refuse(caller, 'unknown-account');
  const policy = policyOf(account, named);
  const emergency = emergencyNumber(call.dialled, policy, settings);
  if (emergency !== undefined) return planEmergency(call, caller, emergency, policy, settings);
  if (account.customer !== undefined && !named) return refuse(caller, 'unknown-customer');
  if (!policy.enabled) return refuse(caller, 'disabled');
  if (colleague && policy.internalCalls === true)
    return orRefuse(planInternal(call, policy, colleague), caller);
  return planByRules(call, caller, policy, settings);
}

function orRefuse(plan: RingPlanned | CallRefusal, caller: Aor | undefined): CallPlan {
  return typeof plan === 'string' ? refuse(caller, plan) : plan;
}

/**
 * The plan when the tables were asked, too. A call to an emergency number needs neither grant nor lease, and one that
 * rings phones no lease. A call that reserved minutes may talk as long as they last.
 */
export function applyFacts(
  plan: CallPlan,
  { grant, lease }: CallFacts,
  { callGrant }: CallSettings,
): CallPlan {
  if (plan.kind === 'refuse') return plan;
  const { destination, permission } = plan;
  if (destination?.because === 'emergency') return plan;
  const refuseIt = (because: CallRefusal) => refuse(plan.caller, because, destination, permission);
  if (grant === 'missing' && callGrant === 'enforce') return refuseIt('no-grant');
  if (plan.kind === 'ring') return plan;
  const effect = isFromNewSource(grant) ? plan.ifNewSource : undefined;
  if (effect === 'refuse') return refuseIt('new-source');
  const observed = effect === 'observe' ? { ...plan, would: [...plan.would, 'new-source' as const] } : plan;
  if (lease === 'forward-not-counted') return refuseIt(lease);
  if (lease === 'not-asked' || lease.result === 'unknown') return observed;
  return lease.result === 'acquired' ? holding(observed, lease) : refuseIt(lease.result);
}

/** The plan of a call that has its lease. */
function holding(plan: DialPlanned, { reserved, would, low }: LeaseAcquired): DialPlanned {
  const isHeldTo = reserved !== undefined && !plan.limits?.observed.includes('budgets');
  return {
    ...plan,
    reserved,
    low,
    would: [...plan.would, ...would],
    maxSeconds: isHeldTo ? reserved.seconds : plan.maxSeconds,
  };
}

function planByRules(call: Call, caller: Aor, policy: Policy, settings: CallSettings): CallPlan {
  const normalised = normaliseDestination(call.dialled, policy.dialPlan, (text) =>
    isEmergencyNumber(text, policy),
  );
  if (!normalised.ok) return refuse(caller, normalised.because);
  const { destination } = normalised;
  const numbers = numbersInside(destination, policy.dialPlan);
  const byRecord = judge(numbers, policy.destinations, policy.dialPlan);
  // An observed rule is as if it were not there.
  const permission = observes(policy, 'destinations') ? judge(numbers, undefined, policy.dialPlan) : byRecord;
  const refuseIt = (because: CallRefusal) => refuse(caller, because, destination, permission);
  if (!permission.allowed) return refuseIt(permission.because);
  const chosen = chooseCallerId(policy.callerId, destination.number, call.presented, policy.dialPlan);
  const trunks = trunksFor(policy, destination.number).filter(safeFor(destination));
  const ways = trunks.flatMap((way) => {
    const callerId = callerIdOn(way.trunk, chosen, policy, call.presented);
    return callerId ? [{ callerId, attempt: attemptFor(way, destination, callerId, policy, settings) }] : [];
  });
  if (!chosen && ways.length === 0) return refuseIt('no-caller-id');
  const [first, ...others] = ways;
  if (!first)
    return refuseIt(destination.because === 'service-code' ? 'service-code-not-allowed' : 'no-trunk');
  const counting = countingOf(policy, numbers);
  const reached = capOfZero(counting.limits);
  if (reached) return refuseIt(reached);
  const attempts = [first.attempt, ...others.map(({ attempt }) => attempt)] as const;
  return {
    kind: 'dial',
    caller,
    destination,
    permission,
    callerId: first.callerId,
    attempts,
    stopCodes: policy.failover?.stopCodes ?? STOP_CODES,
    dialMusic: policy.dialMusic,
    ...counting,
    ...NOTHING_RESERVED,
    ifNewSource: newSourceEffect(policy.registration?.newSource, numbers, observes(policy, 'newSource')),
    would: byRecord.allowed ? [] : [byRecord.because],
    customer: policy.customer,
  };
}

/** No stop code holds an emergency call up either: where one trunk says no, another may reach somebody. */
function planEmergency(
  call: Call,
  caller: Aor,
  number: string,
  policy: Policy,
  settings: CallSettings,
): CallPlan {
  const destination: Destination = { dialled: call.dialled, number, because: 'emergency' };
  const { callerId: rules, dialPlan, emergency } = policy;
  const chosen = chooseEmergencyCallerId(emergency?.callerId, rules, number, call.presented, dialPlan);
  const [first, ...others] = emergencyTrunks(policy).map((way) => {
    const callerId =
      chosen.because === 'emergency' ? chosen : callerIdOn(way.trunk, chosen, policy, call.presented);
    const shown = { ...callerId, hidden: false };
    return { callerId: shown, attempt: attemptFor(way, destination, shown, policy, settings) };
  });
  return first
    ? {
        kind: 'dial',
        caller,
        destination,
        permission: { allowed: true, because: 'emergency' },
        callerId: first.callerId,
        attempts: [first.attempt, ...others.map(({ attempt }) => attempt)],
        stopCodes: [],
        maxSeconds: undefined,
        dialMusic: undefined,
        limits: undefined,
        ...NOTHING_RESERVED,
        ifNewSource: undefined,
        would: [],
        customer: policy.customer,
      }
    : refuse(caller, 'no-trunk', destination);
}

/** A trunk's own caller id, else the one that the rules chose; undefined: they chose none. */
function callerIdOn<Chosen extends CallerId | undefined>(
  { callerId }: Trunk,
  chosen: Chosen,
  { callerId: rules }: Policy,
  presented: Presented,
): CallerId | Chosen {
  return callerId === undefined ? chosen : trunkCallerId(callerId, rules, presented);
}

/** A service code is judged with the numbers inside it: the strictest word counts. */
function judge(
  numbers: readonly string[],
  destinations: Policy['destinations'],
  dialPlan: Policy['dialPlan'],
): Permission {
  const home = dialPlan?.country === undefined ? dialPlan?.countryCode : callingCodeOf(dialPlan.country);
  const [whole, ...inner] = numbers.map((number) => judgeDestination(number, destinations, home));
  return inner.find(({ allowed }) => !allowed) ?? whole ?? { allowed: true, because: 'default' };
}

/**
 * `*` and `#` go out behind a tech prefix of the record that ends in one itself (`444242#`) only: behind bare digits,
 * or nothing, what was dialled could complete somebody else's prefix.
 */
function safeFor(destination: Destination): (chosen: ChosenTrunk) => boolean {
  return ({ trunk }) => destination.because !== 'service-code' || /[*#]$/.test(trunk.techPrefix ?? '');
}

function attemptFor(
  { trunk, because }: ChosenTrunk,
  destination: Destination,
  callerId: CallerId,
  { dialPlan }: Policy,
  { outboundSipHost }: CallSettings,
): Attempt {
  const standard = splitHost(outboundSipHost);
  return {
    trunk: trunk.name,
    because,
    host: trunk.host ?? standard.host,
    port: trunk.port ?? (trunk.host === undefined ? standard.port : undefined),
    transport: trunk.transport,
    techPrefix: trunk.techPrefix ?? '',
    number: formatNumber(destination, trunk.numberFormat, dialPlan),
    callerId: callerId.number && formatCallerId(callerId.number, trunk.callerIdFormat, dialPlan),
    ...(callerId.because === 'trunk' && { ownCallerId: true }),
    ...((trunk.fromUser ?? trunk.fromHost) !== undefined && {
      from: { user: trunk.fromUser, host: trunk.fromHost },
    }),
    ...(trunk.escapeHash && { escapeHash: true }),
    outboundAuth: trunk.outboundAuth,
    ringTimeout: trunk.ringTimeout,
  };
}

function splitHost(text: string): { host: string; port: number | undefined } {
  const [, host = text, port] = /^(.*?):(\d+)$/.exec(text) ?? [];
  return { host, port: port === undefined ? undefined : Number(port) };
}

/**
 * How long the call may last, and the caps that it comes under. Observed caps are counted, but do not shorten it.
 * @param numbers the destination, and the numbers inside a service code
 */
function countingOf(policy: Policy, numbers: readonly string[]): Pick<DialPlanned, 'maxSeconds' | 'limits'> {
  const { realm, limits = {}, limitsOwner } = policy;
  const { maxConcurrentCalls, callsPerMinute, maxCallSeconds, timeZone = 'UTC' } = limits;
  const budgets = budgetsFor(limits, numbers);
  const observed = OBSERVED_CAPS.filter((rule) => observes(policy, rule));
  const held = observed.includes('limits') ? {} : limits;
  const isEnding =
    held.maxConcurrentCalls !== undefined || (budgets.length > 0 && !observed.includes('budgets'));
  const maxSeconds = held.maxCallSeconds ?? (isEnding ? MAX_COUNTED_CALL_S : undefined);
  if (maxConcurrentCalls === undefined && callsPerMinute === undefined && budgets.length === 0)
    return { maxSeconds, limits: undefined };
  const counted: OwnerLimits = {
    owner: { username: limitsOwner, realm },
    maxConcurrentCalls,
    callsPerMinute,
    callSeconds: maxSeconds ?? maxCallSeconds ?? MAX_COUNTED_CALL_S,
    budgets,
    timeZone,
    observed,
  };
  return { maxSeconds, limits: counted };
}

/** A cap of 0 needs no count, and holds while nobody can count. */
function capOfZero(limits: OwnerLimits | undefined): CapReached | undefined {
  if (!limits) return undefined;
  const { maxConcurrentCalls, callsPerMinute, budgets, observed } = limits;
  if (maxConcurrentCalls === 0 && !observed.includes('limits')) return 'too-many-calls';
  if (callsPerMinute === 0 && !observed.includes('limits')) return 'too-many-calls-per-minute';
  const isSpent = budgets.some(({ seconds }) => seconds === 0);
  return isSpent && !observed.includes('budgets') ? 'budget-spent' : undefined;
}

const OBSERVED_CAPS = ['limits', 'budgets'] as const satisfies readonly ObservedCaps[];
const NOTHING_RESERVED = { reserved: undefined, low: [] } as const;

function observes({ observe = [] }: Policy, rule: ObservableRule): boolean {
  return observe.includes(rule);
}

function refuse(
  caller: Aor | undefined,
  because: CallRefusal,
  destination?: Destination,
  permission?: DialPlanned['permission'],
): RefusePlanned {
  return { kind: 'refuse', caller, status: STATUS[because], because, destination, permission };
}
