import type { Call, CallSettings } from '../../../lib/registrar/calls/call';
import { type CallPlan, planCall } from '../../../lib/registrar/calls/plan';
import { parseCustomer } from '../../../lib/registrar/record/customer';
import { DIALLED_ROWS, type DialledRow } from './dialled-rows';

const SETTINGS: CallSettings = {
  outboundSipHost: 'sip.carrier.example',
  callGrant: 'observe',
  emergencyForDisabled: true,
};

function planOf({ country, dialled, rewrite, destinations }: DialledRow): CallPlan {
  const call: Call = {
    id: 'leg-1',
    origin: { kind: 'account', aor: { username: 'phone', realm: 'sip.example.com' } },
    dialled,
    presented: { from: 'phone', identity: undefined, private: false },
    deviceCallId: 'device-1',
  };
  const dialPlan = { ...(country !== 'none' && { country }), ...(rewrite && { rewrite }) };
  const { customer, problems } = parseCustomer({
    realm: 'sip.example.com',
    username: 'phone',
    callerId: '+18005550100',
    trunks: [{ name: 'main', host: 'a.example', numberFormat: '+e164' }],
    dialPlan,
    ...(destinations && { destinations }),
  });
  expect(problems).toEqual([]);
  return planCall(call, { account: customer, named: undefined }, SETTINGS);
}

describe('what people dial, and what it means', () => {
  test.each(DIALLED_ROWS)('$country: $dialled is $number ($outcome)', (row) => {
    const plan = planOf(row);
    const outcome = plan.kind === 'dial' ? plan.attempts[0].number : plan.because;
    const wanted =
      { dial: `+${row.number}`, kept: row.number }[row.outcome as 'dial' | 'kept'] ?? row.outcome;
    expect({ number: plan.destination?.number ?? '', outcome }).toEqual({
      number: row.number,
      outcome: wanted,
    });
  });

  test('the table has at least 120 rows over 25 countries', () => {
    expect(DIALLED_ROWS.length).toBeGreaterThanOrEqual(120);
    expect(new Set(DIALLED_ROWS.map(({ country }) => country)).size).toBeGreaterThan(25);
  });
});
