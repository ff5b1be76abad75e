import type { Admission } from '../registrar/admission';
import type { Aor } from '../registrar/aor';
import type { Caps, Seat } from '../registrar/caps';
import type { Customer } from '../registrar/customer';
import type { NextStep } from '../registrar/failover';
import type { CallPlan, CallSettings } from '../registrar/plan';
import type { CallRecord } from './call-status';
import type { CallTag } from './call-tag';
import type { HookRefusal } from './hook';
import type { WebhookSecret } from './webhook-secrets';

/** All that a story may touch besides the hook itself. */
export interface World {
  /** Unix ms. */
  readonly now: () => number;
  /** The secrets that jambonz may sign with, current and previous. */
  readonly secrets: () => Promise<readonly WebhookSecret[]>;
  readonly customers: Customers;
  readonly seats: Seats;
  readonly settings: CallSettings;
  /** Logs and counts a decision; never throws. */
  readonly report: (decision: Decision) => void;
}

export interface Customers {
  /**
   * The record of an account, undefined when there is none.
   * @throws Undecided when that could not be found out: never a reason to say "wrong password"
   */
  find(aor: Aor): Promise<Customer | undefined>;
}

/** The calls that are going on, counted per owner of caps, whichever Lambda took them in. */
export interface Seats {
  /**
   * Takes a seat for a call; asked twice for the same call it is the same seat.
   * @throws Undecided
   */
  take(callId: string, caps: Caps): Promise<Seat>;
  /**
   * Ends a call and gives its seat back.
   * @param owner of the seat; undefined: the call was not counted, or nobody knows. Its seat, if it has one, is
   * given back when it is next wanted
   * @returns false when it had ended before: jambonz may tell twice
   * @throws Undecided
   */
  end(callId: string, owner: Aor | undefined): Promise<boolean>;
}

/** The answer could not be found out in time. It reaches jambonz as HTTP 504, which phones come back from. */
export class Undecided extends Error {
  override readonly name = 'Undecided';
}

export type HookName = 'register-auth' | 'call-hook' | 'dial-action' | 'call-status';

/** What a hook decided, with its reason: the value that is answered is the value that is told. */
export type Decision =
  | { readonly hook: 'register-auth'; readonly method: string; readonly admission: Admission }
  | { readonly hook: 'call-hook'; readonly plan: CallPlan }
  | { readonly hook: 'dial-action'; readonly tag: CallTag; readonly step: NextStep }
  | { readonly hook: 'call-status'; readonly record: CallRecord }
  | { readonly hook: HookName; readonly refused: HookRefusal | 'forged-call-data' };
