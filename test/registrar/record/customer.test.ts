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
      { callerId: 18009992222 },
      'callerId: write a number in quotes such as "+18009992222", or an object with default, patterns, pool, …',
    ],
    [{ callerId: '+1 800' }, 'callerId: write digits, with or without a leading +, such as +18009992222'],
    [{ callerId: { default: 18009992222 } }, 'callerId.default: write it as text, in quotes'],
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
    [{ outboundAuth: 'u:p' }, 'outboundAuth: write an object, in { }'],
    [{ dialPlan: { nationalPrefix: '0' } }, 'dialPlan: nationalPrefix needs countryCode beside it'],
    [{ destinations: { allow: '966' } }, 'destinations.allow: write a list, in [ ]'],
    [{ destinations: { deny: ['+966'] } }, 'destinations.deny[0]: write digits without + or 00, such as 966'],
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
      'emergency.numbers[0]: write what people dial, such as "112", or { "dialled": "9911", "number": "911" }',
    ],
    [{ emergency: { numbers: ['9 11'] } }, 'emergency.numbers[0]: write what people dial, such as 112'],
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
  ])('%j is told by path, with the mend', (fields, problem) => {
    expect(problemsOf(fields)).toEqual([problem]);
  });

  test('tells all problems at once', () => {
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

  test('no problem quotes what stands in the record', () => {
    const secret = 'sup3r-s3cret\n';
    expect(
      JSON.stringify(
        problemsOf({ password: secret, outboundAuth: { username: 1, password: secret }, ha1: secret }),
      ),
    ).not.toContain('sup3r');
  });
});

describe('what cannot be read costs no more than it must, and never opens a door', () => {
  test.each<[string, object, object]>([
    [
      'a bad pattern costs that pattern',
      {
        callerId: {
          patterns: [
            { match: '(', callerId: '1' },
            { match: '^9', callerId: '2' },
          ],
        },
      },
      { callerId: { patterns: [{ match: '^9', callerId: '2' }] } },
    ],
    [
      'two bad patterns cost those two',
      {
        callerId: {
          patterns: [
            { match: '(', callerId: '1' },
            { match: '^9', callerId: '2' },
            { match: ')', callerId: '3' },
          ],
        },
      },
      { callerId: { patterns: [{ match: '^9', callerId: '2' }] } },
    ],
    [
      'a bad trunk costs that trunk',
      { trunks: [{ name: 'a', techPrefix: 5 }, { name: 'b' }] },
      { trunks: [{ name: 'b' }] },
    ],
    [
      'a bad trunk moves no other trunk’s prefixes',
      {
        trunks: [
          { name: 'a' },
          { name: 'b', techPrefix: 5 },
          { name: 'c', prefixes: ['+9', '1'] },
          { name: 'd', prefixes: ['2', '3'] },
        ],
      },
      { trunks: [{ name: 'a' }, { name: 'c', prefixes: ['1'] }, { name: 'd', prefixes: ['2', '3'] }] },
    ],
    ['a bad password costs the password', { password: 5, callerId: '1' }, { callerId: { default: '1' } }],
    [
      'a bad default costs the default',
      { callerId: { default: 5, fallback: 'anonymous' } },
      { callerId: { fallback: 'decline' } },
    ],
    [
      'a pool that cannot be read leaves nothing to the device',
      { callerId: { pool: '+1' } },
      { callerId: { fallback: 'decline' } },
    ],
    [
      'privacy that cannot be read is honoured',
      { callerId: { privacy: 'honor' } },
      { callerId: { privacy: 'honour' } },
    ],
    [
      'a time limit that cannot be read ends all calls',
      { limits: { maxCallSeconds: '600' } },
      { limits: { maxConcurrentCalls: 0 } },
    ],
    [
      'a country code that cannot be read denies',
      { dialPlan: { countryCode: 966 } },
      { dialPlan: {}, destinations: { default: 'deny' } },
    ],
    [
      'an international prefix that cannot be read denies',
      { dialPlan: { internationalPrefix: 11 }, destinations: { default: 'allow', deny: ['966'] } },
      { dialPlan: {}, destinations: { default: 'deny', deny: ['966'] } },
    ],
    [
      'a country that cannot be read denies',
      { dialPlan: { country: 'sa' } },
      { dialPlan: {}, destinations: { default: 'deny' } },
    ],
    [
      'rewriting that cannot be read denies',
      { dialPlan: { country: 'SA', rewrite: {} } },
      { dialPlan: { country: 'SA' }, destinations: { default: 'deny' } },
    ],
    [
      'users that cannot be read leave the own one',
      { registration: { users: '100', maxExpires: 60 } },
      { registration: { maxExpires: 60 } },
    ],
    ['enabled that cannot be read is false', { enabled: 'no' }, { enabled: false }],
    ['a caller id that cannot be read declines', { callerId: 5 }, { callerId: { fallback: 'decline' } }],
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
      'destinations that cannot be read are denied',
      { destinations: 'all' },
      { destinations: { default: 'deny' } },
    ],
    [
      'a deny list that cannot be read denies',
      { destinations: { allow: ['966'], deny: '900' } },
      { destinations: { allow: ['966'], default: 'deny' } },
    ],
    [
      'a cap that cannot be read is 0',
      { limits: { maxConcurrentCalls: '10', maxCallSeconds: 60 } },
      { limits: { maxConcurrentCalls: 0, maxCallSeconds: 60 } },
    ],
    ['a tech prefix that cannot be read leaves no trunk', { techPrefix: 444 }, { trunks: [] }],
    [
      'trunk credentials that cannot be read leave no trunk',
      { techPrefix: '4', outboundAuth: { username: 'u' } },
      { techPrefix: '4', trunks: [] },
    ],
    ['a customer that cannot be read leaves no trunk', { customer: 5 }, { trunks: [] }],
  ])('%s', (_what, fields, expected) => {
    expect(parseCustomer({ ...KEY, ...fields }).customer).toEqual({ ...KEY, ...expected });
  });

  test.each([
    [null],
    ['text'],
    [[]],
    [{}],
    [{ realm: 'sip.example.com' }],
    [{ realm: 'a b', username: 'x' }],
    [{ realm: 'a', username: 'x@y' }],
    [{ realm: 'a', username: 'a b' }],
  ])('%j is no customer', (item) => {
    const { customer, problems } = parseCustomer(item);
    expect(customer).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
  });
});
