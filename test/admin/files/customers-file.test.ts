import { readCustomersFile } from '../../../lib/admin/files/customers-file';
import { describeFileProblem } from '../../../lib/admin/files/file-problems';

const problemsOf = (text: string) => readCustomersFile(text).problems.map(describeFileProblem);
const itemsOf = (text: string) => {
  const { records, problems } = readCustomersFile(text);
  expect(problems).toEqual([]);
  return records.map(({ item }) => item);
};

describe('a file of customers', () => {
  test('may be JSON nested by realm and username', () => {
    expect(itemsOf('{"SIP.example.com":{"alice":{"password":"a","callerId":"+1800"}}}')).toEqual([
      { realm: 'sip.example.com', username: 'alice', password: 'a', callerId: '+1800' },
    ]);
  });

  test('may be a JSON list of records with their keys', () => {
    expect(
      itemsOf('[{"realm":"a.example","username":"bob","ha1":"c2259bf057179dae2de80a2dfa26dac2"}]'),
    ).toEqual([{ realm: 'a.example', username: 'bob', ha1: 'c2259bf057179dae2de80a2dfa26dac2' }]);
  });

  test('may be CSV: dots lead into a field, texts stay texts, everything else is JSON, empty cells mean no field', () => {
    const csv = [
      '\uFEFFrealm,username,password,description,enabled,registration.maxExpires,techPrefix,callerId,destinations.deny,trunks',
      'a.example,محمد,"pa,ss""#1","+""quoted"" #1, Straße",true,600,0444#,+18009992222,"[""900"",""1900""]","[{""name"":""main"",""port"":5061}]"',
      'a.example,bob,123456,,,,,"{""default"":""+1800""}",,',
    ].join('\r\n');
    expect(itemsOf(csv)).toEqual([
      {
        realm: 'a.example',
        username: 'محمد',
        password: 'pa,ss"#1',
        description: '+"quoted" #1, Straße',
        enabled: true,
        registration: { maxExpires: 600 },
        techPrefix: '0444#',
        callerId: '+18009992222',
        destinations: { deny: ['900', '1900'] },
        trunks: [{ name: 'main', port: 5061 }],
      },
      { realm: 'a.example', username: 'bob', password: '123456', callerId: { default: '+1800' } },
    ]);
  });

  test('may be CSV with semicolons, as some spreadsheets write it', () => {
    expect(itemsOf('realm;username;password\na.example;alice;a,b')).toEqual([
      { realm: 'a.example', username: 'alice', password: 'a,b' },
    ]);
  });
});

describe('a file of customers as programs write it', () => {
  const ALICE = { realm: 'a.example', username: 'alice' };

  test.each([
    ['tabs', 'realm\tusername\ttechPrefix\na.example\talice\t1#'],
    ['a line that says the separator', 'sep=;\r\nrealm;username;techPrefix\r\na.example;alice;1#'],
    ['rows of nothing but commas', 'realm,username,techPrefix\n,,\na.example,alice,1#\n,,\n'],
    ['a column without a name and without cells', 'realm,username,techPrefix,\na.example,alice,1#,'],
    [
      'NULL for no value',
      'realm,username,techPrefix,password,ha1,customer\na.example,alice,1#,NULL,\\N,null',
    ],
    [
      'JSON lines',
      '{"realm":"a.example","username":"alice","techPrefix":"1#"}\n{"realm":"a.example","username":"bob"}\n',
    ],
    ['one record', '{"realm":"a.example","username":"alice","techPrefix":"1#"}'],
    [
      'aws dynamodb scan',
      '{"Items":[{"realm":{"S":"a.example"},"username":{"S":"alice"},"techPrefix":{"S":"1#"}}],"Count":1,"ScannedCount":1,"ConsumedCapacity":null}',
    ],
    [
      'aws dynamodb get-item',
      '{"Item":{"realm":{"S":"a.example"},"username":{"S":"alice"},"techPrefix":{"S":"1#"}}}',
    ],
    [
      'an export of DynamoDB to S3',
      '{"Item":{"realm":{"S":"a.example"},"username":{"S":"alice"},"techPrefix":{"S":"1#"}}}\n{"Item":{"realm":{"S":"a.example"},"username":{"S":"bob"}}}\n',
    ],
    ['the console', '{"realm":{"S":"a.example"},"username":{"S":"alice"},"techPrefix":{"S":"1#"}}'],
    [
      'aws dynamodb batch-write-item',
      '{"Customers":[{"PutRequest":{"Item":{"realm":{"S":"a.example"},"username":{"S":"alice"},"techPrefix":{"S":"1#"}}}}]}',
    ],
  ])('is read: %s', (_, text) => {
    expect(itemsOf(text)[0]).toEqual({ ...ALICE, techPrefix: '1#' });
  });

  test('all types of DynamoDB are read, and problems have their lines', () => {
    const item = {
      realm: { S: 'a.example' },
      username: { S: 'alice' },
      enabled: { BOOL: true },
      limits: { M: { callsPerMinute: { N: '30' } } },
      destinations: { M: { deny: { L: [{ S: '900' }] }, allow: { SS: ['44', '49'] } } },
    };
    expect(itemsOf(JSON.stringify(item))).toEqual([
      {
        ...ALICE,
        enabled: true,
        limits: { callsPerMinute: 30 },
        destinations: { deny: ['900'], allow: ['44', '49'] },
      },
    ]);
    const broken =
      '{"Items":[\n{"realm":{"S":"a.example"},"username":{"S":"alice"},\n"limits":{"M":{\n"callsPerMinute":{"S":"30"}}}}]}';
    expect(problemsOf(broken)).toEqual([
      'line 4: [0]: limits.callsPerMinute write it as a number, without quotes',
    ]);
  });

  test.each([
    ['TRUE', true],
    ['FALSE', false],
    ['true', true],
  ])('a spreadsheet writes %s for a boolean', (text, enabled) => {
    expect(itemsOf(`realm,username,enabled\na.example,alice,${text}`)).toEqual([{ ...ALICE, enabled }]);
  });

  test.each([
    ['techPrefix', '9.66E+11', 'is a number that a spreadsheet shortened'],
    ['callerId', '9.66E+11', 'is a number that a spreadsheet shortened'],
    ['password', '1,23E+07', 'is a number that a spreadsheet shortened'],
    ['username', '1E+09', 'is a number that a spreadsheet shortened'],
    ['password', '#NAME?', 'is the error of a spreadsheet formula'],
    ['callerId', '"=""0598888833"""', 'is a spreadsheet formula'],
  ])('refuses what a spreadsheet made of %s: %s', (column, cell, fix) => {
    const text =
      column === 'username'
        ? `realm;username\na.example;${cell}`
        : `realm;username;${column}\na.example;alice;${cell}`;
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^line 2: .*: ${column} ${fix}`));
  });

  test('warns about cells that lost a leading zero, without their value', () => {
    const warningsOf = (column: string, ...cells: string[]) =>
      readCustomersFile(
        `realm,username,${column}\n${cells.map((cell, at) => `a.example,user-${at},${cell}`).join('\n')}`,
      ).warnings.map(describeFileProblem);
    expect(warningsOf('password', '123456', '456123', '12345', '654321')).toEqual([
      'line 4: password has 5 digits where most have 6: did a spreadsheet drop a leading zero?',
    ]);
    expect(warningsOf('callerId', '0598888833', '598888834', '0598888835')).toEqual([
      'line 3: callerId has 9 digits where most have 10: did a spreadsheet drop a leading zero?',
    ]);
    expect(warningsOf('password', '123456', '012345', '654321')).toEqual([]);
    expect(warningsOf('description', '123456', '456123', '12345', '654321')).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['username', '5-Jan', 'username looks like a date: did a spreadsheet make it of something else?'],
    ['password', '2026-01-05', 'password looks like a date: did a spreadsheet make it of something else?'],
    [
      'password',
      '“s3cret”',
      'a.example / al: password holds a curly quote, such as word processors write: is it part of the password?',
    ],
    [
      'password',
      's3cret ',
      'a.example / al: password begins or ends with a space: is it part of the password?',
    ],
    [
      'password',
      's3\u00A0cret',
      'a.example / al: password holds a non-breaking or an invisible space: is it part of the password?',
    ],
  ])('warns of what a program made of %s: %j', (column, cell, warning) => {
    const text =
      column === 'username'
        ? `realm,username\na.example,${cell}`
        : `realm,username,${column}\na.example,al,${cell}`;
    const { problems, warnings } = readCustomersFile(text);
    expect(problems).toEqual([]);
    expect(warnings.map(describeFileProblem)).toEqual([`line 2: ${warning}`]);
  });

  test.each(['"NULL"', '"\\N"', '"null"', '[NULL]', '(null)', '"None"', 'N/A'])(
    'a password %s is none',
    (cell) => {
      expect(problemsOf(`realm,username,password\na.example,alice,${cell}`)).toEqual([
        'line 2: a.example / alice: password says that there is no value; write the credential, or leave it out',
      ]);
    },
  );

  test('nor is one in JSON', () => {
    expect(problemsOf('{"a.example":{\n"alice":{"credentials":[{"password":"null"}]}}}')).toEqual([
      'line 2: a.example / alice: credentials[0].password says that there is no value; write the credential, or leave it out',
    ]);
  });

  test.each([
    ['realm,username,username\na.example,al,al', 'line 1: column username is there twice; keep one'],
    [
      'realm,username,outboundAuth,outboundAuth.username\na.example,al,"{""username"":""x"",""password"":""y""}",z',
      'line 2: a.example / al: outboundAuth.username is given by another column too; keep one of them',
    ],
    [
      '{"a.example":{"al":{"password":"x",\n"password":"y"}}}',
      'line 2: "password" is used twice in the same object; keep one',
    ],
    [
      '{"customers":{"sensitive":true,"type":"string","value":{}}}',
      'line 1: is the output of "terraform output -json": write one output with "terraform output -json NAME"',
    ],
  ])('refuses what could mean two things: %j', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test('one row of a wrong length does not hide the problems of the others', () => {
    expect(
      problemsOf(
        'realm,username,enabled\na.example,al\na.example,bob,yes\na.example,c"d,true\na.example,eve,1,2',
      ),
    ).toEqual([
      'line 2: has 2 cells where the header has 3; put cells that hold a separator in quotes',
      expect.stringMatching(/^line 3: a.example \/ bob: enabled write true or false$/),
      'line 4: has a quote inside a cell; put the cell in quotes and write the quote twice, as ""',
      'line 5: has 4 cells where the header has 3; put cells that hold a separator in quotes',
    ]);
  });

  test.each([
    ['calerId', 'callerId'],
    ['pasword', 'password'],
    ['outbound_auth', 'outboundAuth'],
    ['countryCode', 'dialPlan.countryCode'],
    ['callerId.fallbak', 'fallback'],
    ['desc', 'description'],
    ['outboundAuth.user', 'username'],
    ['enabeld', 'enabled'],
  ])('a misspelt field names the nearest one: %s', (field, meant) => {
    expect(problemsOf(`realm,username,${field}\na.example,al,x`)).toContain(
      `line 2: a.example / al: ${field} is not a field of a customer record: did you mean ${meant}?`,
    );
  });
});

describe('a broken file of customers', () => {
  test('all problems are reported at once, with line, path and fix', () => {
    const text = `{
  "a.example": {
    "alice": { "pasword": "x", "techPrefix": 444 },
    "bob": {
      "callerId": {
        "patterns": [
          { "match": "^966", "callerId": "0598888833" },
          { "match": "(?=1)", "callerId": "045677777" }
        ]
      }
    },
    "b@d": {},
    "carol": "secret"
  },
  "b.example": []
}`;
    expect(problemsOf(text)).toEqual([
      'line 3: a.example / alice: techPrefix write it as text, in quotes',
      'line 3: a.example / alice: pasword is not a field of a customer record: did you mean password?',
      'line 8: a.example / bob: callerId.patterns[1].match look-around is not supported; use an anchored prefix such as ^971',
      'line 12: a.example / b@d: username may not hold white space, control characters or any of " , : @',
      'line 13: a.example / carol must hold an object: { "password": "…", … }',
      'line 15: b.example must hold an object: { "username": { … } }',
    ]);
  });

  test.each([
    ['{"a.example":\n {"alice": {"password" "s3cret"}}}', ['line 2, column 24: is not JSON: colon expected']],
    [
      '{"a.example": {"alice": {"password": "s3cret"',
      ['line 1, column 46: is not JSON: close brace expected'],
    ],
    ['{"a.example": {"alice": {},}}', ['line 1, column 28: is not JSON: property name expected']],
    ['{“a.example”: {}}', ['line 1, column 2: is not JSON: curly quotes; write "']],
  ])('invalid JSON is reported without its text: %j', (text, problems) => {
    expect(problemsOf(text)).toEqual(expect.arrayContaining(problems));
    expect(new Set(problemsOf(text)).size).toBe(problemsOf(text).length);
    expect(problemsOf(text).join()).not.toContain('s3cret');
  });

  test('an account that is there twice is a problem', () => {
    expect(problemsOf('{"a.example":{"al":{"password":"x"}},\n"A.example":{"al":{"password":"y"}}}')).toEqual(
      ['line 2: A.example / al is al@a.example once more, after line 1; keep one'],
    );
    expect(problemsOf('{"a.example":{"al":{"password":"x"},\n"al":{"password":"y"}}}')).toEqual([
      'line 2: "al" is used twice in the same object; keep one',
    ]);
    expect(problemsOf('realm,username\na.example,al\na.example,al')).toEqual([
      'line 3: a.example / al is al@a.example once more, after line 2; keep one',
    ]);
  });

  test.each([
    [
      'realm,username\na.example,al,x',
      'line 2: has 3 cells where the header has 2; put cells that hold a separator in quotes',
    ],
    ['realm,username\na.example,"al', 'line 2: has a quote that is not closed'],
    [
      'realm,username\na.example,al\na.example,"bob\na.example,eve\na.example,carol\n',
      'line 3: has a quote that is not closed',
    ],
    [
      'realm,username\na.example,a"l',
      'line 2: has a quote inside a cell; put the cell in quotes and write the quote twice, as ""',
    ],
    [
      'realm,username,pasword\na.example,al,x',
      'line 2: a.example / al: pasword is not a field of a customer record: did you mean password?',
    ],
    ['realm,username,enabled\na.example,al,yes', 'line 2: a.example / al: enabled write true or false'],
    [
      'realm,username,trunks\na.example,al,main',
      'line 2: a.example / al: trunks write a JSON list, such as ["966","971"]',
    ],
    [
      'realm,username,limits.callsPerMinute\na.example,al,"1,000"',
      'line 2: a.example / al: limits.callsPerMinute write a number, in digits alone',
    ],
    ['name\nal', 'line 1: must be JSON, or CSV with realm and username in its header'],
    ['<a b="c">\n{"x"', 'line 1: must be JSON, or CSV with realm and username in its header'],
    ['Realm,USERNAME\na.example,al', 'line 1: write the header in lower case: realm, username'],
    [
      '\n  \nrealm,username\na.example',
      'line 4: has 1 cell where the header has 2; put cells that hold a separator in quotes',
    ],
    [
      'realm,username,password\na.example,al,"{""S"":""s3cret""}"',
      'line 2: a.example / al: password is DynamoDB JSON in a cell; write the value alone, or import the items as JSON',
    ],
    [
      '{"realm":{"S":"a.example"},"usrname":{"S":"al"}}',
      'line 1: [0]: usrname is not a field of a customer record: did you mean username?',
    ],
  ])('problems of CSV have their lines too: %j', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  test('a file without anything in it is no file of customers', () => {
    expect(problemsOf('')).toEqual(['line 1: is empty']);
  });
});

test('a column that is called __proto__ is reported, as any other that is not a field', () => {
  const { problems } = readCustomersFile('realm,username,__proto__\na.example,al,x\n');
  expect(problems.map(describeFileProblem)).toEqual([
    'line 2: a.example / al: __proto__ is not a field of a customer record',
  ]);
});
