import { formatAor } from '../../registrar/aor';
import { planCall } from '../../registrar/plan';
import type { CallResult, CallTest } from '../files/call-tests';
import { callOf, verbsOf } from './explained-call';
import { callRecordsOf, type KnownRecords } from './known-records';

const RESULTS = ['trunk', 'sipUri', 'callerId', 'refusal'] as const;

export interface Difference {
  readonly name: (typeof RESULTS)[number];
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function compareResults(before: CallResult, after: CallResult): Difference[] {
  return RESULTS.filter((name) => before[name] !== after[name]).map((name) => ({
    name,
    before: before[name],
    after: after[name],
  }));
}

export async function resultOf(known: KnownRecords, { aor, dialled, from }: CallTest): Promise<CallResult> {
  const records = await callRecordsOf(known, aor);
  const call = callOf(aor, dialled, from);
  const plan = planCall(call, records, known.settings);
  if (plan.kind === 'refuse') return { refusal: plan.because };
  const dial = verbsOf(call, plan).find((verb) => verb.verb === 'dial');
  return dial
    ? { trunk: plan.attempts[0].trunk, sipUri: dial.target[0].sipUri, callerId: dial.callerId }
    : {};
}

/** For people. */
export function describeCall({ at, aor, dialled, from }: CallTest): string {
  return `  ${at}: ${formatAor(aor)} dials ${dialled}${from === undefined ? '' : ` as ${from}`}`;
}

/** For scripts. */
export function callToJson({ at, aor, dialled, from }: CallTest, differences: readonly Difference[]): object {
  return { at, aor: formatAor(aor), dialled, from, differences };
}
