import { HOOK_SETTINGS } from '../../lib/hooks/settings';
import { invite, type Phone, register } from '../../lib/local/sip-phone';
import { type FaultyDynamoDB, startFaultyDynamoDB } from '../aws/faulty-dynamodb';
import { outcome, startLambda, startTables, type TestTables } from '../aws/lambda-process';
import { NOW } from '../hook-context';

const HOUR_MS = 3600_000;
const REALM = 'a.example';
const account = (username: string, newSource: object | undefined, more: object = {}) => ({
  realm: REALM,
  username,
  password: 'alice-pass',
  callerId: '+18005550100',
  techPrefix: '77#',
  emergency: { numbers: ['112'] },
  ...(newSource && { registration: { newSource } }),
  ...more,
});
const RULE = { mode: 'enforce', hours: 24, allow: ['966'] };
const ACCOUNTS = [
  account('alice', RULE),
  account('watched', { ...RULE, mode: undefined }),
  account('observed', RULE, { observe: ['newSource'] }),
  account('free', undefined),
].map((it) => JSON.parse(JSON.stringify(it)));

const phone = (username: string, address: string): Phone => ({
  aor: { username, realm: REALM },
  password: 'alice-pass',
  address,
});
const HOME = '192.0.2.1';
const ABROAD = '442079460000';
const SAUDI = '966501234567';

let tables: TestTables;
beforeEach(async () => {
  tables = await startTables(ACCOUNTS);
});
afterEach(() => tables.stop());

/** One Lambda, and a clock that counts from the first login. */
function lambda(endpoint = tables.endpoint, settings = {}) {
  const clock = { now: NOW };
  const process = startLambda(endpoint, clock, settings);
  let calls = 0;
  return {
    ...process,
    at: (hours: number) => {
      clock.now = NOW + hours * HOUR_MS;
    },
    registers: async (who: Phone) => outcome(await process.auth(register(who, clock.now))),
    /** INVITE, and the call hook after it. */
    dials: async (who: Phone, number: string, headers: Record<string, string> = {}) => {
      clock.now += 1000;
      const request = invite(who, number, clock.now, { headers });
      expect(outcome(await process.auth(request))).toBe('ok');
      return inWords((await process.call(request, number, `leg-${++calls}`)).body);
    },
  };
}

const GOES_ON = (number: string) => `sip:77#${number}@sip.carrier.example`;

/** Where a reply dials, or how it declines. */
function inWords(verbs: unknown): string | undefined {
  const [first, dial] = verbs as readonly { status?: number; target?: readonly { sipUri: string }[] }[];
  return dial ? dial.target?.[0]?.sipUri : `decline ${first?.status}`;
}

describe('registration.newSource, enforced', () => {
  test('from an address that is new only its prefixes may be called', async () => {
    const { at, registers, dials, lines } = lambda();
    expect(await registers(phone('alice', HOME))).toBe('ok');
    at(23);
    expect(await dials(phone('alice', HOME), ABROAD)).toBe('decline 403');
    expect(lines.at(-1)).toMatchObject({ because: 'new-source', grant: 'new-source', to: ABROAD });
    expect(await dials(phone('alice', HOME), SAUDI)).toBe(GOES_ON(SAUDI));
    expect(await dials(phone('alice', HOME), '112')).toContain('sip:77#112@');
  });

  test('when it was used for so long every number may', async () => {
    const { at, registers, dials } = lambda();
    await registers(phone('alice', HOME));
    at(24);
    expect(await dials(phone('alice', HOME), ABROAD)).toBe(GOES_ON(ABROAD));
    expect(await dials(phone('alice', '198.51.100.7'), ABROAD)).toBe('decline 403');
    at(49);
    expect(await dials(phone('alice', '198.51.100.7'), ABROAD)).toBe(GOES_ON(ABROAD));
  });

  test('every Lambda knows it', async () => {
    await lambda().registers(phone('alice', HOME));
    const other = lambda();
    other.at(1);
    expect(await other.dials(phone('alice', HOME), ABROAD)).toBe('decline 403');
    other.at(25);
    expect(await other.dials(phone('alice', HOME), ABROAD)).toBe(GOES_ON(ABROAD));
    const third = lambda();
    third.at(26);
    expect(await third.dials(phone('alice', HOME), ABROAD)).toBe(GOES_ON(ABROAD));
  });

  test.each([
    ['the same /64 is the same address', '2001:db8:1:2::7', '2001:db8:1:2:aaaa::1', true],
    ['another /64 is another one', '2001:db8:1:2::7', '2001:db8:1:3::7', false],
  ])('IPv6: %s', async (_what, first, then, isKnown) => {
    const { at, registers, dials } = lambda();
    await registers(phone('alice', first));
    at(30);
    expect(await dials(phone('alice', then), ABROAD)).toBe(isKnown ? GOES_ON(ABROAD) : 'decline 403');
  });

  test.each(['X-Forwarded-For', 'x-subspace-forwarded-for'])(
    'an address that the device claims in %s is always new',
    async (header) => {
      const { at, registers, dials } = lambda();
      await registers(phone('alice', HOME));
      at(30);
      expect(await dials(phone('alice', HOME), ABROAD, { [header]: HOME })).toBe('decline 403');
      at(60);
      expect(await dials(phone('alice', HOME), ABROAD, { [header]: HOME })).toBe('decline 403');
    },
  );

  test('another account at a known address is new there', async () => {
    const { at, registers, dials } = lambda();
    await registers(phone('free', HOME));
    at(30);
    expect(await dials(phone('alice', HOME), ABROAD)).toBe('decline 403');
  });

  test('a wrong password makes no address known', async () => {
    const { at, registers, dials } = lambda();
    expect(await registers({ ...phone('alice', HOME), password: 'wrong' })).toBe('fail');
    at(30);
    expect(await dials(phone('alice', HOME), ABROAD)).toBe('decline 403');
  });

  test('a weekend without the phone makes nothing new, two months do', async () => {
    const { at, registers, dials } = lambda();
    await registers(phone('alice', HOME));
    at(72);
    expect(await dials(phone('alice', HOME), ABROAD)).toBe(GOES_ON(ABROAD));
    const later = lambda();
    later.at(72 + 60 * 24);
    await later.registers(phone('alice', '198.51.100.7'));
    expect(await later.dials(phone('alice', HOME), ABROAD)).toBe('decline 403');
  });

  test('the same INVITE, sent again from a known address, does not make the call one from there', async () => {
    const { at, registers, auth, call } = lambda();
    await registers(phone('alice', HOME));
    at(30);
    const now = NOW + 30 * HOUR_MS;
    const said = { callId: 'chosen' };
    expect(outcome(await auth(invite(phone('alice', '198.51.100.7'), ABROAD, now, said)))).toBe('ok');
    const second = invite(phone('alice', HOME), ABROAD, now, { ...said, nonce: String((now - 1) * 100) });
    expect(outcome(await auth(second))).toBe('ok');
    expect(inWords((await call(second, ABROAD)).body)).toBe('decline 403');
  });
});

describe('registration.newSource, observed', () => {
  test.each([
    ['by its mode, which is so by default', 'watched'],
    ['by observe', 'observed'],
  ])('%s: the call goes on, and its line says so', async (_what, username) => {
    const { dials, lines } = lambda();
    expect(await dials(phone(username, HOME), ABROAD)).toBe(GOES_ON(ABROAD));
    expect(lines.at(-1)).toMatchObject({ answer: 'dial', would: 'new-source' });
    expect(await dials(phone(username, HOME), SAUDI)).toBe(GOES_ON(SAUDI));
    expect(lines.at(-1)?.would).toBeUndefined();
  });
});

describe('what it costs', () => {
  let dynamodb: FaultyDynamoDB;
  beforeEach(async () => {
    dynamodb = await startFaultyDynamoDB(tables.endpoint);
  });
  afterEach(() => dynamodb.stop());

  /** What an INVITE and its call hook ask of the memory table, at Lambdas that know the phone. */
  async function requestsOf(username: string) {
    const { at, registers, dials } = lambda(dynamodb.endpoint);
    await registers(phone(username, HOME));
    at(1);
    dynamodb.requests.splice(0);
    await dials(phone(username, HOME), SAUDI);
    return dynamodb.requests.filter(({ table }) => table === 'Memory').map(({ operation }) => operation);
  }

  test('nothing without the rule: a used answer, a grant left and taken', async () => {
    expect(await requestsOf('free')).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem']);
  });

  test('one read with it', async () => {
    expect(await requestsOf('alice')).toEqual(['UpdateItem', 'BatchGetItem', 'UpdateItem', 'UpdateItem']);
  });

  test('none when this Lambda knows that the address is old', async () => {
    const { at, registers, dials } = lambda(dynamodb.endpoint);
    await registers(phone('alice', HOME));
    at(25);
    await registers(phone('alice', HOME));
    dynamodb.requests.splice(0);
    await dials(phone('alice', HOME), ABROAD);
    const memory = dynamodb.requests.filter(({ table }) => table === 'Memory');
    expect(memory.map(({ operation }) => operation)).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem']);
  });
});

describe('where nobody can tell', () => {
  test.each([
    ['allow', 'ok', GOES_ON(ABROAD)],
    ['refuse', '504', undefined],
  ])('while the memory cannot be read, callsWithoutMemory %s decides', async (setting, answer, verbs) => {
    const dynamodb = await startFaultyDynamoDB(tables.endpoint);
    const { auth, call } = lambda(dynamodb.endpoint, { [HOOK_SETTINGS.callsWithoutMemory.env]: setting });
    dynamodb.fault = { kind: 'access denied', operation: 'BatchGetItem' };
    const request = invite(phone('alice', HOME), ABROAD, NOW);
    expect(outcome(await auth(request))).toBe(answer);
    if (verbs) expect(inWords((await call(request, ABROAD)).body)).toBe(verbs);
    await dynamodb.stop();
  });

  test.each([
    ['observe', 'a call without a grant'],
    ['off', 'every call'],
  ])('with callGrant %s %s counts as from a new address', async (callGrant) => {
    const { call } = lambda(tables.endpoint, { [HOOK_SETTINGS.callGrant.env]: callGrant });
    const ungranted = invite(phone('alice', HOME), ABROAD, NOW);
    expect(inWords((await call(ungranted, ABROAD)).body)).toBe('decline 403');
    expect(inWords((await call(invite(phone('alice', HOME), SAUDI, NOW), SAUDI)).body)).toBe(GOES_ON(SAUDI));
  });
});
