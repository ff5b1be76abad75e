import { lintFile, lintTable } from '../../../lib/admin/commands/lint';
import { warningsOf } from '../../../lib/admin/records/lint-rules';
import { parseCustomer } from '../../../lib/registrar/record/customer';
import { NOW, openDesk } from '../desk';

const HA1 = 'c2259bf057179dae2de80a2dfa26dac2';

/** The warnings about these records, each of which has a credential and a caller id unless it says otherwise. */
const warned = (...records: object[]) => {
  const customers = records.map((record) => {
    const item = { realm: 'a.example', username: 'acme', ha1: HA1, callerId: '+18005550100', ...record };
    const { customer, problems } = parseCustomer(JSON.parse(JSON.stringify(item)));
    expect(problems).toEqual([]);
    if (!customer) throw new Error('no customer');
    return customer;
  });
  return warningsOf(customers, NOW).map(({ username, path, what }) => `${username}: ${path} ${what}`);
};
const patterns = (...matches: string[]) => ({
  callerId: {
    default: '+18005550100',
    patterns: matches.map((match) => ({ match, callerId: '+18005550101' })),
  },
});

describe('lint warns of', () => {
  test('nothing in a record that is as it should be', () => {
    expect(warned(patterns('^9665', '^966', '^97[15]', '^1'))).toEqual([]);
  });

  test.each([
    [
      ['^966', '^9665'],
      ['acme: callerId.patterns[1].match is never reached, as all its numbers are taken by patterns[0]'],
    ],
    [
      ['^97[1-5]\\d*', '^97[135]'],
      ['acme: callerId.patterns[1].match is never reached, as all its numbers are taken by patterns[0]'],
    ],
    [
      ['^971', '^972', '^97[12]'],
      [
        'acme: callerId.patterns[2].match is never reached, as all its numbers are taken by patterns[0] and patterns[1]',
      ],
    ],
    [
      ['^.*', '^1'],
      ['acme: callerId.patterns[1].match is never reached, as all its numbers are taken by patterns[0]'],
    ],
    [['^971', '^97[15]'], ['acme: callerId.patterns[1].match overlaps patterns[0], which comes first']],
    [['966'], ['acme: callerId.patterns[0].match 966 fits anywhere in a number']],
    [['^(966|971)', '^966'], []],
  ])('rules never reached, and patterns that overlap: %j', (matches, warnings) => {
    expect(warned(patterns(...matches))).toEqual(warnings);
  });

  test('a destination that no trunk takes', () => {
    const record = {
      ...patterns('^966', '^1'),
      destinations: { default: 'deny', allow: ['9665', '44'] },
      emergency: { country: 'SA' },
      trunks: [
        { name: 'saudi', prefixes: ['966'] },
        { name: 'home', prefixes: ['1212'] },
      ],
    };
    expect(warned(record)).toEqual(['acme: destinations.allow[1] no trunk takes 44']);
    expect(warned({ trunks: [{ name: 'saudi', prefixes: ['966'] }] })).toEqual([
      'acme: trunks take only numbers that begin with 966',
    ]);
  });

  test('a caller id that no format can carry', () => {
    const record = { callerId: '0598888833', trunks: [{ name: 'main', callerIdFormat: '+e164' }] };
    expect(warned(record)).toEqual([
      'acme: callerId.default 0598888833 goes to trunk main as it is, which wants +e164',
    ]);
    expect(warned({ ...record, dialPlan: { country: 'SA' } })).toEqual([]);
  });

  test('a phone that may show any number', () => {
    expect(warned({ callerId: {} })).toEqual([
      'acme: callerId where no rule decides, the phone can show any number',
    ]);
    expect(warned({ callerId: { fallback: 'device' } })).toEqual([
      'acme: callerId.fallback where no rule decides, the phone can show any number',
    ]);
    expect(warned({ callerId: { fallback: 'decline' } })).toEqual([]);
  });

  const ANY_NUMBER = 'callerId where no rule decides, the phone can show any number';
  test.each<[string, object[], string[]]>([
    ['a record without callerId', [{ callerId: undefined }], [`acme: ${ANY_NUMBER}`]],
    [
      'patterns that may miss',
      [{ callerId: { patterns: [{ match: '^966', callerId: '+18005550101' }] } }],
      [`acme: ${ANY_NUMBER}`],
    ],
    [
      'a pattern that fits every number',
      [{ callerId: { patterns: [{ match: '^.*', callerId: '+18005550101' }] } }],
      [],
    ],
    [
      'numbers that the phone may show, and no other rule',
      [{ callerId: { allowed: ['+18005550101'] } }],
      [`acme: ${ANY_NUMBER}`],
    ],
    ['a pool', [{ callerId: { pool: ['+18005550101'] } }], []],
    [
      'the record that others use the policy of, once',
      [
        { callerId: undefined },
        { username: 'desk1', customer: 'acme', callerId: undefined },
        { username: 'desk2', customer: 'acme', callerId: undefined },
      ],
      [`acme: ${ANY_NUMBER}`],
    ],
    [
      'an account whose own callerId hides that of its customer',
      [{}, { username: 'desk1', customer: 'acme', callerId: {} }],
      [`desk1: ${ANY_NUMBER}`],
    ],
  ])('which record lets its callers show any number: %s', (_what, records, warnings) => {
    expect(warned(...records)).toEqual(warnings);
  });

  test.each<[object, string[]]>([
    [{ callsFromAnywhere: true }, ['changes nothing without allowedAddresses']],
    [{ callsFromAnywhere: false }, ['changes nothing without allowedAddresses']],
    [
      { callsFromAnywhere: true, allowedAddresses: ['192.0.2.0/24'] },
      ['lets anyone who has the password call from any address'],
    ],
    [{ callsFromAnywhere: false, allowedAddresses: ['192.0.2.0/24'] }, []],
    [{ allowedAddresses: ['192.0.2.0/24'] }, []],
  ])('calls from anywhere: %j', (registration, warnings) => {
    expect(warned({ registration })).toEqual(
      warnings.map((it) => `acme: registration.callsFromAnywhere ${it}`),
    );
  });

  test('passwords in plain text, weak ones above all, and accounts that nothing opens', () => {
    expect(warned({ password: 'correct horse battery' })).toEqual(['acme: password is in plain text']);
    expect(warned({ password: 'acme1234567890' })).toEqual([
      'acme: password is in plain text, and holds the username',
    ]);
    expect(warned({ ha1: undefined, credentials: [{ ha1: HA1, notAfter: '2026-11-01T00:00:00Z' }] })).toEqual(
      ['acme: credentials has none that is valid'],
    );
  });

  test('a high-risk range that is allowed', () => {
    expect(warned({ destinations: { allow: ['44', '5352'] } })).toEqual([
      'acme: destinations.allow[1] 5352 allows a high-risk range: Cuba',
    ]);
  });

  test.each([
    [
      { countryCode: '966', nationalPrefix: '0' },
      'describes SA by prefixes, which is less than its numbering plan says',
    ],
    [{ countryCode: '39', nationalPrefix: '0' }, 'describes IT wrongly: a leading 0 belongs to the number'],
    [
      { countryCode: '1', internationalPrefix: '011', nationalPrefix: '1' },
      'describes US wrongly: numbers are dialled without 1, too',
    ],
    [
      { countryCode: '1', nationalPrefix: '1' },
      'describes US wrongly: numbers are dialled without 1, too; 00 does not lead abroad',
    ],
    [{ countryCode: '36', nationalPrefix: '0' }, 'describes HU wrongly: national numbers begin with 06'],
    [{ countryCode: '966' }, 'describes SA wrongly: national numbers begin with 0'],
    [{ countryCode: '61', nationalPrefix: '0' }, 'describes AU wrongly: 00 does not lead abroad'],
    [
      { countryCode: '1', internationalPrefix: '011', nationalPrefix: '0' },
      'describes US wrongly: national numbers do not begin with 0',
    ],
  ])('a country that is described by prefixes: %j', (dialPlan, what) => {
    expect(warned({ dialPlan })).toEqual([`acme: dialPlan ${what}`]);
  });

  test('no private plan', () => {
    expect(warned({ dialPlan: { countryCode: '999', nationalPrefix: '0' } })).toEqual([]);
    expect(warned({ dialPlan: { country: 'SA' } })).toEqual([]);
  });

  test('rules of rewriting that are never reached, or reach too far', () => {
    const rewrite = [
      { from: '9', to: '' },
      { from: '99', to: '' },
      { from: '', digits: 3, to: '96611234' },
      { from: '', to: '1' },
    ];
    expect(warned({ dialPlan: { rewrite } })).toEqual([
      'acme: dialPlan.rewrite[1] is never reached, because rewrite[0] fits first',
      'acme: dialPlan.rewrite[2] leaves out what is an emergency number in any country, such as 101',
      'acme: dialPlan.rewrite[3] changes every number',
    ]);
    expect(warned({ dialPlan: { rewrite: rewrite.slice(2, 3) }, emergency: { country: 'SA' } })).toEqual([]);
  });

  test('a caller id of a trunk that its format cannot carry', () => {
    expect(warned({ trunks: [{ name: 'main', callerId: '0598888833', callerIdFormat: '+e164' }] })).toEqual([
      'acme: trunks[0].callerId 0598888833 goes to trunk main as it is, which wants +e164',
    ]);
  });

  test('a premium-rate range that is allowed', () => {
    expect(warned({ destinations: { allow: ['4498'] } })).toEqual([
      'acme: destinations.allow[0] 4498 allows a high-risk range: premium-rate numbers of GB',
    ]);
  });

  test('the AOR of another login', () => {
    expect(
      warned(
        { registration: { users: ['100', '200'] } },
        { username: '100' },
        { username: 'b', registration: { users: ['200'] } },
      ),
    ).toEqual([
      'acme: registration.users[0] 100 may be registered by 100 too',
      'acme: registration.users[1] 200 may be registered by b too',
      'b: registration.users[0] 200 may be registered by acme too',
    ]);
  });

  test('nobody who can call for help', () => {
    const denied = { destinations: { default: 'deny', allow: ['966'] } };
    expect(warned(denied)).toEqual([
      'acme: emergency has no number, and destinations.default denies what is not allowed: nobody can call for help',
    ]);
    expect(warned({ ...denied, emergency: { country: 'SA' } })).toEqual([]);
    expect(warned({ ...denied, emergency: { numbers: ['999'] } })).toEqual([]);
  });

  test('trunk credentials that two customers share', () => {
    const outboundAuth = { username: 'trunk', password: 's3cret' };
    const found = warned(
      { outboundAuth },
      { username: 'other', outboundAuth },
      { username: 'phone', customer: 'acme', outboundAuth },
    );
    expect(found).toEqual(['acme: outboundAuth is the same as that of other@a.example']);
    expect(found.join()).not.toContain('s3cret');
  });

  test('emergency numbers that are lost, that are no short numbers, or that have no trunk', () => {
    expect(
      warned(
        { emergency: { numbers: ['112', '999'] } },
        {
          username: 'phone',
          customer: 'acme',
          emergency: { numbers: ['112', '+12125550100'], trunk: 'main' },
        },
      ),
    ).toEqual([
      'phone: emergency.numbers[1] +12125550100 is as long as an ordinary number, and bypasses every rule and cap',
      'phone: emergency.numbers hides 999 of acme',
      'phone: emergency.trunk there is no trunk main',
    ]);
  });

  test("emergency numbers of the customer's country that are lost, and aliases that are long", () => {
    expect(
      warned(
        { emergency: { country: 'US' } },
        {
          username: 'phone',
          customer: 'acme',
          emergency: { numbers: ['112', { dialled: '9911', number: '12125550100' }] },
        },
      ),
    ).toEqual([
      'phone: emergency.numbers[1] 12125550100 is as long as an ordinary number, and bypasses every rule and cap',
      'phone: emergency.numbers hides 911 of acme',
    ]);
  });

  test.each([
    [patterns('^00966'), 'callerId.patterns[0].match ^00966 matches no number'],
    [patterns('^\\+966'), 'callerId.patterns[0].match ^\\+966 matches no number'],
    [
      { ...patterns('^05'), dialPlan: { countryCode: '966', nationalPrefix: '0' } },
      'callerId.patterns[0].match ^05 matches no national number',
    ],
    [
      { destinations: { allow: ['01144'] }, dialPlan: { internationalPrefix: '011' } },
      'destinations.allow[0] 01144 matches no number',
    ],
    [patterns('^(?:\\+|00)32'), 'callerId.patterns[0].match ^(?:\\+|00)32 matches no number'],
    [patterns('^[+]49'), 'callerId.patterns[0].match ^[+]49 matches no number'],
    [patterns('^44 20'), 'callerId.patterns[0].match ^44 20 matches no number'],
    [
      { destinations: { allow: ['0501'] }, dialPlan: { country: 'SA' } },
      'destinations.allow[0] 0501 matches no national number',
    ],
    [
      { destinations: { deny: ['011881'] }, dialPlan: { country: 'US' } },
      'destinations.deny[0] 011881 matches no number',
    ],
    [
      { destinations: { deny: ['06'] }, dialPlan: { country: 'IT' } },
      'destinations.deny[0] 06 matches no national number',
    ],
  ])('prefixes and patterns that no number begins with: %j', (record, warning) => {
    expect(warned(record).filter((it) => !it.includes('dialPlan describes'))).toEqual([`acme: ${warning}`]);
  });

  test.each([
    [patterns('^\\+?33', '^(?:\\+|00)?32', '^(\\+44|44)', '^0?31')],
    [{ destinations: { deny: ['81'] }, dialPlan: { country: 'RU' } }],
    [{ destinations: { deny: ['994'] }, dialPlan: { country: 'FI' } }],
    [{ destinations: { deny: ['0501'] } }],
  ])('no prefix or pattern that some number begins with: %j', (record) => {
    expect(warned(record).filter((it) => it.includes('matches no'))).toEqual([]);
  });

  test('no missing credential of a record that others use the policy of', () => {
    const policy = { username: 'policy', ha1: undefined };
    expect(warned(policy, { customer: 'policy' })).toEqual([]);
    expect(warned(policy)).toEqual(['policy: credentials has none that is valid']);
  });

  test('formats that mean nothing without a plan', () => {
    const trunks = [{ name: 'main', numberFormat: 'national', callerIdFormat: 'national' }];
    expect(warned({ trunks })).toEqual([
      'acme: trunks[0].numberFormat national changes nothing, because the country is not known',
      'acme: trunks[0].callerIdFormat national changes nothing, because the country is not known',
    ]);
    expect(warned({ trunks, dialPlan: { country: 'SA' } })).toEqual([]);
  });

  test('usernames that phones must escape', () => {
    expect(warned({ username: 'a#b' })).toEqual(['a#b: username holds #, which phones write as %23']);
    expect(warned({ username: 'grün' })).toEqual(['grün: username holds ü, which phones write as %C3%BC']);
    expect(warned({ username: 'a.b_c-1+2' })).toEqual([]);
  });

  test('trunk credentials that thousands of accounts share, once', () => {
    const outboundAuth = { username: 'trunk', password: 's3cret' };
    const accounts = Array.from({ length: 2000 }, (_, at) => ({ username: `user${at}`, outboundAuth }));
    expect(warned(...accounts)).toEqual([
      'user0: outboundAuth is the same as that of user1@a.example, user2@a.example, user3@a.example and 1996 more',
    ]);
  });

  test('a customer that is not there, or belongs to another itself', () => {
    expect(warned({ customer: 'nobody' }, { username: 'b', customer: 'acme' })).toEqual([
      'acme: customer names nobody, which has no record',
      'b: customer names acme, which names nobody itself',
    ]);
  });
});

describe('lint', () => {
  const FILE = `{ "a.example": {
    "acme": { "ha1": "${HA1}", "callerId": "+18005550100", "techPrefx": "1#" },
    "bob": { "password": "short", "callerId": "+18005550100" }
  } }`;

  test('of a file tells all problems with their lines, then the warnings, each with its fix', async () => {
    const desk = await openDesk({ readAll: async () => Buffer.from(FILE) });
    try {
      const { code } = await lintFile(desk.shell, '-', {});
      expect(desk.printed()).toBe(
        [
          '  PROBLEM  line 2: a.example / acme: techPrefx is not a field of a customer record: did you mean techPrefix?',
          '  WARNING  acme@a.example: emergency has no number, and destinations.default denies what is not allowed: nobody can call for help',
          '           give emergency.country, such as "US", or emergency.numbers',
          '  WARNING  bob@a.example: password is in plain text, and is shorter than 12 characters',
          '           give it a better one: edge-registrar password rotate bob@a.example',
          '-: 2 records, 1 problem, 2 warnings',
        ].join('\n'),
      );
      expect(code).toBe(1);
    } finally {
      await desk.stop();
    }
  });

  test('of the table does the same; warnings alone are no failure, unless --strict says so', async () => {
    const desk = await openDesk();
    try {
      await desk.put({ realm: 'a.example', username: 'bob', password: 'short', callerId: '+18005550100' });
      expect((await lintTable(desk.shell, desk.deployment, {})).code).toBe(0);
      expect((await lintTable(desk.shell, desk.deployment, { strict: true })).code).toBe(1);
      await desk.put({ realm: 'a.example', username: 'acme', ha1: HA1, enabled: 'yes' });
      desk.printed();
      expect((await lintTable(desk.shell, desk.deployment, {})).code).toBe(1);
      const lines = desk.printed().split('\n');
      expect(lines[0]).toBe('  PROBLEM  acme@a.example: enabled write true or false, without quotes');
      expect(lines.at(-1)).toBe('table Customers at ENDPOINT: 2 records, 1 problem, 2 warnings');
    } finally {
      await desk.stop();
    }
  });
});

describe('lint, about minutes and observed rules', () => {
  const OPEN = { prefixes: ['53', '881'], minutesPerDay: 10 };

  test.each<[string, object, string[]]>([
    ['a budget in order', { limits: { maxMinutesPerDay: 600, maxCallSeconds: 3600 } }, []],
    [
      'a budget without maxCallSeconds',
      { limits: { maxMinutesPerDay: 400 } },
      [
        'acme: limits.maxMinutesPerDay without maxCallSeconds each call reserves up to four hours of it, so that two calls at a time hardly fit',
      ],
    ],
    [
      'calls that are long for a budget',
      { limits: { maxMinutesPerDay: 600, maxCallSeconds: 900, budgets: [OPEN] } },
      [
        'acme: limits.budgets[0] each call reserves up to 900 s of it, so that two calls at a time hardly fit',
      ],
    ],
    ['a budget of nothing', { limits: { maxMinutesPerDay: 0 } }, []],
    [
      'a part that is as large as the whole',
      { limits: { maxMinutesPerDay: 10, maxCallSeconds: 60, budgets: [OPEN] } },
      ['acme: limits.budgets[0] is never reached, as all calls together have 10 minutes'],
    ],
    [
      'the same prefixes twice',
      { limits: { maxCallSeconds: 60, budgets: [OPEN, { ...OPEN, prefixes: ['881', '53'] }] } },
      ['acme: limits.budgets[1] has the prefixes of budgets[0], and the smaller of the two holds'],
    ],
    [
      'a time zone for nothing',
      { limits: { timeZone: 'Asia/Riyadh' } },
      ['acme: limits.timeZone changes nothing without a budget'],
    ],
    [
      'rules that are not there to observe',
      { observe: ['destinations', 'limits', 'budgets', 'newSource'], limits: { maxCallSeconds: 60 } },
      [
        'acme: observe[0] there is no rule destinations to observe',
        'acme: observe[2] there is no rule budgets to observe',
        'acme: observe[3] there is no rule newSource to observe',
      ],
    ],
    [
      'a high-risk range that an observed rule does not open',
      { observe: ['destinations'], destinations: { allow: ['8816'] } },
      [
        'acme: destinations.allow[0] 8816 allows a high-risk range: global mobile satellite systems: Iridium, Globalstar',
        'acme: observe destinations is only observed, so 8816 is not open',
      ],
    ],
  ])('%s', (_what, record, warnings) => {
    expect(warned(record)).toEqual(warnings);
  });

  test('a rule that is inherited may be observed', () => {
    const phone = { username: 'phone', customer: 'acme', callerId: undefined, observe: ['limits'] };
    expect(warned({ limits: { maxConcurrentCalls: 5 } }, phone)).toEqual([]);
  });
});
