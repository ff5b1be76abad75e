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

  test('may be CSV: dots lead into a field, texts stay texts, everything else is JSON, empty cells are no fields', () => {
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

describe('a broken file of customers', () => {
  test('every problem is told at once, with its line, its path and how to fix it', () => {
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
    ['{"a.example":\n {"alice": {"password" "s3cret"}}}', ['line 2: is not JSON: colon expected']],
    ['{"a.example": {"alice": {"password": "s3cret"', ['line 1: is not JSON: close brace expected']],
    ['{"a.example": {"alice": {},}}', ['line 1: is not JSON: property name expected']],
  ])('JSON that is none is told without what stands there: %j', (text, problems) => {
    expect(problemsOf(text)).toEqual(expect.arrayContaining(problems));
    expect(problemsOf(text).join()).not.toContain('s3cret');
  });

  test('an account that stands twice is not guessed at', () => {
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
      'realm,username\na.example,a"l',
      'line 2: has a quote inside a cell; put the cell in quotes and write the quote twice, as ""',
    ],
    [
      'realm,username,pasword\na.example,al,x',
      'line 2: a.example / al: pasword is not a field of a customer record: did you mean password?',
    ],
    [
      'realm,username,enabled\na.example,al,yes',
      'line 2: a.example / al: enabled write JSON: a number, true, false, or a list such as ["966","971"]',
    ],
    [
      'realm,username,trunks\na.example,al,main',
      'line 2: a.example / al: trunks write JSON: a number, true, false, or a list such as ["966","971"]',
    ],
    ['name\nal', 'line 1: must be JSON, or CSV with realm and username in its header'],
  ])('CSV is told by line too: %j', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  test('a file without anything in it is no file of customers', () => {
    expect(problemsOf('')).toEqual(['line 1: must be JSON, or CSV with realm and username in its header']);
  });
});
