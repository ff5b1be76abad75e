import type { WebhookSecret } from '../jambonz/webhook-secrets';
import type { AuthAttempt } from '../registrar/auth/admission';
import type { BruteForceGuard } from '../registrar/auth/brute-force';
import type { CallGrants } from '../registrar/auth/call-grant';
import type { ReplayStore } from '../registrar/auth/replay';
import type { CallSettings } from '../registrar/calls/call';
import type { CallLimits } from '../registrar/calls/call-limits';
import type { AccountDirectory } from '../registrar/calls/colleague';
import type { Aor } from '../registrar/record/aor';
import type { Customer } from '../registrar/record/customer';
import type { Numbers } from '../registrar/record/number-record';
import type { HookOutcome } from './outcome';
import type { AuthSettings } from './settings';

/** The part of a context that ends with the request. */
export interface RequestContext {
  /** Whether the request was already answered 504: a later decision is not sent. */
  readonly isOverdue: () => boolean;
  /** Logs and counts a decision; never throws. */
  readonly report: (outcome: HookOutcome) => void;
}

/** What every hook may use besides the request. */
export interface CommonContext extends RequestContext {
  /** Unix ms. */
  readonly now: () => number;
  /** The secrets that jambonz may sign with, current and previous; `doubted`: a signature did not fit them. */
  readonly secrets: (doubted?: 'doubted') => Promise<readonly WebhookSecret[]>;
  readonly customers: Customers;
  readonly callGrants: CallGrants;
  readonly settings: CallSettings & AuthSettings;
}

/** What only register-auth uses. */
export interface AuthContext extends CommonContext {
  readonly replay: ReplayStore;
  /** The limiter for an account and the source of the attempt. */
  readonly bruteForceGuard: (aor: Aor, source: AuthAttempt['source']) => BruteForceGuard;
}

/** What only the hooks of a call use. */
export interface CallContext extends CommonContext {
  readonly numbers: Numbers;
  readonly directory: AccountDirectory;
  readonly callLimits: CallLimits;
}

/** What all hooks together use. */
export interface HookContext extends AuthContext, CallContext {}

export interface Customers {
  /**
   * The record of an account, undefined when there is none. It may be a minute old.
   * @throws Undecided when that could not be found out: never a reason to say "wrong password"
   */
  find(aor: Aor): Promise<Customer | undefined>;
  /**
   * The same as the table has it now.
   * @throws Undecided
   */
  findNow(aor: Aor): Promise<Customer | undefined>;
  /** The record that `find` would give without asking the table; undefined: it would have to ask, or there is none. */
  remembered(aor: Aor): Customer | undefined;
}
