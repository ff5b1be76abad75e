import { parseWebhookSecrets, speaksFor } from '../../lib/jambonz/webhook-secrets';

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
    ['[{"secret":1}]', 'no JSON list'],
    ['[oops', 'no JSON list'],
  ])('"%s" is refused: %s', (text, why) => {
    expect(() => parseWebhookSecrets(text)).toThrow(why);
  });

  test('a refusal does not quote the secret', () => {
    expect(() => parseWebhookSecrets('s3cr3t')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('s3cr3t') }),
    );
  });

  test('a secret bound to realms speaks for them only, in any letters', () => {
    const bound = [{ secret: 'wh_secret_a', realms: ['Sip.Example.com'] }];
    expect(speaksFor(bound, 'SIP.example.com')).toBe(true);
    expect(speaksFor(bound, 'other.example.com')).toBe(false);
    expect(speaksFor([{ secret: 'wh_secret_a' }], 'other.example.com')).toBe(true);
    expect(speaksFor([], 'sip.example.com')).toBe(false);
  });
});
