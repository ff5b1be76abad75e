import { enableCustomer } from '../../../lib/admin/commands/customers-enable';
import { exportCustomers } from '../../../lib/admin/commands/customers-export';
import { importCustomers } from '../../../lib/admin/commands/customers-import';
import { listCustomers, listNumbers } from '../../../lib/admin/commands/customers-list';
import { putCustomer } from '../../../lib/admin/commands/customers-put';
import { removeCustomer } from '../../../lib/admin/commands/customers-remove';
import { showCustomer } from '../../../lib/admin/commands/customers-show';
import { explainNumber } from '../../../lib/admin/commands/explain-call';
import { lintTable } from '../../../lib/admin/commands/lint';
import { recordsInTable } from '../../../lib/admin/records/known-records';
import type { Shell } from '../../../lib/admin/shell';
import { type Desk, openDesk } from '../desk';

const HA1 = 'c2259bf057179dae2de80a2dfa26dac2';
const ACME = {
  realm: 'a.example',
  username: 'acme',
  ha1: HA1,
  callerId: '+18005550100',
  techPrefix: '77#',
  limits: { maxConcurrentCalls: 2 },
};
const ANN = { realm: 'a.example', username: 'ann', customer: 'acme', ha1: HA1 };
const BOB = { realm: 'a.example', username: 'bob', customer: 'acme', ha1: HA1 };
const number = (username: string, fields: object) => ({ realm: 'numbers', username, ...fields });
const SALES = number('966112223300', {
  ring: ['ann@a.example', ['ann@a.example', 'bob@a.example']],
  passNumber: true,
  then: { dial: '966501234567', as: 'ann@a.example' },
  version: 1,
});

let desk: Desk;
const at = async (terminal: Partial<Shell>, ...items: object[]) => {
  desk = await openDesk(terminal);
  await desk.put(...items);
};
afterEach(() => desk.stop());

const typed = (value: object) => ({ readAll: async () => Buffer.from(JSON.stringify(value)) });

describe('a number', () => {
  test('is put, shown, listed and removed by its digits, with or without +', async () => {
    await at(typed({ ring: ['ann@a.example'] }), ACME, ANN);
    const { shell, deployment } = desk;
    expect(await putCustomer(shell, deployment, '+966112223300', { file: '-' })).toMatchObject({ code: 0 });
    expect(desk.printed()).toContain('+ 966112223300@numbers');
    expect(await showCustomer(shell, deployment, '966112223300@numbers')).toMatchObject({
      json: { record: { realm: 'numbers', username: '966112223300', ring: ['ann@a.example'] }, problems: [] },
    });
    desk.printed();
    expect((await listNumbers(shell, deployment, {})).json).toEqual([
      { number: '966112223300', enabled: true, rings: ['ann@a.example'], fallback: '-' },
    ]);
    expect(desk.printed()).toBe(
      ['NUMBER        ENABLED  RINGS          THEN', '966112223300  yes      ann@a.example  -'].join('\n'),
    );
    await enableCustomer(shell, deployment, '966112223300', false, {});
    expect(desk.printed()).not.toContain('registered');
    expect(await removeCustomer(shell, deployment, '966112223300', { yes: true })).toMatchObject({ code: 0 });
    expect((await listNumbers(shell, deployment, {})).json).toEqual([]);
  });

  test('is not an account, so that the list of accounts does not have it', async () => {
    await at({}, ACME, SALES);
    expect(await listCustomers(desk.shell, desk.deployment, {})).toMatchObject({
      json: [{ aor: 'acme@a.example' }],
    });
  });

  test('with a misspelt field is not written, and the field is named', async () => {
    await at(typed({ ring: ['ann@a.example'], ringSecond: 5 }), ACME, ANN);
    expect(await putCustomer(desk.shell, desk.deployment, '966112223300', { file: '-' })).toMatchObject({
      code: 1,
    });
    expect(desk.printed()).toContain('ringSecond is not a field of a number: did you mean ringSeconds?');
  });

  test('is named when an account that it rings is removed', async () => {
    await at({}, ACME, ANN, BOB, SALES);
    await removeCustomer(desk.shell, desk.deployment, 'bob@a.example', { dryRun: true });
    expect(desk.printed()).toContain('These numbers name it: 966112223300');
  });

  test.each(['json', 'csv'] as const)('is exported and imported as %s without a change', async (format) => {
    await at({}, ACME, ANN, BOB, SALES);
    await exportCustomers(desk.shell, desk.deployment, undefined, { format });
    const text = desk.printed();
    const shell = { ...desk.shell, readAll: async () => Buffer.from(text) };
    expect(await importCustomers(shell, desk.deployment, '-', {})).toMatchObject({
      code: 0,
      json: { added: [], changed: [], unchanged: 4 },
    });
  });
});

describe('explain call of a number', () => {
  const explained = async (called: string, from?: string) => {
    const known = recordsInTable(desk.deployment);
    const { code } = await explainNumber(desk.shell, known, called, { ...(from !== undefined && { from }) });
    return { code, text: desk.printed() };
  };

  test('says which phones ring, and what follows when nobody answers', async () => {
    await at({}, ACME, ANN, BOB, SALES);
    expect(await explained('+966112223300', '+12025550123')).toEqual({
      code: 0,
      text: [
        'call from outside to +966112223300, by the records of table Customers at ENDPOINT',
        '  called           966112223300   (number)',
        '  caller id        +12025550123   (caller)',
        '  step 1           ann@a.example, rings 20 s',
        '  step 2           ann@a.example,bob@a.example, rings 20 s',
        "  Request-URI      966112223300 instead of the phone's own name   (passNumber)",
        '  nobody answers   on to 966501234567, as a call of ann@a.example   (then)',
        '  then number      966501234567   (as-dialled)',
        '  then permission  allowed   (default)',
        '  then caller id   +18005550100   (default)',
        '  then trunk 1     default: sip:77#966501234567@sip.carrier.example as +18005550100   (all-numbers)',
        '  then caps        2 calls at a time, counted for acme@a.example, ends after 14400 s',
      ].join('\n'),
    });
  });

  test('says so when it has no record, or rings a phone without one', async () => {
    await at({}, ACME, number('442079460001', { ring: ['nobody@a.example'] }));
    expect((await explained('+966112223300')).text).toContain('unknown-number, the phone sees SIP 404');
    expect((await explained('442079460001')).text).toContain('of nobody@a.example: nobody can register it');
  });

  test('needs an account where a name stands', async () => {
    await at({});
    await expect(explained('acme@a.example')).rejects.toThrow('which needs a number behind it');
  });
});

describe('lint warns of', () => {
  const warned = async (...items: object[]) => {
    await at({}, ACME, ANN, BOB, ...items);
    const { json } = await lintTable(desk.shell, desk.deployment, {});
    return (json as { warnings: { username: string; path: string; what: string }[] }).warnings.map(
      ({ username, path, what }) => `${username}: ${path} ${what}`,
    );
  };

  test('nothing in a number that is as it should be', async () => {
    expect(await warned(SALES)).toEqual([]);
  });

  test.each<[string, object[], string[]]>([
    [
      'a phone without a record',
      [number('1', { ring: [['ann@a.example', 'eve@a.example']] })],
      ['1: ring[0][1] eve@a.example has no record'],
    ],
    [
      'but not of a user that an account may register',
      [{ ...ANN, registration: { users: ['101'] } }, number('1', { ring: ['101@a.example'] })],
      [],
    ],
    [
      'a disabled phone',
      [{ ...ANN, enabled: false }, number('1', { ring: ['ann@a.example'] })],
      ['1: ring[0] ann@a.example is disabled'],
    ],
    [
      'a payer without a record',
      [{ ...SALES, then: { dial: '1', as: 'eve@a.example' } }],
      ['966112223300: then.as eve@a.example has no record'],
    ],
    [
      'a payer without a limit',
      [{ ...ACME, limits: {} }, SALES],
      [
        '966112223300: then does not go on (forward-without-limit): a call from outside goes on to a trunk only where the account that pays has limits.maxConcurrentCalls or minutes a day',
      ],
    ],
    [
      'a forward that the payer may not make',
      [{ ...ACME, destinations: { deny: ['966'] } }, SALES],
      ['966112223300: then does not go on (destination-denied): destinations says no'],
    ],
    [
      'numbers that lead to each other',
      [
        number('111', { ring: ['ann@a.example'], then: { dial: '+222', as: 'ann@a.example' } }),
        number('222', { ring: ['bob@a.example'], then: { dial: '111', as: 'ann@a.example' } }),
      ],
      [
        '111: then leads back to itself: 111 -> 222 -> 111',
        '222: then leads back to itself: 222 -> 111 -> 222',
      ],
    ],
    [
      'a phone that forwards to the number that rings it',
      [{ ...ANN, forwardTo: '111' }, number('111', { ring: ['ann@a.example'] })],
      ['111: ring leads back to itself: 111 -> 111'],
    ],
    [
      'a short number that two accounts have, and one that is an emergency number',
      [
        { ...ANN, shortDial: '2001' },
        { ...BOB, shortDial: '2001' },
        { ...ACME, shortDial: '112', emergency: { numbers: ['112'] } },
      ],
      [
        'acme: shortDial 112 is an emergency number',
        'ann: shortDial 2001 is bob too',
        'bob: shortDial 2001 is ann too',
      ],
    ],
  ])('%s', async (_what, items, warnings) => {
    expect(await warned(...items)).toEqual(warnings);
  });
});
