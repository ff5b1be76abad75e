import fc from 'fast-check';
import { dialVerbs } from '../../lib/jambonz/verbs';
import type { CallerId } from '../../lib/registrar/calls/caller-id';
import type { Attempt, DialPlanned } from '../../lib/registrar/calls/plan';
import { expectValid } from '../contract/verbs-in-words';
import { illegalSip, isLegal } from '../sip-grammar';

const ATTEMPT: Attempt = {
  trunk: 'main',
  because: 'all-numbers',
  host: 'sip.carrier.example',
  port: undefined,
  transport: undefined,
  techPrefix: '77#',
  number: '966501234567',
  callerId: '+12127771222',
  outboundAuth: { username: 'trunk', password: 'secret' },
  ringTimeout: undefined,
};
const CALLER_ID: CallerId = { number: '+12127771222', name: undefined, hidden: false, because: 'default' };

function planOf(attempt: Partial<Attempt>, callerId: Partial<CallerId> = {}): DialPlanned {
  return {
    kind: 'dial',
    caller: { username: 'alice', realm: 'sip.example.com' },
    destination: { dialled: '966501234567', number: '966501234567', because: 'as-dialled' },
    permission: { allowed: true, because: 'default' },
    callerId: { ...CALLER_ID, ...callerId },
    attempts: [{ ...ATTEMPT, ...attempt }],
    stopCodes: [],
    maxSeconds: undefined,
    limits: undefined,
    reserved: undefined,
    low: [],
    ifNewSource: undefined,
    would: [],
    customer: undefined,
  };
}

const write = (plan: DialPlanned) =>
  dialVerbs(plan, 1, { call: '', mac: '' }, { actionHook: 'https://h.example/dial-action' });

function dialOf(plan: DialPlanned) {
  const { verbs, illegal } = write(plan);
  const dial = verbs.find((verb) => verb.verb === 'dial');
  return { dial, illegal };
}

describe('the identity that a carrier sees is legal SIP', () => {
  test.each([
    ['shown', {}, {}, '<sip:+12127771222@sip.carrier.example>', 'none', '+12127771222'],
    ['hidden', {}, { hidden: true }, '<sip:+12127771222@sip.carrier.example>', 'id', 'anonymous'],
    ['no number', { callerId: undefined }, {}, '<sip:anonymous@anonymous.invalid>', 'id', 'anonymous'],
    [
      'hidden, no number',
      { callerId: undefined },
      { hidden: true },
      '<sip:anonymous@anonymous.invalid>',
      'id',
      'anonymous',
    ],
    [
      'an IPv6 host',
      { host: '[2001:db8::1]' },
      {},
      '<sip:+12127771222@[2001:db8::1]>',
      'none',
      '+12127771222',
    ],
  ])('%s: %#', (_what, attempt, callerId, asserted, privacy, from) => {
    const { dial, illegal } = dialOf(planOf(attempt, callerId));
    expect(dial?.headers).toEqual({ 'P-Asserted-Identity': asserted, Privacy: privacy });
    expect(dial?.callerId).toBe(from);
    expect(illegal).toEqual([]);
  });
});

describe('a value that cannot be written costs that value, and is named', () => {
  test.each<[string, Partial<Attempt>, Partial<CallerId>, string[], object]>([
    ['a name with a quote', {}, { name: 'Ac"me' }, ['callerName'], { callerId: '+12127771222' }],
    [
      'a name with half a character',
      {},
      { name: 'Ac\ud800me' },
      ['callerName'],
      { callerId: '+12127771222' },
    ],
    ['a name with a line break', {}, { name: 'A\r\nX: y' }, ['callerName'], { callerId: '+12127771222' }],
    ['a caller id with a space', { callerId: '1 2' }, {}, ['callerId'], { callerId: 'anonymous' }],
    ['a caller id with a tag', { callerId: '12>;tag=9' }, {}, ['callerId'], { callerId: 'anonymous' }],
    [
      'trunk credentials with a quote',
      { outboundAuth: { username: 'a"b', password: 'p' } },
      {},
      ['auth'],
      {},
    ],
  ])('%s', (_what, attempt, callerId, names, rest) => {
    const { dial, illegal } = dialOf(planOf(attempt, callerId));
    expect(illegal).toEqual(names);
    expect(dial).toMatchObject({ ...rest, target: [{ sipUri: 'sip:77#966501234567@sip.carrier.example' }] });
    expect(dial).not.toHaveProperty('callerName');
  });

  test.each(['[::::]', 'a b', 'a..b', '', 'a@b', '-a'])('a trunk at "%s" cannot be dialled', (host) => {
    expect(write(planOf({ host }))).toEqual({
      verbs: [{ verb: 'sip:decline', status: 503 }],
      illegal: ['sipUri'],
    });
  });

  test.each(['%23', '1%2', '%80'])('the tech prefix "%s" before a raw # cannot be dialled', (techPrefix) => {
    expect(write(planOf({ techPrefix, number: '#966' })).illegal).toEqual(['sipUri']);
  });
});

test('whatever a plan holds, a strict parser and jambonz can read what is written', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }),
    fc.stringMatching(/^[+0-9a-z.#%\-[\]:"<>@; ]{0,12}$/),
  );
  const odd = fc.record({
    host: fc.oneof(text, fc.constantFrom('sip.carrier.example', '[2001:db8::1]', '192.0.2.1')),
    techPrefix: text,
    number: text,
    callerId: fc.option(text, { nil: undefined }),
    outboundAuth: fc.option(fc.record({ username: text, password: text }), { nil: undefined }),
  });
  const shown = fc.record({ name: fc.option(text, { nil: undefined }), hidden: fc.boolean() });
  fc.assert(
    fc.property(odd, shown, (attempt, callerId) => {
      const { verbs } = write(planOf(attempt, callerId));
      expect(illegalSip(verbs)).toEqual([]);
      expectValid(verbs);
    }),
    { numRuns: 3000 },
  );
});

test('a check of the check: the strict parser refuses what drachtio choked on', () => {
  const dial = (headers: object) => [
    { verb: 'dial', callerId: '1', headers, target: [{ sipUri: 'sip:1@a.example' }] },
  ];
  expect(illegalSip(dial({ 'P-Asserted-Identity': '', Privacy: '' }))).toEqual([
    'P-Asserted-Identity is empty',
    'Privacy is empty',
  ]);
  expect(illegalSip(dial({ 'P-Asserted-Identity': 'sip:1@a.example' }))).toHaveLength(1);
  expect(isLegal('<sip:+12127771222@sip.carrier.example>', 'Name_Addr_Header')).toBe(true);
});
