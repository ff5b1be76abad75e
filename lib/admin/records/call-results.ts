import { formatPhones } from '../../registrar/calls/internal-call';
import { planCall } from '../../registrar/calls/plan';
import { formatAor } from '../../registrar/record/aor';
import type { CallResult, CallTest } from '../files/call-tests';
import { callOf, verbsOf } from './explained-call';
import { callRecordsOf, type KnownRecords } from './known-records';

const RESULTS = ['rings', 'trunk', 'sipUri', 'callerId', 'refusal'] as const;

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
  const call = callOf(aor, dialled, from);
  const records = await callRecordsOf(known, call);
  const plan = planCall(call, records, known.settings);
  if (plan.kind === 'refuse') return { refusal: plan.because };
  const dial = verbsOf(call, plan).find((verb) => verb.verb === 'dial');
  if (!dial) return {};
  const { callerId, target } = dial;
  if (plan.kind === 'ring') return { rings: formatPhones(plan.steps[0]), callerId };
  const [{ trunk }] = plan.attempts;
  return { trunk, ...(target[0].type === 'sip' && { sipUri: target[0].sipUri }), callerId };
}

/** For people. */
export function describeCall({ at, aor, dialled, from }: CallTest): string {
  return `  ${at}: ${formatAor(aor)} dials ${dialled}${from === undefined ? '' : ` as ${from}`}`;
}

/** A call that does not come out as expected. */
export interface Failure {
  readonly test: CallTest;
  readonly differences: readonly Difference[];
  /** Why there is no call at all, when that was not expected. */
  readonly refusal: string | undefined;
}

/** Those of these calls that do not come out as expected; only what a test names is compared. */
export async function findFailures(known: KnownRecords, tests: readonly CallTest[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const test of tests) {
    const { expected } = test;
    const result = await resultOf(known, test);
    const differences = compareResults(expected, result).filter(({ name }) => expected[name] !== undefined);
    const refusal = expected.refusal === undefined ? result.refusal : undefined;
    if (differences.length > 0) failures.push({ test, differences, refusal });
  }
  return failures;
}

/** For people. */
export function listFailures(failures: readonly Failure[]): string[] {
  return failures.flatMap(({ test, differences, refusal }) => [
    describeCall(test),
    ...differences.map(
      ({ name, before, after }) => `    ${name}: expected ${before ?? '-'}, is ${after ?? '-'}`,
    ),
    ...(refusal === undefined ? [] : [`    refused: ${refusal}`]),
  ]);
}

/** For scripts. */
export function failuresToJson(failures: readonly Failure[]): object[] {
  return failures.map(({ test, differences, refusal }) => ({
    ...callToJson(test, differences),
    ...(refusal !== undefined && { refusal }),
  }));
}

/** For scripts. */
export function callToJson({ at, aor, dialled, from }: CallTest, differences: readonly Difference[]): object {
  return { at, aor: formatAor(aor), dialled, from, differences };
}
