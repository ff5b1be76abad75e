import { dialledInTo, dialledInUri } from '../../../lib/registrar/auth/to-header';

describe('the dialled user in a To header', () => {
  test.each<[string, string | undefined]>([
    ['<sip:0501234567@sip.example.com>', '0501234567'],
    ['sip:0501234567@sip.example.com;tag=1', '0501234567'],
    ['"Front desk" <sip:0501234567@sip.example.com>;tag=1', '0501234567'],
    ['"<sip:911@evil.example>" <sip:0501234567@sip.example.com>', '0501234567'],
    ['Böb <sip:1@h.example>', '1'],
    ['<SIP:1@h.example>', '1'],
    ['<sip:123@localhost;user=phone>', '123'],
    ['<sip:1@h.example?Subject=x>', '1'],
    ['<sip:%23966@h.example>', '#966'],
    ['<tel:+966501234567>', '+966501234567'],
    ['tel:+966501234567;phone-context=x', '+966501234567'],
    ['<sip:1@h.example>, <sip:2@h.example>', undefined],
    ['sip:1@h.example, sip:2@h.example', undefined],
    ['<sip:h.example>', undefined],
    ['', undefined],
    [`<sip:${'1'.repeat(3000)}@h.example>`, undefined],
  ])('%s: %s', (to, dialled) => {
    expect(dialledInTo(to)).toBe(dialled);
  });
});

test.each<[string, string | undefined]>([
  ['sip:0501234567@sip.example.com', '0501234567'],
  ['sip:0501234567;phone-context=x@sip.example.com', '0501234567'],
  ['sip:sip.example.com', undefined],
  ['sip:10.0.0.1:5060', undefined],
])('the number in the digest uri %s: %s', (uri, dialled) => {
  expect(dialledInUri(uri)).toBe(dialled);
});
