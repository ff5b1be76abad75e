import { coversRealm, parseWebhookSecrets } from '../../lib/jambonz/webhook-secrets';

describe('the webhook secrets setting', () => {
  test.each<[string, object[]]>([
    ['wh_secret_a', [{ secret: 'wh_secret_a' }]],
    [' wh_secret_a , wh_secret_b,', [{ secret: 'wh_secret_a' }, { secret: 'wh_secret_b' }]],
    [
      '[{"secret":"wh_secret_a","realms":["sip.example.com"]}]',
      [{ secret: 'wh_secret_a', realms: ['sip.example.com'] }],
    ],
  ])('%s', (text, expected) => {
    expect(parseWebhookSecrets(text)).toEqual(expected);
  });

  test.each([
    ['', 'no webhook secret is set'],
    [' , ', 'no webhook secret is set'],
    ['short', 'shorter than 8 characters'],
    ['[{"secret":1}]', 'not a JSON list'],
    ['[oops', 'not a JSON list'],
    ['["wh_secret_a"]', 'not a JSON list'],
    ['[{"secret":"wh_secret_a","realm":["sip.example.com"]}]', 'not a JSON list'],
    ['[{"secret":"wh_secret_a","realms":"sip.example.com"}]', 'not a JSON list'],
    ['{"key":"wh_secret_a"}', 'choose "Plaintext" there'],
    ['{"wh_secret_a":""}', 'choose "Plaintext" there'],
    [' { "WEBHOOK_SECRET": "wh_secret_a",\n"other": "x" }', 'choose "Plaintext" there'],
    ['{"secret":"wh_secret_a","realms":["sip.example.com"]}', 'put it into a list'],
    ['{"secret":"wh_secret_a"},\n{"secret":"wh_secret_b"}', 'put it into a list'],
    ['"wh_secret_a"', 'is in quotes'],
    ["'wh_secret_a'", 'is in quotes'],
    ['“wh_secret_a”', 'is in quotes'],
    ['wh_secret_a,"wh_secret_b"', 'is in quotes'],
    ['wh_secret_a wh_secret_b', 'has white space in it'],
    ['the secret: wh_secret_a', 'has white space in it'],
  ])('"%s" is refused: %s', (text, why) => {
    expect(() => parseWebhookSecrets(text)).toThrow(why);
  });

  test.each(['s3cr3t', '{"key":"s3cr3t"}', '"s3cr3t"', '[{"secret":"s3cr3t","realm":1}]'])(
    'a refusal of %s does not quote the secret',
    (text) => {
      expect(() => parseWebhookSecrets(text)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('s3cr3t') }),
      );
    },
  );

  test('a secret bound to realms speaks for them only, in any letters', () => {
    const bound = [{ secret: 'wh_secret_a', realms: ['Sip.Example.com'] }];
    expect(coversRealm(bound, 'SIP.example.com')).toBe(true);
    expect(coversRealm(bound, 'other.example.com')).toBe(false);
    expect(coversRealm([{ secret: 'wh_secret_a' }], 'other.example.com')).toBe(true);
    expect(coversRealm([], 'sip.example.com')).toBe(false);
  });
});
