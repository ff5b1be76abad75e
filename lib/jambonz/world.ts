import type { Admission, AuthAttempt } from '../registrar/admission';
import type { Aor } from '../registrar/aor';
import type { CallGrant, CallGrantMode, GrantState } from '../registrar/call-grant';
import type { Caps, Lease, Seat } from '../registrar/caps';
import type { Customer } from '../registrar/customer';
import type { NextStep } from '../registrar/failover';
import type { Limited } from '../registrar/guessing';
import type { CallPlan, CallSettings } from '../registrar/plan';
import type { AnswerUse } from '../registrar/replay';
import type { CallRecord } from './call-status';
import type { CallTag } from './call-tag';
import type { HookRefusal } from './hook';
import type { WrittenVerbs } from './verbs';
import type { WebhookSecret } from './webhook-secrets';

/** All that a story may touch besides the hook itself. */
export interface World {
  /** Unix ms. */
  readonly now: () => number;
  /** The secrets that jambonz may sign with, current and previous; `doubted`: a signature did not fit them. */
  readonly secrets: (doubted?: 'doubted') => Promise<readonly WebhookSecret[]>;
  readonly customers: Customers;
  readonly usedAnswers: UsedAnswers;
  /** Who tries at whose password, and where the attempt comes from. */
  readonly guesser: (aor: Aor, source: AuthAttempt['source']) => Guesser;
  readonly callGrants: CallGrants;
  readonly seats: Seats;
  readonly settings: CallSettings & AuthSettings;
  /** Has the request been answered without us? What is decided after that reaches nobody. */
  readonly overdue: () => boolean;
  /** Logs and counts a decision; never throws. */
  readonly report: (decision: Decision) => void;
}

/** What the deployment decides about authentication. */
export interface AuthSettings {
  readonly callGrant: CallGrantMode;
  /** What becomes of a call while nobody can look whether its digest was used before: on with it, or 504. */
  readonly callsWithoutMemory: 'allow' | 'refuse';
}

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

/** Which digest answers were used. */
export interface UsedAnswers {
  /**
   * Uses an answer up; the very same request may come twice. Never throws: `unknown` when the memory could not be
   * asked.
   */
  use(answer: AnswerUse): Promise<'new' | 'replayed' | 'unknown'>;
}

/**
 * A user at an address: who may be guessing passwords. Nothing here throws: when the memory cannot be asked, nobody
 * is limited.
 */
export interface Guesser {
  /** Did the user log in from there within 24 h? Never of an address that the device claims for itself. */
  isKnown(): boolean;
  limited(): Promise<Limited | undefined>;
  /** May one attempt be looked at although it is limited? True once in 2 s for each user at each source. */
  mayLookAnyway(): boolean;
  /** Costs the same reads and writes whoever failed, and wherever. */
  failed(): Promise<void>;
  /**
   * From now on, and for 24 h, it is never limited, unless the device claims the address for itself.
   * @param credential the label of the one that was used: an admin sees when an old one is no longer used
   */
  succeeded(credential: string): Promise<void>;
}

/** What accepted INVITEs leave for their calls. */
export interface CallGrants {
  /** Never throws: false when it could not be left. */
  leave(grant: CallGrant): Promise<boolean>;
  /**
   * Takes it, once. Never throws.
   * @param by the SBC's own Call-ID of the call: the same call may ask again, as jambonz repeats a lost hook
   */
  take(grant: CallGrant, by: string): Promise<Exclude<GrantState, 'not-asked'>>;
}

/** The calls that are going on, counted per owner of caps, whichever Lambda took them in. */
export interface Seats {
  /**
   * Takes a seat for a call, for `FIRST_LEASE_S`; asked twice for the same call it is the same seat.
   * @returns `unknown` when the memory could not be asked
   * @throws Undecided when so many calls come at once that nobody could tell whether there is a seat
   */
  take(callId: string, caps: Caps): Promise<Seat>;
  /** The call goes on: its seat is its own for so long from now. A lease never becomes shorter. Never throws. */
  extend(callId: string, lease: Lease): Promise<void>;
  /**
   * Ends a call and gives its seat back.
   * @param owner of the seat; undefined: the call was not counted, or nobody knows. Its seat, if it has one, is
   * given back when it is next wanted
   * @returns `ended-before`: jambonz reported it twice. `unknown`: the memory could not be asked, or lost its answer;
   * a seat that stays taken is free when its lease ends. Never throws
   */
  end(callId: string, owner: Aor | undefined): Promise<'ended' | 'ended-before' | 'unknown'>;
}

/** The answer could not be found out in time. It reaches jambonz as HTTP 504, which phones come back from. */
export class Undecided extends Error {
  override readonly name: string = 'Undecided';
}

/** Undecided, and it stays so until an operator mends a table, a permission or a key. */
export class Misconfigured extends Undecided {
  override readonly name = 'Misconfigured';
}

export type HookName = 'register-auth' | 'call-hook' | 'dial-action' | 'call-status';

/** What a hook decided, with its reason: the value that is answered is the value that is told. */
export type Decision =
  | {
      readonly hook: 'register-auth';
      readonly method: string;
      readonly source: AuthAttempt['source'];
      readonly userAgent: string;
      readonly admission: Admission;
    }
  | {
      readonly hook: 'call-hook';
      readonly plan: CallPlan;
      readonly grant: GrantState;
      readonly illegal: WrittenVerbs['illegal'];
    }
  | {
      readonly hook: 'dial-action';
      readonly tag: CallTag;
      readonly step: NextStep;
      readonly illegal: WrittenVerbs['illegal'];
    }
  | { readonly hook: 'call-status'; readonly record: CallRecord }
  | { readonly hook: HookName; readonly refused: HookRefusal | 'forged-call-data' };
