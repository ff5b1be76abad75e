import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttributeValue, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { editCustomer } from '../../lib/admin/commands/customers-edit';
import { enableCustomer } from '../../lib/admin/commands/customers-enable';
import { exportCustomers } from '../../lib/admin/commands/customers-export';
import { importCustomers } from '../../lib/admin/commands/customers-import';
import { listCustomers } from '../../lib/admin/commands/customers-list';
import { revertCustomer } from '../../lib/admin/commands/customers-revert';
import { showCustomer } from '../../lib/admin/commands/customers-show';
import { explainCall } from '../../lib/admin/commands/explain-call';
import { lintTable } from '../../lib/admin/commands/lint';
import { recordsInTable } from '../../lib/admin/records/known-records';
import type { Shell } from '../../lib/admin/shell';
import { LOCAL_TABLES } from '../../lib/local/embedded-dynamodb';
import { type Desk, openDesk } from './desk';

// A record that another tool wrote: sets inside objects, bytes, and a number that JavaScript cannot hold.

const HA1 = { S: 'c2259bf057179dae2de80a2dfa26dac2' };
const SETS: Record<string, AttributeValue> = {
  realm: { S: 'a.example' },
  username: { S: 'alice' },
  ha1: HA1,
  callerId: { S: '+18005550100' },
  techPrefix: { S: '11#' },
  destinations: { M: { deny: { SS: ['900', '966'] } } },
  emergency: { M: { numbers: { SS: ['112', '911'] } } },
};
const FOREIGN: Record<string, AttributeValue> = {
  ...SETS,
  username: { S: 'bob' },
  balance: { N: '12345678901234567890.5' },
  photo: { B: Buffer.from([0, 1, 255]) },
};

let desk: Desk;
afterEach(() => desk.stop());

async function deskWith(items: readonly Record<string, AttributeValue>[], terminal: Partial<Shell> = {}) {
  desk = await openDesk(terminal);
  for (const Item of items)
    await desk.deployment.dynamodb.send(new PutItemCommand({ TableName: LOCAL_TABLES.customers, Item }));
  return desk;
}

async function stored(): Promise<Record<string, AttributeValue>[]> {
  const { Items = [] } = await desk.deployment.dynamodb.send(
    new ScanCommand({ TableName: LOCAL_TABLES.customers }),
  );
  return Items.sort((a, b) => (String(a.username?.S) < String(b.username?.S) ? -1 : 1));
}

test('show has sets as lists, and texts for what JavaScript cannot hold', async () => {
  const { shell, deployment, printed } = await deskWith([FOREIGN]);
  const { json } = await showCustomer(shell, deployment, 'bob@a.example');
  expect(json).toMatchObject({
    record: {
      destinations: { deny: ['900', '966'] },
      emergency: { numbers: ['112', '911'] },
      balance: '12345678901234567890.5',
      photo: 'AAH/',
    },
  });
  expect(printed()).toContain('"112"');
});

test('list, lint and explain read what the hooks read', async () => {
  const { shell, deployment } = await deskWith([SETS, FOREIGN]);
  expect((await listCustomers(shell, deployment, {})).json).toMatchObject([
    { aor: 'alice@a.example', enabled: true },
    { aor: 'bob@a.example', enabled: true },
  ]);
  const { json } = await lintTable(shell, deployment, {});
  expect(json).toMatchObject({
    records: 2,
    problems: [
      'alice@a.example: destinations.deny is understood, but write a list, in [ ]',
      'alice@a.example: emergency.numbers is understood, but write a list, in [ ]',
      'bob@a.example: balance is not a field of a customer record',
      'bob@a.example: destinations.deny is understood, but write a list, in [ ]',
      'bob@a.example: emergency.numbers is understood, but write a list, in [ ]',
      'bob@a.example: photo is not a field of a customer record',
    ],
  });
  const known = recordsInTable(deployment);
  const explain = (dialled: string) => explainCall(shell, known, 'bob@a.example', dialled, {});
  expect((await explain('966501234567')).code).toBe(1);
  expect((await explain('112')).code).toBe(0);
});

describe('an export', () => {
  const exported = async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'records-')), 'customers.json');
    await exportCustomers(desk.shell, desk.deployment, file, { format: 'json' });
    return file;
  };

  test('can be imported again, and loses nothing that a set holds', async () => {
    await deskWith([SETS]);
    const file = await exported();
    expect((await importCustomers(desk.shell, desk.deployment, file, {})).json).toMatchObject({
      unchanged: 1,
    });
    expect(await stored()).toEqual([SETS]);
    await desk.stop();
    await deskWith([]);
    expect((await importCustomers(desk.shell, desk.deployment, file, {})).code).toBe(0);
    expect(await stored()).toEqual([
      {
        ...SETS,
        destinations: { M: { deny: { L: [{ S: '900' }, { S: '966' }] } } },
        emergency: { M: { numbers: { L: [{ S: '112' }, { S: '911' }] } } },
        version: { N: '1' },
      },
    ]);
  });

  test('of records with problems says how to restore them, and --force does', async () => {
    await deskWith([FOREIGN]);
    const file = await exported();
    expect(desk.printed()).toContain(
      '1 record with problems: to restore them as they are, import with --force. edge-registrar lint prints the problems.',
    );
    expect((await importCustomers(desk.shell, desk.deployment, file, {})).code).toBe(1);
    const { json } = await importCustomers(desk.shell, desk.deployment, file, { force: true });
    expect(json).toMatchObject({ unchanged: 1 });
    expect(await stored()).toEqual([FOREIGN]);
    await desk.stop();
    await deskWith([]);
    await importCustomers(desk.shell, desk.deployment, file, { force: true });
    expect(await stored()).toMatchObject([
      { balance: { S: '12345678901234567890.5' }, photo: { S: 'AAH/' }, ha1: HA1 },
    ]);
  });

  test('--force makes no credential of what is none, and writes nothing without a key', async () => {
    await deskWith([]);
    const file = join(mkdtempSync(join(tmpdir(), 'records-')), 'customers.json');
    writeFileSync(
      file,
      JSON.stringify({ 'a.example': { carol: { password: '   ' }, dave: { password: 5 } } }),
    );
    expect((await importCustomers(desk.shell, desk.deployment, file, { force: true })).code).toBe(0);
    expect(await stored()).toMatchObject([
      { username: { S: 'carol' }, password: { S: '   ' } },
      { username: { S: 'dave' }, password: { N: '5' } },
    ]);
    writeFileSync(file, JSON.stringify([{ username: 'erin' }]));
    expect((await importCustomers(desk.shell, desk.deployment, file, { force: true })).code).toBe(1);
    expect(await stored()).toHaveLength(2);
  });
});

test('enable and disable change nothing else', async () => {
  const { shell, deployment } = await deskWith([FOREIGN]);
  await enableCustomer(shell, deployment, 'bob@a.example', false, {});
  expect(await stored()).toEqual([{ ...FOREIGN, enabled: { BOOL: false }, version: { N: '1' } }]);
});

test('edit shows sets as lists, and leaves alone what other tools keep in the record', async () => {
  let shown = '';
  const edit = async (file: string) => {
    shown = readFileSync(file, 'utf8');
    writeFileSync(file, shown.replace('11#', '22#'));
  };
  const { shell, deployment } = await deskWith([FOREIGN], { edit });
  expect((await editCustomer(shell, deployment, 'bob@a.example', {})).code).toBe(0);
  expect(JSON.parse(shown)).toMatchObject({ emergency: { numbers: ['112', '911'] }, photo: 'AAH/' });
  expect(await stored()).toEqual([{ ...FOREIGN, techPrefix: { S: '22#' }, version: { N: '1' } }]);
});

test('edit refuses an unknown name that was not there before', async () => {
  const edit = async (file: string) => {
    writeFileSync(file, readFileSync(file, 'utf8').replace('"balance"', '"balanec"'));
  };
  const { shell, deployment, printed } = await deskWith([FOREIGN], { edit });
  expect((await editCustomer(shell, deployment, 'bob@a.example', {})).code).toBe(1);
  expect(printed()).toContain('balanec is not a field of a customer record');
});

test('revert brings back sets, bytes and long numbers as they were', async () => {
  const edit = async (file: string) => {
    const text = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ realm: text.realm, username: text.username, ha1: text.ha1 }));
  };
  const { shell, deployment } = await deskWith([{ ...FOREIGN, version: { N: '4' } }], { edit });
  expect((await editCustomer(shell, deployment, 'bob@a.example', {})).code).toBe(0);
  expect(await stored()).toEqual([
    { realm: FOREIGN.realm, username: FOREIGN.username, ha1: HA1, version: { N: '5' } },
  ]);
  expect((await revertCustomer(shell, deployment, 'bob@a.example', { to: 4 })).code).toBe(0);
  expect(await stored()).toEqual([{ ...FOREIGN, version: { N: '6' } }]);
});
