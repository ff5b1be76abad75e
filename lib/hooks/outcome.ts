import type { CallRecord } from '../jambonz/call-status';
import type { CallTag } from '../jambonz/call-tag';
import type { WrittenVerbs } from '../jambonz/verbs';
import type { HookRefusal } from '../jambonz/webhook';
import type { Admission, AuthAttempt } from '../registrar/auth/admission';
import type { GrantState } from '../registrar/auth/call-grant';
import type { Call } from '../registrar/calls/call';
import type { NextStep } from '../registrar/calls/failover';
import type { CallPlan } from '../registrar/calls/plan';
import type { TransferRefusal } from '../registrar/calls/transfer';

export type HookName = 'register-auth' | 'call-hook' | 'dial-action' | 'call-status' | 'refer';

/** What a hook decided, with its reason: the same value is answered, logged and counted. */
export type HookOutcome =
  | {
      readonly hook: 'register-auth';
      readonly method: string;
      readonly source: AuthAttempt['source'];
      readonly userAgent: string;
      readonly admission: Admission;
    }
  | {
      readonly hook: 'call-hook';
      readonly call: Call;
      readonly plan: CallPlan;
      readonly grant: GrantState;
      readonly illegal: WrittenVerbs['illegal'];
    }
  | {
      readonly hook: 'dial-action';
      readonly tag: CallTag;
      readonly step: NextStep;
      /** How the call goes on elsewhere, when no phone answered. */
      readonly forward?: CallPlan | undefined;
      readonly illegal: WrittenVerbs['illegal'];
    }
  | {
      readonly hook: 'refer';
      readonly tag: CallTag;
      readonly plan: CallPlan;
      readonly illegal: WrittenVerbs['illegal'];
    }
  | { readonly hook: 'refer'; readonly tag: CallTag | undefined; readonly untransferred: TransferRefusal }
  | { readonly hook: 'call-status'; readonly record: CallRecord }
  | { readonly hook: HookName; readonly refused: HookRefusal | 'forged-call-data' };
