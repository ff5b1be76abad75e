import { parseCustomer } from '../../../lib/registrar/record/customer';

const KEY = { realm: 'sip.example.com', username: 'alice' };

function problemsOf(fields: object): string[] {
  return parseCustomer({ ...KEY, ...fields }).problems.map(({ path, fix }) => `${path}: ${fix}`);
}

describe('a customer record', () => {
  test('needs nothing but its key', () => {
    expect(parseCustomer(KEY)).toEqual({ customer: KEY, problems: [] });
  });

  test('keeps the realm in small letters and the username as it is', () => {
    expect(parseCustomer({ realm: 'SIP.Example.COM', username: 'Alice' }).customer).toEqual({
      realm: 'sip.example.com',
      username: 'Alice',
    });
  });

  test('takes a caller id that is one number', () => {
    expect(parseCustomer({ ...KEY, callerId: '+12127771222' }).customer?.callerId).toEqual({
      default: '+12127771222',
    });
  });

  test('takes every field that there is', () => {
    const record = {
      ...KEY,
      description: 'front desk',
      enabled: true,
      customer: 'acme',
      password: 'sip-pass',
      ha1: 'c2259bf057179dae2de80a2dfa26dac2',
      credentials: [
        {
          ha1: 'c2259bf057179dae2de80a2dfa26dac2',
          label: '2026-12',
          notBefore: '2026-12-01T00:00:00Z',
          notAfter: '2027-01-01T00:00:00Z',
        },
      ],
      registration: {
        maxExpires: 600,
        allowedAddresses: ['192.0.2.0/24', '2001:db8::/32', '203.0.113.9'],
        replay: 'enforce',
        users: ['100', 'reception'],
      },
      callerId: {
        default: '+18009992222',
        patterns: [{ match: '^966', callerId: '0598888833' }],
        pool: ['1', '2'],
        allowed: ['3'],
        fallback: 'decline',
        privacy: 'honour',
        name: 'Acme Inc',
      },
      techPrefix: '444242#',
      outboundAuth: { username: 'u', password: 'p' },
      dialPlan: { countryCode: '966', internationalPrefix: '00', nationalPrefix: '0', serviceCodes: true },
      destinations: { default: 'deny', allow: ['966'], deny: ['96650'] },
      trunks: [
        {
          name: 'main',
          host: 'sip.carrier.example',
          port: 5061,
          transport: 'tls',
          prefixes: ['966'],
          techPrefix: '1#',
          outboundAuth: { username: 'u', password: 'p' },
          numberFormat: '+e164',
          callerIdFormat: 'national',
          ringTimeout: 20,
          callerId: '+18009992223',
          fromUser: 'login7',
          fromHost: 'pbx.example',
          escapeHash: true,
        },
      ],
      failover: { stopCodes: [486, 603] },
      limits: { maxConcurrentCalls: 10, callsPerMinute: 60, maxCallSeconds: 7200 },
      emergency: {
        numbers: ['112', '911', { dialled: '9911', number: '911' }],
        country: 'US',
        callerId: '+18009992222',
        trunk: 'main',
      },
      dialMusic: 'tone_stream://L=20;%(2000,4000,440,480)',
      version: 3,
    };
    expect(parseCustomer(record)).toEqual({ customer: record, problems: [] });
  });

  test('takes a country and rules of rewriting in place of prefixes', () => {
    const dialPlan = { country: 'US', rewrite: [{ from: '', digits: 7, to: '212' }], serviceCodes: true };
    expect(parseCustomer({ ...KEY, dialPlan })).toEqual({ customer: { ...KEY, dialPlan }, problems: [] });
  });

  test('takes a DynamoDB string set for a list', () => {
    expect(
      parseCustomer({ ...KEY, destinations: { allow: new Set(['966', '971']) } }).customer?.destinations,
    ).toEqual({ allow: ['966', '971'] });
  });

  test.each<[object, string]>([
    [{ pasword: 'x' }, 'pasword: is no field of a customer record; look for a typo in "pasword"'],
    [{ password: 12345 }, 'password: write it as text, in quotes'],
    [{ password: '' }, 'password: may not be empty or hold control characters'],
    [{ password: null }, 'password: write it as text, in quotes'],
    [{ enabled: 'false' }, 'enabled: write true or false, without quotes'],
    [{ ha1: 'abc' }, 'ha1: write the 32 hex digits of MD5(username:realm:password)'],
    [{ credentials: [{ label: 'x' }] }, 'credentials[0]: give either password or ha1, and not both'],
    [
      { credentials: [{ password: 'x', notAfter: 'tomorrow' }] },
      'credentials[0].notAfter: write an ISO 8601 time such as 2026-12-31T00:00:00Z',
    ],
    [
      { registration: { callsFromAnywhere: 'yes' } },
      'registration.callsFromAnywhere: write true or false, without quotes',
    ],
    [{ registration: { maxExpires: 30 } }, 'registration.maxExpires: write seconds, 60 to 86400'],
    [
      { registration: { allowedAddresses: ['192.0.2.0/33'] } },
      'registration.allowedAddresses[0]: write an address or a CIDR block, such as 192.0.2.0/24 or 2001:db8::/32',
    ],
    [
      { callerId: 5 },
      'callerId: write a number in quotes such as "+18009992222", or an object with default, patterns, pool, …',
    ],
    [{ callerId: '+1 800' }, 'callerId: write digits, with or without a leading +, such as +18009992222'],
    [{ callerId: { default: 5 } }, 'callerId.default: write it as text, in quotes'],
    [
      { callerId: { defualt: '1' } },
      'callerId.defualt: is no field of a customer record; look for a typo in "defualt"',
    ],
    [
      {
        callerId: {
          patterns: [
            { match: '^966', callerId: '1' },
            { match: '(?!9)', callerId: '2' },
          ],
        },
      },
      'callerId.patterns[1].match: look-around is not supported; use an anchored prefix such as ^971',
    ],
    [
      { callerId: { patterns: [{ match: '^9{17}', callerId: '1' }] } },
      'callerId.patterns[0].match: repeats more than 16 times, or a repetition in another; use * or +, as in ^97[15]\\d*',
    ],
    [
      { callerId: { patterns: [{ match: '(', callerId: '1' }] } },
      'callerId.patterns[0].match: is not a regular expression; use an anchored prefix such as ^971',
    ],
    [
      { callerId: { patterns: [{ match: '(9)\\1', callerId: '1' }] } },
      'callerId.patterns[0].match: back-references are not supported; use an anchored prefix such as ^971',
    ],
    [{ callerId: { patterns: [{ match: '^966' }] } }, 'callerId.patterns[0].callerId: is missing'],
    [
      { callerId: { name: 'a"b' } },
      'callerId.name: use at most 64 characters, without quotes, backslashes or < >',
    ],
    [{ techPrefix: '444 242' }, 'techPrefix: use at most 32 of the characters 0-9 A-Z a-z * # + . _ -'],
    [{ techPrefix: '444%23' }, 'techPrefix: use at most 32 of the characters 0-9 A-Z a-z * # + . _ -'],
    [{ outboundAuth: { username: 'u' } }, 'outboundAuth.password: is missing'],
    [{ outboundAuth: { username: 5, password: 'p' } }, 'outboundAuth.username: write it as text, in quotes'],
    [
      { trunks: [{ name: 'a', outboundAuth: { username: 5, password: 'p' } }] },
      'trunks[0].outboundAuth.username: write it as text, in quotes',
    ],
    [
      { trunks: [{ name: 'a', outboundAuth: { username: 'u', password: 5 } }] },
      'trunks[0].outboundAuth.password: write it as text, in quotes',
    ],
    [{ credentials: [{ password: 5 }] }, 'credentials[0].password: write it as text, in quotes'],
    [
      { credentials: [{ ha1: 'abc' }] },
      'credentials[0].ha1: write the 32 hex digits of MD5(username:realm:password)',
    ],
    [
      { callerId: { patterns: [{ match: 9, callerId: '1' }] } },
      'callerId.patterns[0].match: write it as text, in quotes',
    ],
    [{ realm: 'a b' }, 'realm: write a DNS name with a dot in it, such as sip.example.com'],
    [{ username: 'a b' }, 'username: may not hold white space, control characters or any of " , : @'],
    [{ outboundAuth: 'u:p' }, 'outboundAuth: write an object, in { }'],
    [{ dialPlan: { nationalPrefix: '0' } }, 'dialPlan: nationalPrefix needs countryCode beside it'],
    [{ destinations: { allow: '966' } }, 'destinations.allow: write a list, in [ ]'],
    [
      { destinations: { deny: ['966 5'] } },
      'destinations.deny[0]: write digits without + or 00, such as 966',
    ],
    [{ destinations: { deny: ['000'] } }, 'destinations.deny[0]: write digits without + or 00, such as 966'],
    [{ password: ' \u00a0 ' }, 'password: may not be blank'],
    [{ limits: [] }, 'limits: write an object, in { }'],
    [{ registration: ['192.0.2.0/24'] }, 'registration: write an object, in { }'],
    [{ destinations: [{}] }, 'destinations: write an object, in { }'],
    [{ destinations: [{ default: 'deny' }, {}] }, 'destinations: write an object, in { }'],
    [{ trunks: [{ host: 'a.example' }] }, 'trunks[0].name: is missing'],
    [
      { trunks: [{ name: 'a', host: 'sip:a.example' }] },
      'trunks[0].host: write a host name or an IP address, without sip: and without a port',
    ],
    [{ trunks: [{ name: 'a', port: 70000 }] }, 'trunks[0].port: write a port, 1 to 65535'],
    [
      { limits: { maxConcurrentCalls: '10' } },
      'limits.maxConcurrentCalls: write it as a number, without quotes',
    ],
    [{ emergency: { trunk: 'main' } }, 'emergency.numbers: is missing'],
    [
      { emergency: { numbers: ['112'], country: 'USA' } },
      'emergency.country: write a country of docs/emergency-numbers.md, such as US, or give numbers',
    ],
    [
      { emergency: { numbers: ['112'], country: 'GQ' } },
      'emergency.country: write a country of docs/emergency-numbers.md, such as US, or give numbers',
    ],
    [
      { emergency: { numbers: [911] } },
      'emergency.numbers[0]: is understood, but write what people dial, such as "112", or { "dialled": "9911", "number": "911" }',
    ],
    [
      { emergency: { numbers: ['9 11'] } },
      'emergency.numbers[0]: is understood, but write what people dial, such as 112',
    ],
    [{ emergency: { numbers: [{ dialled: '9911' }] } }, 'emergency.numbers[0].number: is missing'],
    [
      { dialPlan: { country: 'UK' } },
      'dialPlan.country: write the two capital letters of a country (ISO 3166), such as SA or GB',
    ],
    [
      { dialPlan: { country: 'GB', countryCode: '44' } },
      'dialPlan: country says how people dial there: take countryCode, internationalPrefix and nationalPrefix out',
    ],
    [{ dialPlan: { rewrite: [{ from: '9' }] } }, 'dialPlan.rewrite[0].to: is missing'],
    [
      { dialPlan: { rewrite: [{ from: '9x', to: '' }] } },
      'dialPlan.rewrite[0].from: write the first digits of what people dial, or ""',
    ],
    [
      { dialPlan: { rewrite: [{ from: '', to: 'x' }] } },
      'dialPlan.rewrite[0].to: write the digits to put in their place, or ""',
    ],
    [
      { dialPlan: { rewrite: [{ from: '', to: '', digits: 0 }] } },
      'dialPlan.rewrite[0].digits: write 1 to 32',
    ],
    [
      { trunks: [{ name: 'a', fromUser: 'a@b' }] },
      'trunks[0].fromUser: write a SIP user, without @ and without escapes',
    ],
    [
      { trunks: [{ name: 'a', escapeHash: 'yes' }] },
      'trunks[0].escapeHash: write true or false, without quotes',
    ],
    [
      { registration: { users: ['a@b'] } },
      'registration.users[0]: may not hold white space, control characters or any of " , : @',
    ],
    [
      { dialMusic: 'ring.wav' },
      'dialMusic: write a URL, or a tone such as tone_stream://%(2000,4000,440,480);loops=-1',
    ],
  ])('%j is reported with its path and fix', (fields, problem) => {
    expect(problemsOf(fields)).toEqual([problem]);
  });

  test('reports all problems at once', () => {
    const problems = problemsOf({
      password: 1,
      techPrefix: 2,
      colour: 'red',
      size: 'big',
      callerId: { default: 3, pool: 4 },
    });
    expect(problems.map((it) => it.split(':')[0]).sort()).toEqual([
      'callerId.default',
      'callerId.pool',
      'colour',
      'password',
      'size',
      'techPrefix',
    ]);
  });

  test('a typo in a name is marked as such: a hook goes on with the rest', () => {
    const { customer, problems } = parseCustomer({ ...KEY, password: 'x', pasword: 'y' });
    expect(customer).toEqual({ ...KEY, password: 'x' });
    expect(problems).toMatchObject([{ path: 'pasword', unknownField: true }]);
  });

  test('no problem quotes a value of the record', () => {
    const secret = 'sup3r-s3cret\n';
    expect(
      JSON.stringify(
        problemsOf({ password: secret, outboundAuth: { username: 1, password: secret }, ha1: secret }),
      ),
    ).not.toContain('sup3r');
  });
});

describe('a form that can only mean one thing is read, and a problem is reported', () => {
  const text = 'is understood, but write it as text, in quotes';
  const prefix = 'is understood, but write digits without + or 00, such as 966';
  const list = 'is understood, but write a list, in [ ]';
  const object = 'is understood, but write an object, in { }';
  test.each<[object, object, readonly string[]]>([
    [
      { destinations: { allow: ['+966'] } },
      { destinations: { allow: ['966'] } },
      [`destinations.allow[0]: ${prefix}`],
    ],
    [
      { destinations: { deny: ['00966'] } },
      { destinations: { deny: ['966'] } },
      [`destinations.deny[0]: ${prefix}`],
    ],
    [
      { destinations: { deny: [966] } },
      { destinations: { deny: ['966', '0966'] } },
      [`destinations.deny[0]: ${text}`],
    ],
    [
      { trunks: [{ name: 'a', prefixes: ['+966'] }] },
      { trunks: [{ name: 'a', prefixes: ['966'] }] },
      [`trunks[0].prefixes[0]: ${prefix}`],
    ],
    [
      { destinations: { deny: new Set(['966', '971']) } },
      { destinations: { deny: ['966', '971'] } },
      [`destinations.deny: ${list}`],
    ],
    [
      { destinations: { deny: new Set([966]) } },
      { destinations: { deny: ['966', '0966'] } },
      [`destinations.deny: ${list}`, `destinations.deny[0]: ${text}`],
    ],
    [
      { destinations: [{ default: 'deny' }] },
      { destinations: { default: 'deny' } },
      [`destinations: ${object}`],
    ],
    [{ trunks: [[{ name: 'a' }]] }, { trunks: [{ name: 'a' }] }, [`trunks[0]: ${object}`]],
    [{ callerId: [{ default: '1' }] }, { callerId: { default: '1' } }, [`callerId: ${object}`]],
    [
      { emergency: [{ country: 'Utopia', numbers: ['110'] }] },
      { emergency: { numbers: ['110', '112', '911', '999', '000'] } },
      [
        `emergency: ${object}`,
        'emergency.country: write a country of docs/emergency-numbers.md, such as US, or give numbers',
      ],
    ],
    [
      { dialPlan: { countryCode: 966 } },
      { dialPlan: { countryCode: '966' } },
      [`dialPlan.countryCode: ${text}`],
    ],
    [
      { callerId: 18009992222 },
      { callerId: { default: '18009992222' } },
      [
        'callerId: is understood, but write a number in quotes such as "+18009992222", or an object with default, patterns, pool, …',
      ],
    ],
    [
      { callerId: { default: 18009992222 } },
      { callerId: { default: '18009992222' } },
      [`callerId.default: ${text}`],
    ],
    [
      { callerId: { pool: [18005550100] } },
      { callerId: { pool: ['18005550100'] } },
      [`callerId.pool[0]: ${text}`],
    ],
    [
      { callerId: { allowed: [18005550100] } },
      { callerId: { allowed: ['18005550100'] } },
      [`callerId.allowed[0]: ${text}`],
    ],
    [
      { callerId: { patterns: [{ match: '^9', callerId: 18005550100 }] } },
      { callerId: { patterns: [{ match: '^9', callerId: '18005550100' }] } },
      [`callerId.patterns[0].callerId: ${text}`],
    ],
    [
      { emergency: { numbers: ['112'], callerId: 18005550100 } },
      { emergency: { numbers: ['112'], callerId: '18005550100' } },
      [`emergency.callerId: ${text}`],
    ],
  ])('%j', (fields, expected, problems) => {
    expect(parseCustomer({ ...KEY, ...fields }).customer).toEqual({ ...KEY, ...expected });
    expect(problemsOf(fields)).toEqual(problems);
  });
});

describe('whatever can be read as an emergency number is one', () => {
  test.each<[unknown, object | undefined]>([
    ['112', { numbers: ['112'] }],
    [112, { numbers: ['112'] }],
    [['112', 911], { numbers: ['112', '911'] }],
    [[{ numbers: ['112'], trunk: 'a' }], { numbers: ['112'], trunk: 'a' }],
    [{ numbers: '112' }, { numbers: ['112'] }],
    [{ numbers: 112 }, { numbers: ['112'] }],
    [{ numbers: '112, 911; 1-1-9' }, { numbers: ['112', '911', '119'] }],
    [{ numbers: new Set([112, 911]) }, { numbers: ['112', '911'] }],
    [
      { numbers: [112, null, 'the police: 110', ['911'], { fire: '118' }] },
      { numbers: ['112', '110', '911', '118'] },
    ],
    [{ numbers: { 112: true, police: '110' } }, { numbers: ['112', '110'] }],
    [{ numbers: { 0: '112', 1: '911' } }, { numbers: ['112', '911'] }],
    [{ numbers: [0, 61] }, { numbers: ['0', '00', '000', '61', '061'] }],
    [{ numbers: ['112'], callerId: 5, trunk: 5 }, { numbers: ['112'] }],
    [
      { numbers: ['112', null], callerId: 5, trunk: 'a' },
      { numbers: ['112'], trunk: 'a' },
    ],
    [
      { numbers: ['112'], callerId: '1', trunk: 5 },
      { numbers: ['112'], callerId: '1' },
    ],
    [{ nubmers: ['112', '18005550911'] }, { numbers: ['112', '18005550911'] }],
    [
      { numbers: ['112'], note: 'ask 110 or 18005550199', trunk: 'a' },
      { numbers: ['112', '110'], trunk: 'a' },
    ],
    [
      { emergency: { numbers: ['112'] }, callerId: '+18005550100' },
      { numbers: ['112'], callerId: '+18005550100' },
    ],
    [{ numbers: [] }, { numbers: [] }],
    [{ numbers: ['9 11', '1 1 2', '112 119'] }, { numbers: ['11', '911', '112', '112', '119'] }],
    [
      { numbers: [{ dialled: 9911, number: '911' }, { dialled: '08', number: 112 }, { dialled: '110' }] },
      {
        numbers: [{ dialled: '9911', number: '911' }, { dialled: '08', number: '112' }, '110'],
      },
    ],
    [{ country: 'us' }, { country: 'US' }],
    [
      { country: ['US'], numbers: 112 },
      { country: 'US', numbers: ['112'] },
    ],
    [{ country: 'Utopia', numbers: ['110'] }, { numbers: ['110', '112', '911', '999', '000'] }],
    [{ country: 'Utopia' }, { numbers: ['112', '911', '999', '000'] }],
    [
      { country: 5, trunk: 'main' },
      { numbers: ['112', '911', '999', '000'], trunk: 'main' },
    ],
    [
      { country: 'US', nmbr: 'none' },
      { country: 'US', numbers: [] },
    ],
    [{ numbers: [112, 9007199254740991] }, { numbers: ['112'] }],
    [{ numbers: null }, undefined],
    [null, undefined],
    [true, undefined],
    [{ trunk: 'a' }, undefined],
  ])('%j', (emergency, expected) => {
    expect(parseCustomer({ ...KEY, emergency }).customer?.emergency).toEqual(expected);
  });

  test.each<[object, object | undefined]>([
    [{ emergncy: { numbers: ['112', '18005550911'] } }, { numbers: ['112', '18005550911'] }],
    [{ Emergency: '112' }, { numbers: ['112'] }],
    [{ emergncy: { country: 'US' } }, { country: 'US', numbers: [] }],
    [{ numbers: ['112', '18005550911'] }, { numbers: ['112'] }],
    [{ numbers: ['112'], emergency: { numbers: ['911'] } }, { numbers: ['911', '112'] }],
    [{ limits: { emergency: ['112'] } }, { numbers: ['112'] }],
    [{ urgent: ['112'] }, undefined],
  ])('under another name, too: %j', (fields, expected) => {
    expect(parseCustomer({ ...KEY, ...fields }).customer?.emergency).toEqual(expected);
  });
});

const EVERY_CODE = Array.from({ length: 300 }, (_, at) => 400 + at);

describe('what cannot be read costs no more than it must, and never opens anything', () => {
  test.each<[string, object, object]>([
    [
      'of patterns with a bad one, those before it decide, and all else is declined',
      {
        callerId: {
          patterns: [
            { match: '^8', callerId: '1' },
            { match: '(', callerId: '2' },
            { match: '^9', callerId: '3' },
          ],
          default: '4',
          pool: ['5'],
        },
      },
      { callerId: { patterns: [{ match: '^8', callerId: '1' }], fallback: 'decline' } },
    ],
    [
      'patterns that cannot be read decline what no allowed number decides',
      { callerId: { allowed: ['1'], patterns: {}, default: '4', pool: ['5'] } },
      { callerId: { allowed: ['1'], fallback: 'decline' } },
    ],
    [
      'a bad trunk without a name or with a bad host is no trunk',
      { trunks: [{ host: 'a.example' }, { name: 'b', host: 'sip:b' }, { name: 'c' }] },
      { trunks: [{ name: 'c' }] },
    ],
    [
      'any other mistake in a trunk leaves it for emergency calls',
      {
        trunks: [
          { name: 'a', techPrefix: 5 },
          { name: 'b', port: '5060' },
          { name: 'c', transport: 'TLS' },
          { name: 'd', outboundAuth: { username: 'u' } },
          { name: 'e', numberFormat: 'E164' },
          { name: 'f', callerIdFormat: null },
          { name: 'g', prefixes: '966' },
          { name: 'h', callerId: 5 },
          { name: 'i', fromUser: 'a@b' },
          { name: 'j', fromHost: 'sip:b' },
          { name: 'k', escapeHash: 'true' },
        ],
      },
      { trunks: [...'abcdefghijk'].map((name) => ({ name, prefixes: [] })) },
    ],
    [
      'a ring time costs the ring time',
      { trunks: [{ name: 'a', ringTimeout: '20' }] },
      { trunks: [{ name: 'a' }] },
    ],
    [
      'a bad trunk moves no other trunk’s prefixes',
      {
        trunks: [
          { name: 'a' },
          { name: 'b', techPrefix: 5, prefixes: ['9'] },
          { name: 'c', prefixes: ['x', 1, '1'] },
          { name: 'd', prefixes: ['2', '3'] },
        ],
      },
      {
        trunks: [
          { name: 'a' },
          { name: 'b', prefixes: [] },
          { name: 'c', prefixes: ['1'] },
          { name: 'd', prefixes: ['2', '3'] },
        ],
      },
    ],
    [
      'trunks that cannot be read leave one for emergency calls',
      { techPrefix: '4', trunks: 'main' },
      { techPrefix: '4', trunks: [{ name: 'default', prefixes: [] }] },
    ],
    ['a bad password costs the password', { password: 5, callerId: '1' }, { callerId: { default: '1' } }],
    [
      'a credential whose times cannot be read opens nothing',
      {
        credentials: [
          { password: 'x', notAfter: 'tomorrow' },
          { password: 'y', notBefore: 5 },
          { password: 'z' },
        ],
      },
      { credentials: [{ password: 'z' }] },
    ],
    [
      'a credential with a field that there is not opens nothing',
      { credentials: [{ password: 'x', notAfetr: '2026-01-01T00:00:00Z' }] },
      { credentials: [] },
    ],
    [
      'a label that cannot be read costs the label',
      { credentials: [{ password: 'x', label: 2026 }] },
      { credentials: [{ password: 'x' }] },
    ],
    [
      'a bad default costs the default, and the pool that it hid',
      { callerId: { default: 5, pool: ['1'], fallback: 'anonymous' } },
      { callerId: { fallback: 'decline' } },
    ],
    [
      'a pool that cannot be read leaves nothing to the device',
      { callerId: { pool: '+1' } },
      { callerId: { fallback: 'decline' } },
    ],
    [
      'a pool with a bad number is none: each destination keeps its number, or has none',
      { callerId: { pool: ['+18005550100', 5] } },
      { callerId: { fallback: 'decline' } },
    ],
    [
      'a bad allowed number is not allowed',
      { callerId: { allowed: ['+18005550100', 5, 'x'] } },
      { callerId: { allowed: ['+18005550100'] } },
    ],
    [
      'allowed numbers that cannot be read are none',
      { callerId: { allowed: 'all', default: '1' } },
      { callerId: { default: '1' } },
    ],
    [
      'a pool that cannot be read takes nothing from what comes before it',
      { callerId: { default: '1', pool: 5 } },
      { callerId: { default: '1', fallback: 'decline' } },
    ],
    [
      'a fallback that cannot be read declines what comes to it',
      { callerId: { default: '1', fallback: 5 } },
      { callerId: { default: '1', fallback: 'decline' } },
    ],
    [
      'a fallback that cannot be read declines',
      { callerId: { fallback: true } },
      { callerId: { fallback: 'decline' } },
    ],
    [
      'privacy that cannot be read is honoured',
      { callerId: { privacy: 'honor' } },
      { callerId: { privacy: 'honour' } },
    ],
    ['a caller id that cannot be read declines', { callerId: 5 }, { callerId: { fallback: 'decline' } }],
    [
      'a number of up to ten digits may have lost its leading zero',
      { callerId: 598888833 },
      { callerId: { fallback: 'decline' } },
    ],
    [
      'a caller id with a name that no field has declines',
      { callerId: { defualt: '1', pool: ['2'] } },
      { callerId: { fallback: 'decline' } },
    ],
    [
      'a country code that cannot be read denies',
      { dialPlan: { countryCode: '+966', nationalPrefix: '0' }, destinations: { allow: ['1'] } },
      { destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'an international prefix that cannot be read denies: it may have lost its leading zero',
      { dialPlan: { internationalPrefix: 11 }, destinations: { default: 'allow', deny: ['966'] } },
      { dialPlan: {}, destinations: { default: 'deny', deny: ['966'] }, observe: [] },
    ],
    [
      'a national prefix that cannot be read denies',
      { dialPlan: { countryCode: '966', nationalPrefix: 0 } },
      { dialPlan: { countryCode: '966' }, destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'service codes that cannot be read are not let through',
      { dialPlan: { serviceCodes: 'true' } },
      { dialPlan: {} },
    ],
    [
      'a country that cannot be read denies',
      { dialPlan: { country: 'sa' } },
      { dialPlan: {}, destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'rewriting that cannot be read denies',
      { dialPlan: { country: 'SA', rewrite: {} } },
      { dialPlan: { country: 'SA' }, destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'users that cannot be read leave the own one',
      { registration: { users: '100', maxExpires: 60 } },
      { registration: { maxExpires: 60 } },
    ],
    [
      'a rewrite rule that cannot be read denies; the others find emergency numbers behind an outside line',
      { dialPlan: { rewrite: [{ from: '9', to: '' }, { from: '8', to: 5 }, { from: '7' }] } },
      { dialPlan: { rewrite: [{ from: '9', to: '' }] }, destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'a bad user that a login may register is none',
      { registration: { users: ['100', 101, 'a b'] } },
      { registration: { users: ['100'] } },
    ],
    [
      'users that cannot be read are none',
      { registration: { users: '100', replay: 'enforce' } },
      { registration: { replay: 'enforce' } },
    ],
    ['music that cannot be read is not played', { dialMusic: 'ring.mp3' }, {}],
    ['enabled that cannot be read is false', { enabled: 'no' }, { enabled: false }],
    [
      'address lists that cannot be read let nobody in',
      { registration: { allowedAddresses: '192.0.2.1' } },
      { registration: { allowedAddresses: [] } },
    ],
    [
      'nor do they leave calls open',
      { registration: { allowedAddresses: '192.0.2.1', callsFromAnywhere: 'yes' } },
      { registration: { allowedAddresses: [], callsFromAnywhere: false } },
    ],
    [
      'callsFromAnywhere that cannot be read is false',
      { registration: { allowedAddresses: ['192.0.2.1'], callsFromAnywhere: 'true' } },
      { registration: { allowedAddresses: ['192.0.2.1'], callsFromAnywhere: false } },
    ],
    [
      'a replay policy that cannot be read refuses',
      { registration: { replay: 'on' } },
      { registration: { replay: 'enforce' } },
    ],
    [
      'a bad address costs that address',
      { registration: { allowedAddresses: ['x', '192.0.2.1'] } },
      { registration: { allowedAddresses: ['192.0.2.1'] } },
    ],
    [
      'registration.replay that cannot be read is enforced',
      { registration: { replay: true } },
      { registration: { replay: 'enforce' } },
    ],
    [
      'the longest registration that cannot be read is a minute',
      { registration: { maxExpires: '600' } },
      { registration: { maxExpires: 60 } },
    ],
    [
      'registration that cannot be read lets nobody in',
      { registration: ['192.0.2.1'] },
      {
        registration: {
          allowedAddresses: [],
          replay: 'enforce',
          newSource: { mode: 'enforce', hours: 720, allow: [] },
        },
      },
    ],
    [
      'registration with a name that no field has lets nobody in',
      { registration: { allowedAdresses: ['192.0.2.1'] } },
      {
        registration: {
          allowedAddresses: [],
          replay: 'enforce',
          newSource: { mode: 'enforce', hours: 720, allow: [] },
        },
      },
    ],
    [
      'destinations that cannot be read are denied',
      { destinations: 'all' },
      { destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'a default that cannot be read denies',
      { destinations: { default: 'Deny', allow: ['966'] } },
      { destinations: { default: 'deny', allow: ['966'] } },
    ],
    [
      'a deny list that cannot be read denies, also what it may have denied of the allowed',
      { destinations: { allow: ['966'], deny: '96650' } },
      { destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'a deny list with a bad prefix denies all',
      { destinations: { allow: ['966'], deny: ['1900', '^96650'] } },
      { destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'allowed prefixes that cannot be read are none',
      { destinations: { allow: '966', deny: ['9'] } },
      { destinations: { deny: ['9'] } },
    ],
    [
      'a bad allowed prefix is not allowed, nor is a number that may have lost its leading zero',
      { destinations: { default: 'deny', allow: ['966', 5, '97 1'] } },
      { destinations: { default: 'deny', allow: ['966'] } },
    ],
    [
      'a cap that cannot be read is 0',
      { limits: { maxConcurrentCalls: '10', maxCallSeconds: 60 } },
      { limits: { maxConcurrentCalls: 0, maxCallSeconds: 60 } },
    ],
    [
      'a rate that cannot be read is 0',
      { limits: { callsPerMinute: '10' } },
      { limits: { callsPerMinute: 0 } },
    ],
    [
      'a time limit that cannot be read ends all calls',
      { limits: { maxCallSeconds: '600' } },
      { limits: { maxConcurrentCalls: 0, maxMinutesPerDay: 0 } },
    ],
    [
      'minutes a day that cannot be read are none',
      { limits: { maxMinutesPerDay: '600', maxCallSeconds: 60 } },
      { limits: { maxMinutesPerDay: 0, maxCallSeconds: 60 } },
    ],
    [
      'the minutes of prefixes that cannot be read are none; the others of the list hold',
      {
        limits: {
          budgets: [
            { prefixes: ['53'], minutesPerDay: '10' },
            { prefixes: ['881'], minutesPerDay: 5 },
          ],
        },
      },
      {
        limits: {
          budgets: [
            { prefixes: ['53'], minutesPerDay: 0 },
            { prefixes: ['881'], minutesPerDay: 5 },
          ],
        },
      },
    ],
    [
      'of budgets for prefixes that cannot be read nobody knows which calls they stop',
      { limits: { maxMinutesPerDay: 9, budgets: [{ prefixes: ['+x'], minutesPerDay: 10 }] } },
      { limits: { maxMinutesPerDay: 0 } },
    ],
    [
      'a prefix of a budget that is a number counts with the leading zero that it may have lost, and without',
      { limits: { budgets: [{ prefixes: [881], minutesPerDay: 10 }] } },
      { limits: { budgets: [{ prefixes: ['881', '0881'], minutesPerDay: 10 }] } },
    ],
    [
      'of a day in a time zone that cannot be read nobody knows when it begins',
      { limits: { maxMinutesPerDay: 9, timeZone: 'Riyadh' } },
      { limits: { maxMinutesPerDay: 0 } },
    ],
    [
      'rules to observe that cannot be read are enforced, also those that the customer observes',
      { observe: 'destinations' },
      { observe: [] },
    ],
    ['a bad name of a rule to observe is none', { observe: ['limit', 'budgets'] }, { observe: ['budgets'] }],
    [
      'a rule for new addresses that cannot be read lets call nobody from them',
      { registration: { newSource: 24 } },
      { registration: { newSource: { mode: 'enforce', hours: 720, allow: [] } } },
    ],
    [
      'a mode of that rule that cannot be read enforces it',
      { registration: { newSource: { mode: 'on', hours: 24, allow: ['966'] } } },
      { registration: { newSource: { mode: 'enforce', hours: 24, allow: ['966'] } } },
    ],
    [
      'without its hours it lets call nobody from any address',
      { registration: { newSource: { allow: ['966'] } } },
      { registration: { newSource: { mode: 'enforce', hours: 720, allow: [] } } },
    ],
    [
      'a bad prefix that new addresses may call is not allowed',
      { registration: { newSource: { hours: 24, allow: ['966', 44] } } },
      { registration: { newSource: { hours: 24, allow: ['966'] } } },
    ],
    [
      'an observed rule that has to stop calls is enforced',
      { techPrefix: 444, observe: ['destinations', 'limits'] },
      { destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'limits that cannot be read end all calls',
      { limits: [] },
      { limits: { maxConcurrentCalls: 0, maxMinutesPerDay: 0 } },
    ],
    [
      'stop codes that cannot be read are all codes',
      { failover: { stopCodes: ['486'] } },
      { failover: { stopCodes: EVERY_CODE } },
    ],
    [
      'failover that cannot be read stops at all codes',
      { failover: [486] },
      { failover: { stopCodes: EVERY_CODE } },
    ],
    [
      'without a tech prefix nobody knows whom to bill',
      { techPrefix: 444, trunks: [{ name: 'a' }] },
      { destinations: { default: 'deny' }, observe: [], trunks: [{ name: 'a' }] },
    ],
    [
      'without trunk credentials nobody knows whom to bill',
      { techPrefix: '4', outboundAuth: { username: 'u' } },
      { techPrefix: '4', destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'without its customer an account calls nobody',
      { customer: 5 },
      { destinations: { default: 'deny' }, observe: [] },
    ],
    [
      'what is for people costs nothing',
      { description: 5, version: '3', callerId: { name: 5 } },
      { callerId: {} },
    ],
  ])('%s', (_what, fields, expected) => {
    expect(parseCustomer({ ...KEY, ...fields }).customer).toEqual({ ...KEY, ...expected });
  });
});

describe('a name that no field has', () => {
  test.each<[string, object, object]>([
    ['misspelt', { destinatons: { default: 'deny' } }, { destinations: { default: 'deny' }, observe: [] }],
    ['with a letter too many', { limitss: {} }, { limits: { maxConcurrentCalls: 0, maxMinutesPerDay: 0 } }],
    ['with two letters exchanged', { enabeld: false }, { enabled: false }],
    ['with another case', { Enabled: false }, { enabled: false }],
    ['with separators', { dial_plan: {} }, { destinations: { default: 'deny' }, observe: [] }],
    ['one level too high', { maxConcurrentCalls: 5 }, { limits: { maxConcurrentCalls: 0 } }],
    [
      'one level too low',
      { registration: { deny: ['966'] } },
      {
        registration: {
          allowedAddresses: [],
          replay: 'enforce',
          newSource: { mode: 'enforce', hours: 720, allow: [] },
        },
        destinations: { default: 'deny' },
        observe: [],
      },
    ],
    [
      'two levels too high',
      { mode: 'enforce', registration: { newSource: { hours: 24, allow: ['966'] } } },
      { registration: { newSource: { mode: 'enforce', hours: 24, allow: ['966'] } } },
    ],
    [
      'a time zone beside limits that have a budget',
      { timezone: 'Asia/Riyadh', limits: { maxMinutesPerDay: 9 } },
      { limits: { maxMinutesPerDay: 0 } },
    ],
    [
      'beside a caller id that is a text',
      { callerId: '1', privacy: 'x' },
      { callerId: { default: '1', privacy: 'honour' } },
    ],
  ])('restricts when it was meant for a field that does: %s', (_how, fields, expected) => {
    expect(parseCustomer({ ...KEY, ...fields }).customer).toEqual({ ...KEY, ...expected });
  });

  test.each([
    [{ balance: 5, tags: ['a'], createdAt: '2026-01-01', name: 'Acme', host: 'a', label: 'x' }],
    [{ timezone: 'Asia/Riyadh', mode: 'x', hours: 9 }],
    [{ constructor: 1, toString: 2, hasOwnProperty: 3 }],
    [{ pasword: 'x' }],
  ])('costs nothing otherwise: %j', (fields) => {
    const { customer, problems } = parseCustomer({ ...KEY, password: 'x', ...fields });
    expect(customer).toEqual({ ...KEY, password: 'x' });
    expect(problems.map(({ path }) => path)).toEqual(Object.keys(fields));
    expect(problems.every(({ unknownField }) => unknownField)).toBe(true);
  });
});

describe('no customer', () => {
  test.each([
    [null],
    ['text'],
    [[]],
    [{}],
    [{ realm: 'sip.example.com' }],
    [{ realm: 'a b', username: 'x' }],
    [{ realm: 'a', username: 'x@y' }],
    [{ realm: 'a', username: 'a b' }],
  ])('%j is not a customer', (item) => {
    const { customer, problems } = parseCustomer(item);
    expect(customer).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
  });
});
