import { type DynamoDB, dynamodbAt } from '../aws/client/dynamodb';
import { REAL_TIMERS, type Timers } from '../aws/client/timers';
import type { Handler } from '../aws/lambda/handler';
import { connectDocumentClient } from '../aws/tools/document-client';
import { ROUTES } from '../jambonz/routes';
import { createTables, startEmbeddedDynamoDB } from '../local/embedded-dynamodb';
import { callHookPayload, carrierCallPayload } from '../local/jambonz-simulator';
import { invite, register } from '../local/sip-phone';
import { formatAor } from '../registrar/record/aor';
import { isObject } from '../registrar/record/json';
import type { Gate } from './gate';
import { hooksOver } from './hooks';
import { authPost, eventOf, type Post, phoneOf, putNumber, putPhone, recordOf, signed } from './phones';
import { exact } from './statistics';

/** What one hook asked of DynamoDB and wrote to the log; of a fleet's hooks the mean. */
export interface HookRequests {
  readonly hook: string;
  /** One after the other: what is asked for at the same time is one. */
  readonly roundTrips: number;
  readonly reads: number;
  readonly writes: number;
  /** As DynamoDB counts them: an eventually consistent read of up to 4 kB is half a unit. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** The decision's own line, for people. */
  readonly lineBytes: number;
  /** All that was written: that line, and the metrics that CloudWatch reads. */
  readonly logBytes: number;
  readonly logLines: number;
}

export interface Requests {
  readonly hooks: readonly HookRequests[];
  readonly gates: readonly Gate[];
}

const HOUR_MS = 3600_000;
/**
 * Phones of different records: replay observed and off; one with caps; two that belong to a customer with caps; one
 * with a budget of minutes; one with a rule about new sources.
 */
const PHONE = {
  observed: 0,
  off: 1,
  capped: 2,
  customer: 3,
  member: 4,
  otherMember: 5,
  budgeted: 6,
  fromNewSource: 7,
};
const CAPS = { limits: { maxConcurrentCalls: 10, callsPerMinute: 60 } };
/** A part of 10,000 phones that register once an hour, one after the other: ten seconds of each hour at one Lambda. */
const FLEET = { phones: 28, everyMs: HOUR_MS / 10_000, observed: 100, off: 200 };
/** A request that a slow machine takes long for is still one request. */
const WITHOUT_DEADLINES: Timers = { ...REAL_TIMERS, deadline: () => () => {} };
const CARRIER_CALL = "a carrier's call to a number of ours";
const MEMBER = {
  uncached: "call hook of a member with its customer's caps",
  cached: "call hook of a member with its customer's caps, whose record is cached",
};
/** A number of ours. */
const OURS = '18005550100';
const NUMBER = '00966501234567';
const MINUTE_MS = 60_000;

/**
 * Sends each kind of hook once, and counts at the client. Register-auth and call-hook are two Lambdas that
 * share nothing but the tables.
 * @param hours that a fleet is watched for
 */
export async function measureRequests(hours = 24): Promise<Requests> {
  const embedded = await startEmbeddedDynamoDB(0, undefined);
  const dynamodb = connectDocumentClient(embedded.endpoint);
  await createTables(dynamodb);
  await putPhone(dynamodb, PHONE.observed);
  await putPhone(dynamodb, PHONE.off, recordOf(PHONE.off, 'off'));
  await putPhone(dynamodb, PHONE.capped, CAPS);
  await putPhone(dynamodb, PHONE.customer, CAPS);
  for (const member of [PHONE.member, PHONE.otherMember])
    await putPhone(dynamodb, member, { customer: phoneOf(PHONE.customer).aor.username });
  await putPhone(dynamodb, PHONE.budgeted, { limits: { maxMinutesPerDay: 600, maxCallSeconds: 600 } });
  await putPhone(dynamodb, PHONE.fromNewSource, {
    registration: { newSource: { hours: 24, allow: ['966'] } },
  });
  await putNumber(dynamodb, OURS, formatAor(phoneOf(PHONE.observed).aor));
  for (let at = 0; at < FLEET.phones; at++) {
    await putPhone(dynamodb, FLEET.observed + at);
    await putPhone(dynamodb, FLEET.off + at, recordOf(FLEET.off + at, 'off'));
  }
  const meter = meterOf(dynamodbAt(embedded.endpoint));
  const clock = { now: Date.now() };
  const lambda = () => hooksOver(meter.dynamodb, meter.print, () => clock.now, WITHOUT_DEADLINES);
  const [auth, calls] = [lambda(), lambda()];

  const hooks: HookRequests[] = [];
  const count = async (hook: string, handler: Handler, post: Post) => {
    meter.reset();
    meter.beginHook();
    await expectOk(handler(eventOf(post)));
    hooks.push({ hook, ...meter.read() });
  };
  const countFleet = async (hook: string, first: number) => {
    for (let hour = 0; hour <= hours; hour++) {
      if (hour === 1) meter.reset();
      for (let phone = first; phone < first + FLEET.phones; phone++) {
        meter.beginHook();
        await expectOk(auth(eventOf(registers(phone))));
        clock.now += FLEET.everyMs;
      }
      clock.now += HOUR_MS - FLEET.phones * FLEET.everyMs;
    }
    hooks.push({ hook, ...meanOf(meter.read(), hours * FLEET.phones) });
  };
  const registers = (phone: number) => authPost(register(phoneOf(phone), clock.now), clock.now);
  try {
    await count('REGISTER, first of this phone to this Lambda', auth, registers(PHONE.observed));
    clock.now += HOUR_MS;
    await count('REGISTER, an hour later', auth, registers(PHONE.observed));
    clock.now += 10_000;
    await count('REGISTER, within a minute', auth, registers(PHONE.observed));
    await count('REGISTER without replay check, first', auth, registers(PHONE.off));
    clock.now += HOUR_MS;
    await count('REGISTER without replay check, an hour later', auth, registers(PHONE.off));
    clock.now += 10_000;
    await count('REGISTER without replay check, within a minute', auth, registers(PHONE.off));
    clock.now += HOUR_MS;
    const call = { invite: invite(phoneOf(PHONE.observed), NUMBER, clock.now), dialled: NUMBER };
    await count('INVITE, an hour later', auth, authPost(call.invite, clock.now));
    await count('call hook', calls, signed(ROUTES.callHook, callHookPayload(call), clock.now));
    const carrierCall = carrierCallPayload({ called: OURS, from: NUMBER });
    await count(CARRIER_CALL, calls, signed(ROUTES.callHook, carrierCall, clock.now));
    const countCall = async (hook: string, phone: number) => {
      const call = { invite: invite(phoneOf(phone), NUMBER, clock.now), dialled: NUMBER };
      await expectOk(auth(eventOf(authPost(call.invite, clock.now))));
      await count(hook, calls, signed(ROUTES.callHook, callHookPayload(call), clock.now));
    };
    // The first of its owner as well: nothing was counted yet.
    clock.now = Math.ceil(clock.now / MINUTE_MS) * MINUTE_MS;
    await countCall('call hook with caps, first in its minute', PHONE.capped);
    clock.now += 10_000;
    await countCall('call hook with caps, next in its minute', PHONE.capped);
    await countCall(MEMBER.uncached, PHONE.member);
    clock.now += 10_000;
    await countCall(MEMBER.cached, PHONE.otherMember);
    await countCall("call under a budget, this Lambda's first of the day, record not cached", PHONE.budgeted);
    clock.now += 10_000;
    await countCall('call hook with a budget, next', PHONE.budgeted);
    await auth(eventOf(registers(PHONE.fromNewSource)));
    clock.now += HOUR_MS;
    const fromNewSource = invite(phoneOf(PHONE.fromNewSource), NUMBER, clock.now);
    await count('INVITE with newSource, an hour later', auth, authPost(fromNewSource, clock.now));
    await countFleet('REGISTER, each hour of a day, 10,000 phones', FLEET.observed);
    await countFleet('REGISTER without replay check, each hour of a day, 10,000 phones', FLEET.off);
  } finally {
    dynamodb.destroy();
    await embedded.stop();
  }
  return { hooks, gates: gatesOf(hooks) };
}

function gatesOf(hooks: readonly HookRequests[]): Gate[] {
  type Count = 'roundTrips' | 'reads' | 'writes' | 'lineBytes';
  const gate = (name: string, what: Count, kind: RegExp, atMost: number): Gate => ({
    name,
    unit: what === 'lineBytes' ? 'bytes' : '',
    limit: { atMost },
    ...exact(Math.max(...hooks.filter(({ hook }) => kind.test(hook)).map((it) => it[what]))),
  });
  const roundTrips = (of: string, kind: RegExp, atMost: number) =>
    gate(`round trips to DynamoDB of ${of}`, 'roundTrips', kind, atMost);
  return [
    roundTrips("a phone's first REGISTER at a new Lambda", /^REGISTER.*first/, 2),
    roundTrips('a REGISTER an hour later', /^REGISTER.*hour later/, 2),
    roundTrips('an INVITE', /^INVITE/, 3),
    roundTrips('a call hook', /^call hook$/, 2),
    roundTrips('a call hook with caps or a budget', /^call hook with (caps|a budget)/, 2),
    roundTrips("the same of a member, its customer's record cached", /whose record is cached$/, 2),
    roundTrips("the same of a member, its customer's record not cached", /^call hook of a member.*caps$/, 3),
    roundTrips(CARRIER_CALL, /^a carrier's call/, 1),
    gate('DynamoDB reads of an uncached REGISTER', 'reads', /^REGISTER.*hour later/, 1),
    gate('DynamoDB writes of an uncached REGISTER', 'writes', /^REGISTER.*hour later/, 1),
    gate('DynamoDB reads of a call hook', 'reads', /^call hook/, 2),
    gate('DynamoDB writes of a call hook', 'writes', /^call hook/, 2),
    gate('log line of an ok', 'lineBytes', /^REGISTER/, 220),
    gate('log line of a call', 'lineBytes', /^call/, 320),
  ];
}

async function expectOk(result: Promise<{ statusCode: number; body: string }>): Promise<void> {
  const { statusCode, body } = await result;
  // A decline by itself is a refusal; behind a dial it is what follows when nobody answers.
  if (statusCode !== 200 || !/"ok"|"verb":"dial"/.test(body)) throw new Error(`the hook answered ${body}`);
}

/** To a hundredth. */
function meanOf(sums: Counts, hooks: number): Counts {
  const means = Object.entries(sums).map(([name, sum]) => [name, Math.round((sum / hooks) * 100) / 100]);
  return { ...sums, ...Object.fromEntries(means) };
}

type Counts = Omit<HookRequests, 'hook'>;
const NOTHING: Counts = {
  roundTrips: 0,
  reads: 0,
  writes: 0,
  readUnits: 0,
  writeUnits: 0,
  lineBytes: 0,
  logBytes: 0,
  logLines: 0,
};

/** Counts what passes the client, with DynamoDB's own word for what it consumed. */
function meterOf(dynamodb: DynamoDB) {
  const counts: { -readonly [what in keyof Counts]: Counts[what] } = { ...NOTHING };
  // Answered before a request was sent: it had to wait for so many others, one after the other.
  let answered = 0;
  let deepest = 0;
  const metered: DynamoDB = async (operation, input, signal) => {
    const depth = answered + 1;
    if (depth > deepest) {
      deepest = depth;
      counts.roundTrips += 1;
    }
    const isRead = /Get/.test(operation);
    counts[isRead ? 'reads' : 'writes'] += 1;
    // A write whose condition fails is billed too, but the answer has no units.
    const output = await dynamodb(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' }, signal).catch(
      (cause) => {
        counts.writeUnits += 1;
        answered = Math.max(answered, depth);
        throw cause;
      },
    );
    answered = Math.max(answered, depth);
    counts[isRead ? 'readUnits' : 'writeUnits'] += unitsOf(output.ConsumedCapacity);
    return output;
  };
  return {
    dynamodb: metered,
    beginHook: () => {
      answered = 0;
      deepest = 0;
    },
    reset: () => {
      Object.assign(counts, NOTHING);
    },
    read: () => ({ ...counts }),
    print: (line: object) => {
      const bytes = JSON.stringify(line).length;
      counts.logLines += 1;
      counts.logBytes += bytes;
      if (!('_aws' in line)) counts.lineBytes += bytes;
    },
  };
}

/** BatchGetItem reports it for each table. */
function unitsOf(consumed: unknown): number {
  return [consumed]
    .flat()
    .reduce<number>((sum, it) => sum + (isObject(it) ? Number(it.CapacityUnits) : 0), 0);
}
