import type { Admission } from '../registrar/admission';
import type { Aor } from '../registrar/aor';
import type { Customer } from '../registrar/customer';
import type { CallPlan, CallSettings } from '../registrar/plan';
import type { CallStatusChange } from './call-status';
import type { DialResult } from './dial-action';
import type { HookRefusal } from './hook';
import type { WebhookSecret } from './webhook-secrets';

/** All that a story may touch besides the hook itself. */
export interface World {
  /** Unix ms. */
  readonly now: () => number;
  /** The secrets that jambonz may sign with, current and previous. */
  readonly secrets: () => Promise<readonly WebhookSecret[]>;
  readonly customers: Customers;
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

/** The answer could not be found out in time. It reaches jambonz as HTTP 504, which phones come back from. */
export class Undecided extends Error {
  override readonly name = 'Undecided';
}

export type HookName = 'register-auth' | 'call-hook' | 'dial-action' | 'call-status';

/** What a hook decided, with its reason: the value that is answered is the value that is told. */
export type Decision =
  | { readonly hook: 'register-auth'; readonly method: string; readonly admission: Admission }
  | { readonly hook: 'call-hook'; readonly plan: CallPlan }
  | { readonly hook: 'dial-action'; readonly dialled: DialResult }
  | { readonly hook: 'call-status'; readonly change: CallStatusChange }
  | { readonly hook: HookName; readonly refused: HookRefusal };
