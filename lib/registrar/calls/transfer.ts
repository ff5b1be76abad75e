import type { Call } from './call';
import type { KnownOrigin } from './call-origin';

/** A REFER within a call that we dialled. */
export interface TransferRequest {
  /** jambonz's own Call-ID of the leg that sent it. */
  readonly callId: string;
  /** Whose leg sent it. */
  readonly leg: 'caller' | 'called';
  /** That leg is a carrier's that called in. */
  readonly fromCarrier: boolean;
  /** jambonz's name of the called leg, which stays. */
  readonly calledLeg: string;
  /** The user part of Refer-To; undefined: it has none. */
  readonly to: string | undefined;
  /** Refer-To names another call that this one is to take the place of (RFC 3891). */
  readonly attended: boolean;
}

export type TransferRefusal =
  | 'called-leg'
  | 'carriers-call'
  | 'not-an-accounts-call'
  | 'forwarded-call'
  | 'attended-transfer'
  | 'no-number';

/**
 * Who may hand a call on: the account of ours that authenticated for it, from its own leg. Anybody else would dial at
 * that account's expense, and call data alone proves nothing, because the called leg may bring it too.
 * @param call what the call data says; undefined: it is not ours
 * @returns the new call, which the caller's account makes under all its rules
 */
export function judgeTransfer(
  { leg, fromCarrier, calledLeg, to, attended }: TransferRequest,
  call: (Call & { readonly origin: KnownOrigin }) | undefined,
): { readonly ok: true; readonly call: Call } | { readonly ok: false; readonly because: TransferRefusal } {
  const refuse = (because: TransferRefusal) => ({ ok: false, because }) as const;
  if (leg === 'called') return refuse('called-leg');
  if (fromCarrier || call?.origin.kind === 'carrier') return refuse('carriers-call');
  if (call?.origin.kind === 'forward') return refuse('forwarded-call');
  if (!call) return refuse('not-an-accounts-call');
  if (attended) return refuse('attended-transfer');
  if (to === undefined) return refuse('no-number');
  const { origin, presented } = call;
  return { ok: true, call: { id: calledLeg, origin, dialled: to, presented, deviceCallId: '' } };
}
