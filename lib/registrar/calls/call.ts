import type { CallGrantMode, GrantState } from '../auth/call-grant';
import type { Aor } from '../record/aor';
import type { Customer } from '../record/customer';
import type { LeaseResult } from './call-limits';
import type { Presented } from './caller-id';

/** A call as the rules see it. */
export interface Call {
  /** The Call-ID of jambonz's own leg: one per call, and not the device's to choose. */
  readonly id: string;
  /** The account that authenticated; undefined: none did, or the hook is ambiguous. */
  readonly caller: Aor | undefined;
  /** It bears the marks of a carrier's or a Teams call, or a device pretends so. */
  readonly fromTrunk: boolean;
  /** What was dialled, as jambonz reported it. */
  readonly dialled: string;
  readonly presented: Presented;
  /** The Call-ID of the device's own INVITE. */
  readonly deviceCallId: string;
}

/** The records that a call goes by. */
export interface CallRecords {
  /** The caller's own; undefined: there is none. */
  readonly account: Customer | undefined;
  /** The one that `account.customer` names; undefined: none is named, or there is none. */
  readonly named: Customer | undefined;
}

/** What the tables say of this call besides the records. */
export interface CallFacts {
  /** Did register-auth leave a grant for this call? */
  readonly grant: GrantState;
  /** Whether the call got a lease under its caps. `not-asked`: it is not counted. */
  readonly lease: LeaseResult | 'not-asked';
}

/** What the deployment adds to every record. */
export interface CallSettings {
  /** Where a trunk without a host of its own goes: host or host:port. */
  readonly outboundSipHost: string;
  /** What a call without a grant meets: `enforce` refuses it. */
  readonly callGrant: CallGrantMode;
  /** May a disabled account still call its emergency numbers? */
  readonly emergencyForDisabled: boolean;
}
