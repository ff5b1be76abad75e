import type { Aor } from './aor';
import type { GrantState } from './call-grant';
import { type CallerId, chooseCallerId } from './caller-id';
import type { Customer, OutboundAuth, Trunk } from './customer';
import { type Destination, type DestinationRefusal, normaliseDestination } from './destination';

/** A call as the rules see it. */
export interface Call {
  /** Who authenticated for it; undefined: nobody did, or two readings of the hook disagree who. */
  readonly caller: Aor | undefined;
  /** What was dialled, as jambonz reported it. */
  readonly dialled: string;
  /** The user part of the device's From: free text. */
  readonly from: string;
  /** The Call-ID of the device's own INVITE. */
  readonly deviceCallId: string;
  /** The Call-ID of the INVITE that the SBC made of it. */
  readonly callId: string;
}

/** One way to the carrier, shaped for its trunk. */
export interface Attempt {
  readonly trunk: string;
  readonly host: string;
  readonly techPrefix: string;
  /** What goes on the wire behind the tech prefix. */
  readonly number: string;
  readonly callerId: string;
  readonly outboundAuth: OutboundAuth | undefined;
}

export type CallRefusal =
  | 'no-caller'
  | 'unknown-account'
  | 'disabled'
  | 'no-grant'
  | DestinationRefusal
  | 'no-caller-id'
  | 'no-trunk';

/** What a call may do, and why. The same value is answered, logged, counted and explained. */
export type CallPlan =
  | {
      readonly kind: 'dial';
      readonly caller: Aor;
      readonly destination: Destination;
      readonly callerId: CallerId;
      /** In the order in which they are tried; at least one. */
      readonly attempts: readonly [Attempt, ...Attempt[]];
    }
  | {
      readonly kind: 'refuse';
      readonly caller: Aor | undefined;
      readonly status: number;
      readonly because: CallRefusal;
    };

/** The SIP status a refused caller's phone sees (RFC 3261 section 21.4). */
const STATUS: Readonly<Record<CallRefusal, number>> = {
  'no-caller': 403,
  'unknown-account': 403,
  disabled: 403,
  'no-grant': 403,
  'no-number': 484,
  'not-a-number': 404,
  'number-too-long': 404,
  'service-code-not-allowed': 404,
  'no-caller-id': 403,
  'no-trunk': 503,
};

/** What the deployment adds to every record. */
export interface CallSettings {
  /** Where a trunk without a host of its own goes: host or host:port. */
  readonly outboundSipHost: string;
}

/**
 * Decides everything that a call may do.
 * @param customer the caller's record; undefined: there is none
 * @param grant `missing` refuses the call; `not-asked` where no call needs one
 */
export function planCall(
  call: Call,
  customer: Customer | undefined,
  settings: CallSettings,
  grant: GrantState = 'not-asked',
): CallPlan {
  const { caller } = call;
  const refuse = (because: CallRefusal): CallPlan => ({
    kind: 'refuse',
    caller,
    status: STATUS[because],
    because,
  });
  if (!caller) return refuse('no-caller');
  if (!customer) return refuse('unknown-account');
  if (customer.enabled === false) return refuse('disabled');
  if (grant === 'missing') return refuse('no-grant');
  const normalised = normaliseDestination(call.dialled, customer.dialPlan);
  if (!normalised.ok) return refuse(normalised.because);
  const { destination } = normalised;
  const callerId = chooseCallerId(customer.callerId, destination.number, call.from);
  if (!callerId) return refuse('no-caller-id');
  const [first, ...others] = trunksOf(customer).map((trunk) => shape(trunk, destination, callerId, settings));
  if (!first) return refuse('no-trunk');
  return { kind: 'dial', caller, destination, callerId, attempts: [first, ...others] };
}

/**
 * `techPrefix` and `outboundAuth` without `trunks` mean one trunk at the deployment's host. A record with none of
 * the three has no way to be billed, and so no trunk.
 */
function trunksOf({ trunks, techPrefix, outboundAuth }: Customer): readonly Trunk[] {
  if (trunks) return trunks;
  if (techPrefix === undefined && outboundAuth === undefined) return [];
  return [
    {
      name: 'default',
      ...(techPrefix !== undefined && { techPrefix }),
      ...(outboundAuth && { outboundAuth }),
    },
  ];
}

function shape(trunk: Trunk, destination: Destination, callerId: CallerId, settings: CallSettings): Attempt {
  const port = trunk.port === undefined ? '' : `:${trunk.port}`;
  return {
    trunk: trunk.name,
    host: trunk.host === undefined ? settings.outboundSipHost : `${trunk.host}${port}`,
    techPrefix: trunk.techPrefix ?? '',
    number: destination.number,
    callerId: callerId.number,
    outboundAuth: trunk.outboundAuth,
  };
}
