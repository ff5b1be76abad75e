import { signatureHeader, verifySignature } from '../../lib/jambonz/signature';
import { capture } from '../captures';

/** Published by jambonz's own code: secret `wh_secret_test`, t=1700000000, body `{"a":1}`. */
const V1 = 'c39302513c67c598eeb4e865d5bda6c90e85743ecbd7b20ffa331f616eab17fe';
const HEADER = `t=1700000000,v1=${V1}`;
const BODY = Buffer.from('{"a":1}');
const SECRETS = [{ secret: 'wh_secret_test' }];
const AT = 1_700_000_000_000;

function verdict(header: string | undefined, { body = BODY, secrets = SECRETS, now = AT } = {}) {
  return verifySignature(header, body, secrets, now).verdict;
}

describe('the Jambonz-Signature', () => {
  test('is made as jambonz makes it', () => {
    expect(signatureHeader(BODY, 'wh_secret_test', 1700000000)).toBe(HEADER);
  });

  test.each([
    'call-status-1',
    'call-status-7',
    'callhook-post-percent23-dest',
    'callhook-post-sipp',
    'callhook-post-spoofed-x-authenticated-user',
    'invite-auth-post-sipp',
    'register-post-baresip-udp',
    'register-post-linphone',
    'register-post-sipp',
  ])('of the captured %s is right', (name) => {
    const { request, secret, at } = capture(name);
    const { verdict, by } = verifySignature(request.signature, request.body, [{ secret }], at);
    expect({ verdict, by: by.length }).toEqual({ verdict: 'right', by: 1 });
  });

  test.each<[string, string | undefined, string]>([
    ['no header', undefined, 'missing-signature'],
    ['an empty header', '', 'missing-signature'],
    ['no time', `v1=${V1}`, 'wrong-signature'],
    ['no signature', 't=1700000000', 'wrong-signature'],
    ['a time that is no whole number', `t=1700000000.0,v1=${V1}`, 'wrong-signature'],
    ['a time that is no number', `t=NaN,v1=${V1}`, 'wrong-signature'],
    ['two times', `t=1700000000,t=1700000001,v1=${V1}`, 'wrong-signature'],
    ['another time', `t=1700000001,v1=${V1}`, 'wrong-signature'],
    ['a signature cut short', `t=1700000000,v1=${V1.slice(0, 63)}`, 'wrong-signature'],
    [
      'what jambonz signs on GET',
      't=1700000000,v1=494329d0f1ef9b84b365e7a015567b313ae355a524b6ea4d5c76c63a887f17b7',
      'wrong-signature',
    ],
    ['a wrong signature beside the right one', `t=1700000000,v1=00,v1=${V1}`, 'right'],
    ['spaces between the parts', `t=1700000000, v1=${V1}`, 'right'],
  ])('with %s: %s', (_what, header, expected) => {
    expect(verdict(header)).toBe(expected);
  });

  test.each([
    ['300 s old', 300, 'right'],
    ['301 s old', 301, 'signature-too-old'],
    ['300 s ahead', -300, 'right'],
    ['301 s ahead', -301, 'signature-from-future'],
  ])('that is %s is %s', (_what, seconds, expected) => {
    expect(verdict(HEADER, { now: AT + seconds * 1000 })).toBe(expected);
  });

  test('covers every byte of the body', () => {
    expect(verdict(HEADER, { body: Buffer.from('{"a": 1}') })).toBe('wrong-signature');
  });

  test('is right under any secret of the list, and says which', () => {
    const secrets = [{ secret: 'another_secret' }, { secret: 'wh_secret_test' }];
    expect(verifySignature(HEADER, BODY, secrets, AT).by).toEqual([{ secret: 'wh_secret_test' }]);
    expect(verdict(HEADER, { secrets: [{ secret: 'another_secret' }] })).toBe('wrong-signature');
    expect(verdict(HEADER, { secrets: [] })).toBe('wrong-signature');
  });
});
