import { callHook, dialAction, refer } from '../../lambdas/call-hook';
import { reportOf } from '../../lib/hooks/telemetry';
import {
  callHookPayload,
  carrierCallPayload,
  dialActionPayload,
  referPayload,
} from '../../lib/local/jambonz-simulator';
import { invite } from '../../lib/local/sip-phone';
import { contextWith, NOW, send, type TestContext } from '../hook-context';
import {
  CALLERS,
  type CallEvent,
  COLLEAGUES,
  FORWARDS,
  MARKS,
  NUMBERS,
  REALM,
  type ReachedRow,
  STEPS,
  TRANSFERS,
} from './reached-rows';
import { expectValid, inWords } from './verbs-in-words';

/** A call on its way through jambonz: which leg waits, and what its data is. */
interface Leg {
  readonly callId: string;
  readonly handedOn?: { readonly callSid: string; readonly parentCallSid: string };
}

async function happen(events: readonly CallEvent[], context: TestContext) {
  let leg: Leg = { callId: 'leg-a' };
  let answer = { status: 0, body: undefined as unknown };
  let customerData: unknown;
  for (const event of events) {
    answer = await tell(event, leg, customerData, context);
    customerData = dataIn(answer.body) ?? customerData;
    if ('refer' in event) leg = { callId: 'leg-b', handedOn: { callSid: 'sid-b', parentCallSid: 'sid-a' } };
  }
  return answer;
}

function tell(event: CallEvent, { callId, handedOn }: Leg, customerData: unknown, context: TestContext) {
  if ('carrier' in event) {
    const { carrier, from = '', name, headers } = event;
    const call = {
      called: carrier,
      from,
      callId,
      ...(name && { callerName: name }),
      ...(headers && { headers }),
    };
    return send(callHook, carrierCallPayload(call), context);
  }
  if ('phone' in event) {
    const { phone, dials, headers } = event;
    const request = invite({ aor: { username: phone, realm: REALM }, password: 'x' }, dials, NOW);
    const call = { invite: request, dialled: dials, callId, ...(headers && { headers }) };
    return send(callHook, callHookPayload(call), context);
  }
  if ('ended' in event) {
    const [dialStatus, dialSipStatus] = event.ended;
    const end = { callId, customerData, dialStatus, dialSipStatus, ...(handedOn && { handedOn }) };
    return send(dialAction, dialActionPayload(end), context);
  }
  const { refer: referTo, by = 'caller' } = event;
  return send(refer, referPayload({ callId, customerData, referTo, by, calledLeg: 'sid-b' }), context);
}

function dataIn(verbs: unknown): unknown {
  return Array.isArray(verbs) ? verbs[0]?.data : undefined;
}

function wordsOf({ status, body }: { status: number; body: unknown }): string {
  if (status !== 200) return `HTTP ${status}`;
  if (Array.isArray(body) && body.length === 0) return 'nothing';
  expectValid(body);
  return inWords(body);
}

function lastReason(context: TestContext): string {
  const last = context.decisions.filter((it) => it.hook !== 'call-status').at(-1);
  const { direction = 'outbound', answer, because } = last ? reportOf(last).line : {};
  return `${direction} ${answer} ${because}`;
}

async function expectRow({ records, events, verbs, because }: ReachedRow): Promise<void> {
  const context = contextWith(records.map((record) => JSON.parse(JSON.stringify(record))));
  const answer = await happen(events, context);
  expect({ verbs: wordsOf(answer), because: lastReason(context) }).toEqual({ verbs, because });
}

describe('a number rings phones', () => {
  test.each(NUMBERS)('$says: $verbs', expectRow);
});
describe('who is shown to the phone', () => {
  test.each(CALLERS)('$says: $verbs', expectRow);
});
describe('whose call it is', () => {
  test.each(MARKS)('$says: $verbs', expectRow);
});
describe('step by step', () => {
  test.each(STEPS)('$says: $verbs', expectRow);
});
describe('on to another number', () => {
  test.each(FORWARDS)('$says: $verbs', expectRow);
});
describe('phones of a customer call each other', () => {
  test.each(COLLEAGUES)('$says: $verbs', expectRow);
});
describe('a call is handed on', () => {
  test.each(TRANSFERS)('$says: $verbs', expectRow);
});

test('the table is a specification: at least 60 rows', () => {
  const tables = [NUMBERS, CALLERS, MARKS, STEPS, FORWARDS, COLLEAGUES, TRANSFERS];
  expect(tables.flat().length).toBeGreaterThanOrEqual(60);
});
