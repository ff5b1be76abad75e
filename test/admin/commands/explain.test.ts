import { callSettings } from '../../../lib/admin/call-settings';
import { checkCalls } from '../../../lib/admin/commands/check';
import { diffCalls } from '../../../lib/admin/commands/diff';
import { explainCall } from '../../../lib/admin/commands/explain-call';
import { explainRegister } from '../../../lib/admin/commands/explain-register';
import { recordsInFile, recordsInTable } from '../../../lib/admin/records/known-records';
import type { Shell } from '../../../lib/admin/shell';
import { type Desk, openDesk } from '../desk';

const ACME = {
  realm: 'a.example',
  username: 'acme',
  password: 's3cret',
  callerId: { default: '+18009992222', patterns: [{ match: '^966', callerId: '0598888833' }], name: 'Acme' },
  destinations: { deny: ['44'] },
  trunks: [
    {
      name: 'main',
      host: 'sip.one.example',
      outboundAuth: { username: 'acme-one', password: 'trunk-s3cret' },
    },
    { name: 'saudi', prefixes: ['966'], techPrefix: '11#', ringTimeout: 20, numberFormat: '+e164' },
  ],
  limits: { maxConcurrentCalls: 5, callsPerMinute: 30 },
};
const PHONE = {
  realm: 'a.example',
  username: 'phone',
  ha1: 'c2259bf057179dae2de80a2dfa26dac2',
  customer: 'acme',
};

let desk: Desk;
const open = async (terminal: Partial<Shell> = {}) => {
  desk = await openDesk(terminal);
  await desk.put(ACME, PHONE);
  return { ...desk, known: recordsInTable(desk.deployment) };
};
afterEach(() => desk.stop());

describe('explain call', () => {
  test('says of each step which rule decided, and shows the verbs without a secret', async () => {
    const { shell, known, printed } = await open();
    const { code, json } = await explainCall(shell, known, 'phone@a.example', '00966501234567', {
      verbs: true,
    });
    const [lines = '', verbs = ''] = printed().split('\nverbs\n');
    expect(lines).toBe(
      [
        'call to 00966501234567 by phone@a.example, by the records of table Customers at ENDPOINT',
        '  record         its own, and the policy of acme',
        '  login          with ha1',
        '  number         966501234567   (international-prefix)',
        '  permission     allowed   (default)',
        '  caller id      0598888833 "Acme"   (patterns[0])',
        '  trunk 1        saudi: sip:11#+966501234567@sip.carrier.example as 0598888833, rings 20 s   (prefix 966)',
        '  trunk 2        main: sip:966501234567@sip.one.example as 0598888833, user acme-one   (all-numbers)',
        '  no next after  486, 600, 603, 604, 607, 608',
        '  caps           5 calls at a time, 30 calls a minute, counted for acme@a.example, ends after 14400 s',
      ].join('\n'),
    );
    expect(JSON.parse(verbs)).toEqual([
      { verb: 'tag', data: { call: expect.stringContaining('"trunk":"saudi"'), mac: '***' } },
      {
        verb: 'dial',
        answerOnBridge: true,
        callerId: '0598888833',
        callerName: 'Acme',
        headers: { 'P-Asserted-Identity': '<sip:0598888833@sip.carrier.example>', Privacy: 'none' },
        timeout: 20,
        timeLimit: 14400,
        actionHook: 'https://HOOKS/dial-action',
        referHook: 'https://HOOKS/refer',
        target: [{ type: 'sip', sipUri: 'sip:11#+966501234567@sip.carrier.example' }],
      },
      { verb: 'sip:decline', status: 503 },
    ]);
    expect(code).toBe(0);
    expect(JSON.stringify(json)).not.toContain('s3cret');
  });

  test.each([
    [
      '005351234',
      'denied   (high-risk range 53: Cuba)',
      'high-risk-destination, the phone sees SIP 403: allow its prefix under destinations, if the customer may call there',
    ],
    [
      '+442079460000',
      'denied   (destinations.deny 44)',
      'destination-denied, the phone sees SIP 403: destinations says no',
    ],
  ])('says which rule refuses %s', async (dialled, permission, refusal) => {
    const { shell, known, printed } = await open();
    const { code } = await explainCall(shell, known, 'acme@a.example', dialled, {});
    expect(printed().split('\n').slice(-10)).toEqual(
      expect.arrayContaining([`  permission  ${permission}`, `  refused     ${refusal}`]),
    );
    expect(code).toBe(1);
  });

  test.each([
    [
      { country: 'US', rewrite: [{ from: '9', to: '' }] },
      '9 (212) 555-0123',
      [
        '  cleaned     92125550123',
        '  rewritten   2125550123   (dialPlan.rewrite[0])',
        '  number      12125550123   (country: as people of US dial)',
      ],
    ],
    [
      { country: 'US' },
      '411',
      ['  number      411   (impossible-in-country: no number of US, so it stays as it was dialled)'],
    ],
    [
      { country: 'AU' },
      '1902123456',
      [
        '  number      611902123456   (country: as people of AU dial)',
        '  permission  denied   (high-risk range 6119: premium-rate numbers of AU)',
      ],
    ],
    [
      { country: 'US' },
      '8765550123 99',
      ['  permission  denied   (high-risk range 1876: Jamaica, for a number inside it)'],
    ],
    [
      {},
      '01118765550123',
      ['  permission  denied   (high-risk range 1876: Jamaica, for a number inside it)'],
    ],
  ])('says each step under %j: %s', async (dialPlan, dialled, lines) => {
    const { shell, known, printed, put } = await open();
    await put({ realm: 'a.example', username: 'steps', callerId: '1', techPrefix: '7#', dialPlan });
    await explainCall(shell, known, 'steps@a.example', dialled, {});
    expect(printed().split('\n')).toEqual(expect.arrayContaining(lines));
  });

  test.each([
    ['911', '  number         911   (emergency)'],
    ['9-11', '  number         911   (emergency)'],
    ['9911', '  number         911   (emergency: behind an outside line, or by an alias)'],
    ['0911', '  number         911   (emergency: behind an outside line, or by an alias)'],
  ])('says how %s became an emergency number', async (dialled, line) => {
    const { shell, known, printed, put } = await open();
    await put({
      realm: 'a.example',
      username: 'steps',
      techPrefix: '7#',
      dialPlan: { rewrite: [{ from: '9', to: '' }] },
      emergency: { country: 'US', numbers: [{ dialled: '0911', number: '911' }] },
    });
    await explainCall(shell, known, 'steps@a.example', dialled, {});
    expect(
      printed()
        .split('\n')
        .map((it) => it.replace(/^ {2}number +/, '  number         ')),
    ).toContain(line);
  });

  test('says whom each carrier sees, and what the caller hears', async () => {
    const { shell, known, printed, put } = await open();
    await put({
      realm: 'a.example',
      username: 'steps',
      callerId: '+18005550100',
      dialMusic: 'https://media.example/ring.wav',
      trunks: [
        { name: 'one', host: 'one.example', fromUser: 'login7', callerId: '+18005550177' },
        { name: 'two', host: 'two.example', fromHost: 'pbx.example', techPrefix: '7#', escapeHash: true },
      ],
    });
    await explainCall(shell, known, 'steps@a.example', '966501234567', {});
    expect(printed().split('\n')).toEqual(
      expect.arrayContaining([
        '  trunk 1        one: sip:966501234567@one.example as +18005550177, its own caller id, From login7@jambonz   (all-numbers)',
        '  trunk 2        two: sip:7%23966501234567@two.example as +18005550100, From +18005550100@pbx.example   (all-numbers)',
        '  ringback       https://media.example/ring.wav',
      ]),
    );
  });

  test('of an account that is not there says so', async () => {
    const { shell, known, printed } = await open();
    await explainCall(shell, known, 'Acme@a.example', '1', {});
    expect(printed()).toBe(
      [
        'call to 1 by Acme@a.example, by the records of table Customers at ENDPOINT',
        '  record   none',
        '  refused  unknown-account, the phone sees SIP 403: there is no such record; usernames are case-sensitive',
      ].join('\n'),
    );
  });
});

describe('explain call of an account with allowedAddresses', () => {
  test.each<[object, string, string]>([
    [{}, '00966501234567', 'addresses   192.0.2.0/24   (registration.allowedAddresses)'],
    [{ callsFromAnywhere: false }, '1', 'addresses  192.0.2.0/24   (registration.allowedAddresses)'],
    [{ callsFromAnywhere: true }, '1', 'addresses  any   (registration.callsFromAnywhere)'],
    [{}, '112', 'addresses      any   (emergency)'],
  ])('%j says from where %s may be called', async (changes, dialled, line) => {
    const { shell, known, printed, put } = await open();
    const registration = { allowedAddresses: ['192.0.2.0/24'], ...changes };
    await put({ ...PHONE, registration, emergency: { numbers: ['112'] } });
    await explainCall(shell, known, 'phone@a.example', dialled, {});
    const said = printed()
      .split('\n')
      .find((it) => it.trim().startsWith('addresses'));
    expect(said?.replace(/\s+/g, ' ').trim()).toBe(line.replace(/\s+/g, ' '));
  });
});

describe('explain call, under a budget', () => {
  const LIMITED = {
    ...ACME,
    limits: {
      maxMinutesPerDay: 40,
      maxCallSeconds: 720,
      budgets: [{ prefixes: ['53', '881'], minutesPerDay: 10 }],
    },
    destinations: { allow: ['53'] },
    observe: undefined as string[] | undefined,
  };
  const record = (more: object = {}) => JSON.parse(JSON.stringify({ ...LIMITED, ...more }));
  const counted = (counts: object) => ({ key: 'calls a.example acme', ...counts });

  async function explained(item: object, counts: object | undefined, number = '966501234567') {
    const { shell, known, printed, put, remember } = await open();
    await put(item);
    if (counts) await remember(counts);
    const { code } = await explainCall(shell, known, 'acme@a.example', number, { verbs: true });
    const text = printed();
    const [, budget] = /^ {2}budget +(.*)$/m.exec(text) ?? [];
    const [, timeLimit] = /"timeLimit": (\d+)/.exec(text) ?? [];
    return { code, budget, timeLimit, refused: /^ {2}refused +(\S+),/m.exec(text)?.[1] };
  }

  test.each<[string, object | undefined, object]>([
    [
      'the first call of the day',
      undefined,
      { budget: 'reserves 12 of 40 minutes left today', timeLimit: '720' },
    ],
    [
      'after others',
      counted({ day: '2026-11-23', 'spent *': 1830 }),
      { budget: 'reserves 9.5 of 9.5 minutes left today', timeLimit: '570' },
    ],
    [
      'after those of yesterday',
      counted({ day: '2026-11-22', 'spent *': 2400 }),
      { budget: 'reserves 12 of 40 minutes left today', timeLimit: '720' },
    ],
    [
      'when nothing is left',
      counted({ day: '2026-11-23', 'spent *': 2400 }),
      { code: 1, budget: 'reserves 0 of 0 minutes left today', refused: 'budget-spent' },
    ],
  ])('%s', async (_what, counts, expected) => {
    expect(await explained(record(), counts)).toMatchObject(expected);
  });

  test('of a part of the world', async () => {
    const counts = counted({ day: '2026-11-23', 'spent *': 600, 'spent 53,881': 240 });
    expect(await explained(record(), counts, '005351234567')).toMatchObject({
      code: 0,
      budget: 'reserves 6 of 6 minutes left today for 53,881, 30 minutes left today',
      timeLimit: '360',
    });
  });

  test('that is only observed', async () => {
    const counts = counted({ day: '2026-11-23', 'spent *': 2400 });
    expect(await explained(record({ observe: ['budgets'] }), counts)).toEqual({
      code: 0,
      budget: 'reserves 0 of 0 minutes left today; only observed',
      timeLimit: '720',
      refused: undefined,
    });
  });

  test('by the records of a file', async () => {
    const { shell, printed } = await open({ readAll: async () => Buffer.from(JSON.stringify([record()])) });
    const known = await recordsInFile(shell, '-', callSettings({}));
    await explainCall(shell, known, 'acme@a.example', '966501234567', {});
    expect(printed()).toContain('  budget         reserves 12 of 40 minutes a day');
  });

  test('says what observed rules and new addresses would do', async () => {
    const { shell, known, printed, put } = await open();
    const registration = { newSource: { mode: 'enforce', hours: 24, allow: ['44'] } };
    await put(record({ destinations: { deny: ['966'] }, observe: ['destinations'], registration }));
    await explainCall(shell, known, 'acme@a.example', '966501234567', {});
    const text = printed();
    expect(text).toContain('  new address    refused from an address that is new   (registration.newSource)');
    expect(text).toContain('  observed       destination-denied: would be refused, and goes on');
  });
});

describe('explain register', () => {
  test('says for each credential what register-auth would answer now', async () => {
    const { shell, known, printed, put } = await open();
    await put({
      realm: 'a.example',
      username: 'alice',
      registration: {
        maxExpires: 600,
        allowedAddresses: ['192.0.2.0/24'],
        replay: 'enforce',
        users: ['100', '101'],
      },
      credentials: [
        { label: 'old', ha1: 'c2259bf057179dae2de80a2dfa26dac2', notAfter: '2026-11-01T00:00:00Z' },
        { label: 'new', ha1: 'bede63d4389ea015b7888526c4687f6d' },
      ],
    });
    const { code } = await explainRegister(shell, known, 'alice@a.example', {});
    expect(printed()).toBe(
      [
        'REGISTER of alice@a.example at 2026-11-23T12:00:00.000Z, by the records of table Customers at ENDPOINT',
        '  with old     refused, wrong-digest: this credential is not valid at this time',
        '  with new     admitted for 600 s',
        '  addresses    192.0.2.0/24',
        '  calls        from these addresses too',
        '  other users  100, 101',
        '  used twice   a digest that was used before is refused (registration.replay enforce)',
      ].join('\n'),
    );
    expect(code).toBe(0);
    await explainRegister(shell, known, 'alice@a.example', { at: Date.parse('2026-10-01T00:00:00Z') });
    expect(printed()).toContain('  with old     admitted for 600 s');
    const elsewhere = await explainRegister(shell, known, 'alice@a.example', { address: '198.51.100.7' });
    expect(elsewhere.code).toBe(1);
    expect(printed()).toContain(
      '  with new     refused, address-not-allowed: registration.allowedAddresses does not hold it',
    );
  });

  test('of a disabled account says what to do', async () => {
    const { shell, known, printed, put } = await open();
    await put({ ...PHONE, enabled: false });
    expect((await explainRegister(shell, known, 'phone@a.example', {})).code).toBe(1);
    expect(printed()).toContain(
      '  with ha1    refused, disabled: edge-registrar customers enable phone@a.example',
    );
  });
});

describe('call tests', () => {
  const CALLS = [
    'aor,dialled,from,trunk,sipUri,callerId,refusal',
    'acme@a.example,00966501234567,,saudi,,0598888833,',
    'acme@a.example,0012125550100,,,sip:12125550100@sip.one.example,,',
    'acme@a.example,+442079460000,,,,,destination-denied',
    'phone@a.example,0012125550100,,main,,+18009992222,',
  ].join('\n');

  test('check passes calls that come out as expected', async () => {
    const { shell, known, printed } = await open({ readAll: async () => Buffer.from(CALLS) });
    expect(await checkCalls(shell, known, '-')).toEqual({ code: 0, json: { calls: 4, failures: [] } });
    expect(printed()).toBe('- by the records of table Customers at ENDPOINT: 4 calls, 0 not as expected');
  });

  test('check names each call that does not, and how, and exits 1', async () => {
    const text = CALLS.replace('0598888833', '0591111111').replace('destination-denied', 'no-trunk');
    const { shell, known, printed } = await open({ readAll: async () => Buffer.from(text) });
    const { code } = await checkCalls(shell, known, '-');
    expect(printed()).toBe(
      [
        '- by the records of table Customers at ENDPOINT: 4 calls, 2 not as expected',
        '  line 2: acme@a.example dials 00966501234567',
        '    callerId: expected 0591111111, is 0598888833',
        '  line 4: acme@a.example dials +442079460000',
        '    refusal: expected no-trunk, is destination-denied',
      ].join('\n'),
    );
    expect(code).toBe(1);
  });

  test('diff names the calls that other records change', async () => {
    const { shell, known, printed } = await open({ readAll: async () => Buffer.from(CALLS) });
    const changed = JSON.stringify([
      { ...ACME, destinations: { deny: [] }, callerId: '+18000000000' },
      PHONE,
    ]);
    const after = await recordsInFile(
      { ...shell, readAll: async () => Buffer.from(changed) },
      '-',
      known.settings,
    );
    const { code } = await diffCalls(shell, known, { ...after, name: 'new.json' }, '-');
    expect(printed()).toBe(
      [
        '-, table Customers at ENDPOINT -> new.json: 4 calls, 4 changed',
        '  line 2: acme@a.example dials 00966501234567',
        '    callerId: 0598888833 -> +18000000000',
        '  line 3: acme@a.example dials 0012125550100',
        '    callerId: +18009992222 -> +18000000000',
        '  line 4: acme@a.example dials +442079460000',
        '    trunk: - -> main',
        '    sipUri: - -> sip:442079460000@sip.one.example',
        '    callerId: - -> +18000000000',
        '    refusal: destination-denied -> -',
        '  line 5: phone@a.example dials 0012125550100',
        '    callerId: +18009992222 -> +18000000000',
      ].join('\n'),
    );
    expect(code).toBe(1);
  });

  test('a file that is wrong is told whole, and nothing is checked', async () => {
    const text = 'aor,dialled,trnk,refusal\nacme,1,main,\nacme@a.example,,,disabled';
    const { shell, known } = await open({ readAll: async () => Buffer.from(text) });
    await expect(checkCalls(shell, known, '-')).rejects.toThrow(
      ['-:', '  line 2: there is no column trnk', '  line 3: dialled is missing'].join('\n'),
    );
    const json =
      '[{"aor":"acme","dialled":"1","refusal":"x"},{"aor":"a@b.example","dialled":"1"},{"aor":"a@b.example","dialled":"1","trunk":"m","refusal":"x"}]';
    await expect(
      checkCalls({ ...shell, readAll: async () => Buffer.from(json) }, known, '-'),
    ).rejects.toThrow(
      [
        '-:',
        '  [0]: "acme" is not an address of record: write username@realm',
        '  [1]: expects nothing: write rings, trunk, sipUri, callerId or refusal',
        '  [2]: expects a call and a refusal: write one of them',
      ].join('\n'),
    );
  });
});
