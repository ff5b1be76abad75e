import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { exportCustomers } from '../../../lib/admin/commands/customers-export';
import { importCustomers } from '../../../lib/admin/commands/customers-import';
import type { Shell } from '../../../lib/admin/shell';
import { type Desk, openDesk } from '../desk';

let desk: Desk;
let input = '';
const open = async (terminal: Partial<Shell> = {}) => {
  desk = await openDesk({ readAll: async () => Buffer.from(input), ...terminal });
  return desk;
};
afterEach(() => desk.stop());

const importText = (text: string, options: { dryRun?: boolean; keepPasswords?: boolean } = {}) => {
  input = text;
  return importCustomers(desk.shell, desk.deployment, '-', options);
};
const find = (username: string) => desk.deployment.records.find({ realm: 'a.example', username });

const FILE = JSON.stringify({
  'a.example': {
    alice: { password: 's3cret', techPrefix: '11#' },
    bob: { techPrefix: '12#', callerId: '+18005550000' },
  },
});

describe('customers import', () => {
  test('says what it adds, changes and leaves, and keeps no plain password', async () => {
    const { printed, put } = await open();
    await put(
      { realm: 'a.example', username: 'bob', techPrefix: '12#', callerId: '+18001111111', version: 7 },
      { realm: 'a.example', username: 'carol', techPrefix: '13#' },
    );
    const { code, json } = await importText(FILE);
    expect(printed()).toBe(
      [
        '- into table Customers at ENDPOINT: 1 to add, 1 to change, 0 unchanged',
        '  + alice@a.example',
        '  ~ bob@a.example',
        '      ~ callerId: "+18001111111" -> "+18005550000"',
        'Written. Calls use it within 60 s.',
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(json).toEqual({
      dryRun: false,
      added: ['alice@a.example'],
      changed: [{ aor: 'bob@a.example', fields: ['callerId'] }],
      unchanged: 0,
      conflicts: [],
    });
    expect(await find('alice')).toEqual({
      realm: 'a.example',
      username: 'alice',
      // printf 'alice:a.example:s3cret' | md5sum
      ha1: 'bede63d4389ea015b7888526c4687f6d',
      techPrefix: '11#',
      version: 1,
    });
    expect((await find('bob'))?.version).toBe(8);
    expect(await find('carol')).toEqual({ realm: 'a.example', username: 'carol', techPrefix: '13#' });
  });

  test('the second time changes nothing', async () => {
    const { printed } = await open();
    await importText(FILE);
    printed();
    await importText(FILE);
    expect(printed()).toBe('- into table Customers at ENDPOINT: 0 to add, 0 to change, 2 unchanged');
    expect((await find('alice'))?.version).toBe(1);
  });

  test('--keep-passwords keeps them, --dry-run writes nothing', async () => {
    const { printed } = await open();
    await importText(FILE, { keepPasswords: true, dryRun: true });
    expect(printed().split('\n').at(-1)).toBe('Nothing was written (--dry-run).');
    expect(await find('alice')).toBeUndefined();
    await importText(FILE, { keepPasswords: true });
    expect(await find('alice')).toMatchObject({ password: 's3cret' });
  });

  test('a file with anything wrong in it changes nothing', async () => {
    const { printed } = await open();
    const { code, json } = await importText('realm,username,techPrefx\na.example,alice,1\na.example,b b,2');
    expect(printed()).toBe(
      [
        '-:',
        '  line 2: a.example / alice: techPrefx is not a field of a customer record: did you mean techPrefix?',
        '  line 3: a.example / b b: techPrefx is not a field of a customer record: did you mean techPrefix?',
        '  line 3: a.example / b b: username may not hold white space, control characters or any of " , : @',
        '3 problems of 2 kinds; nothing was written.',
      ].join('\n'),
    );
    expect(code).toBe(1);
    expect(json).toMatchObject({ problems: { length: 3 } });
    expect(await find('alice')).toBeUndefined();
  });

  test('a record that was changed after it was read is not written, and is reported', async () => {
    const { shell, deployment, printed, put } = await open();
    input = FILE;
    const progress = () => ({ advance: () => {}, stop: () => {} });
    let raced = false;
    const records = {
      ...deployment.records,
      write: async (...args: Parameters<typeof deployment.records.write>) => {
        if (!raced) {
          raced = true;
          await put({ realm: 'a.example', username: 'alice', techPrefix: '99#', version: 1 });
        }
        return deployment.records.write(...args);
      },
    };
    const outcome = await importCustomers({ ...shell, progress }, { ...deployment, records }, '-', {});
    expect(outcome.code).toBe(1);
    expect(printed().split('\n').at(-1)).toBe(
      'Changed by someone else during the import, and left as they are: alice@a.example. Run the import again.',
    );
    expect(await find('alice')).toMatchObject({ techPrefix: '99#' });
    expect(await find('bob')).toMatchObject({ techPrefix: '12#' });
  });

  test('many records show their progress, and an interrupted import can be run again', async () => {
    const counts: number[] = [];
    let broken = false;
    const advance = (by: number) => {
      counts.push(by);
      if (!broken && counts.length === 100) {
        broken = true;
        throw new Error('interrupted');
      }
    };
    await open({ progress: () => ({ advance, stop: () => {} }) });
    const accounts = Array.from({ length: 400 }, (_, at) => [`user${at}`, { techPrefix: `${at}#` }]);
    const file = JSON.stringify({ 'a.example': Object.fromEntries(accounts) });
    await expect(importText(file)).rejects.toThrow('interrupted');
    const { json } = await importText(file, { dryRun: true });
    expect((json as { added: string[] }).added.length).toBeGreaterThan(250);
    const { code } = await importText(file);
    expect(code).toBe(0);
    expect(counts.length).toBeGreaterThanOrEqual(400);
    expect((await importText(file)).json).toMatchObject({ added: [], changed: [], unchanged: 400 });
  }, 60_000);
});

// ---- round trips ----

const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));
const label = fc.stringMatching(/^[\w.@-]{1,12}$/);
const secret = fc.string({
  minLength: 1,
  maxLength: 20,
  unit: fc.constantFrom(...'ab1#+",;\' \\é文Ж=<'.split('')),
});
const record = fc.record(
  {
    description: fc.string({ unit: fc.constantFrom(...'aé文 \n\r\t",;#+='.split('')) }),
    enabled: fc.boolean(),
    password: secret.filter((it) => it.trim() !== ''),
    techPrefix: fc.stringMatching(/^[0-9#*+]{1,8}$/),
    outboundAuth: fc.record({ username: secret, password: secret }),
    registration: fc.record({ maxExpires: fc.integer({ min: 60, max: 86400 }) }, { requiredKeys: [] }),
    callerId: fc.oneof(
      fc.stringMatching(/^\+?[0-9]{1,12}$/),
      fc.record(
        {
          default: fc.stringMatching(/^\+?[0-9]{1,12}$/),
          patterns: fc.array(fc.record({ match: digits(3).map((it) => `^${it}`), callerId: digits(9) }), {
            maxLength: 3,
          }),
          name: fc.constantFrom('Straße', 'محمد', "O'Neil, Ltd", '+1; #2'),
        },
        { requiredKeys: [] },
      ),
    ),
    trunks: fc.array(fc.record({ name: label, port: fc.integer({ min: 1, max: 65535 }) }), { maxLength: 2 }),
    destinations: fc.record(
      { deny: fc.array(fc.stringMatching(/^0?[1-9][0-9]{0,3}$/), { maxLength: 3 }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const username = fc.string({
  minLength: 1,
  maxLength: 10,
  unit: fc.constantFrom(..."abcXYZ019.-_+#;='é文".split('')),
});
const file = fc
  .uniqueArray(fc.tuple(username, record), { minLength: 300, maxLength: 300, selector: ([name]) => name })
  .map((accounts) => ({ 'a.example': Object.fromEntries(accounts) }));

describe('import, export, import', () => {
  test.each(['json', 'csv'] as const)('of 300 generated records changes nothing, as %s', async (format) => {
    const { shell, deployment } = await open();
    const [customers] = fc.sample(file, { numRuns: 1, seed: 20261123 });
    const imported = await importText(JSON.stringify(customers), { keepPasswords: true });
    expect(imported.json).toMatchObject({ added: { length: 300 } });
    const path = join(mkdtempSync(join(tmpdir(), 'desk-')), `customers.${format}`);
    await exportCustomers(shell, deployment, path, { format });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await importText(readFileSync(path, 'utf8'), { keepPasswords: true })).json).toEqual({
      dryRun: false,
      added: [],
      changed: [],
      unchanged: 300,
      conflicts: [],
    });
  });
});

describe('customers export', () => {
  test('takes everybody else the right to read a file that was there before', async () => {
    const { shell, deployment } = await open();
    await importText('realm,username,techPrefix\na.example,al,1#');
    const path = join(mkdtempSync(join(tmpdir(), 'desk-')), 'customers.json');
    writeFileSync(path, 'a longer text than the new one'.repeat(100), { mode: 0o644 });
    chmodSync(path, 0o666);
    await exportCustomers(shell, deployment, path, { format: 'json', force: true });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ 'a.example': { al: { techPrefix: '1#' } } });
  });

  test('prints the nested form that import reads, without versions', async () => {
    const { shell, deployment, printed } = await open();
    await importText('realm,username,techPrefix\nb.example,bob,2#\na.example,al,1#');
    printed();
    await exportCustomers(shell, deployment, undefined, { format: 'json' });
    expect(JSON.parse(printed())).toEqual({
      'a.example': { al: { techPrefix: '1#' } },
      'b.example': { bob: { techPrefix: '2#' } },
    });
    await exportCustomers(shell, deployment, undefined, { format: 'csv', realm: 'a.example' });
    expect(printed()).toBe('realm,username,techPrefix\na.example,al,1#');
  });
});
