import fc from 'fast-check';
import { reportOf } from '../../lib/hooks/telemetry';
import { cleanNumber } from '../../lib/registrar/calls/clean-number';
import { applyFacts, planCall } from '../../lib/registrar/calls/plan';
import { parseCustomer } from '../../lib/registrar/record/customer';

/** How the line of a call writes what was dialled, and as whom. */
function written(dialled: string, from = 'alice') {
  const line = reportOf({
    hook: 'call-hook',
    call: {
      id: 'leg-1',
      origin: { kind: 'refused', because: 'no-caller', claimed: undefined },
      dialled,
      presented: { from, identity: undefined, private: false },
      deviceCallId: 'd',
    },
    plan: {
      kind: 'refuse',
      caller: undefined,
      status: 403,
      because: 'no-caller',
      destination: undefined,
      permission: undefined,
    },
    grant: 'not-asked',
    illegal: [],
  }).line;
  return { dialled: String(line.dialled), from: String(line.from) };
}

describe('what a device said, in the line of its call', () => {
  test.each([
    ['digits', '00966501234567', '00966501234567'],
    ['escapes', '%2B966501234567', '%2B966501234567'],
    ['invisible marks', '\u202a+966\u202c', '%E2%80%AA+966%E2%80%AC'],
    ['a line break', '966\r\nX-Evil: 1', '966%0D%0AX-Evil: 1'],
    ['a malformed escape stays one', '966%2\u202a', '966%252%E2%80%AA'],
    ['parameters are escaped for themselves', '%39;x=%zz', '%39;x=%25zz'],
    ['half a character', '\ud83d', '%EF%BF%BD'],
    ['what JSON would escape', '9"6\\', '9%226%5C'],
    ['a text for which there is no room is cut', '9'.repeat(300), `${'9'.repeat(146)}…`],
  ])('%s', (_what, dialled, expected) => {
    expect(written(dialled).dialled).toBe(expected);
  });

  test('is printable ASCII that the rules read as the text itself', () => {
    const unit = fc.constantFrom('9', '6', '%', '2', 'B', '+', ';', '\u202a', '\u00a0', 'é', '"', '\\', '\n');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 6 }), (text) => {
        const { dialled, from } = written(text, text);
        expect(dialled).toMatch(/^[ !#-[\]-~]*$/);
        expect(cleanNumber(dialled)).toBe(cleanNumber(text));
        expect(cleanNumber(from)).toBe(cleanNumber(text));
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['AcmeInc@register.telecomsxchange.com', '00966501234567', '00966501234567'],
    ['branch-17@register.telecomsxchange.com', '%2B'.repeat(60), `${'%2B'.repeat(5)}%2…`],
  ])('the line of a call of %s is at most 320 bytes, whatever was dialled', (aor, dialled, expected) => {
    const account = { realm: 'register.telecomsxchange.com', username: aor.slice(0, aor.indexOf('@')) };
    const record = {
      ...account,
      callerId: { patterns: [{ match: '^966', callerId: '+18009992222' }] },
      trunks: [{ name: 'second-carrier', host: 'b.example' }],
      limits: { maxMinutesPerDay: 600 },
    };
    const call = {
      id: 'leg-1',
      origin: { kind: 'account' as const, aor: account },
      dialled: '00966501234567',
      presented: { from: account.username, identity: undefined, private: false },
      deviceCallId: 'd',
    };
    const { customer } = parseCustomer(record);
    const plan = planCall(call, { account: customer, named: undefined }, SETTINGS);
    const lease = {
      result: 'acquired',
      until: 1,
      reserved: { seconds: 14400, budgets: ['*'] },
      would: [],
      low: [],
    } as const;
    const settled = applyFacts(plan, { grant: 'granted', lease }, SETTINGS);
    const line = reportOf({
      hook: 'call-hook',
      call: { ...call, dialled },
      plan: settled,
      grant: 'granted',
      illegal: [],
    }).line;
    expect(line).toMatchObject({
      answer: 'dial',
      reserved: 14400,
      dialled: expected,
      from: account.username,
    });
    const whole = { ...line, ms: 1234, requestId: 'JKJaXmPL' };
    expect(Buffer.byteLength(JSON.stringify(whole))).toBeLessThanOrEqual(320);
  });
});

const SETTINGS = {
  outboundSipHost: 'sip.carrier.example',
  callGrant: 'enforce',
  emergencyForDisabled: true,
} as const;
