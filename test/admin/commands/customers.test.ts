import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { editCustomer } from '../../../lib/admin/commands/customers-edit';
import { enableCustomer } from '../../../lib/admin/commands/customers-enable';
import { listCustomers } from '../../../lib/admin/commands/customers-list';
import { putCustomer } from '../../../lib/admin/commands/customers-put';
import { removeCustomer } from '../../../lib/admin/commands/customers-remove';
import { showCustomer } from '../../../lib/admin/commands/customers-show';
import { Refused, type Shell } from '../../../lib/admin/shell';
import { type Desk, openDesk } from '../desk';

const ALICE = {
  realm: 'a.example',
  username: 'alice',
  ha1: 'c2259bf057179dae2de80a2dfa26dac2',
  techPrefix: '11#',
  outboundAuth: { username: 'trunk-alice', password: 'trunk-s3cret' },
  version: 3,
};
const BOB = { realm: 'a.example', username: 'bob', enabled: false, customer: 'alice' };

let desk: Desk;
const at = async (terminal: Partial<Shell> = {}, ...items: object[]) => {
  desk = await openDesk(terminal);
  await desk.put(...items);
  return desk;
};
afterEach(() => desk.stop());

const alice = () => desk.deployment.records.find({ realm: 'a.example', username: 'alice' });

describe('customers list', () => {
  test('says of each account whether it is enabled, which trunks it has, and which credential it used last', async () => {
    const { shell, deployment, printed } = await at({}, BOB, ALICE, {
      realm: 'b.example',
      username: 'carol',
      trunks: [{ name: 'main' }, { name: 'backup', host: 'sip.b.example' }],
    });
    await desk.use('alice@a.example', 'ha1', '2026-11-22T08:00:00Z');
    const outcome = await listCustomers(shell, deployment, {});
    expect(printed()).toBe(
      [
        'AOR              ENABLED  TRUNKS        LAST USED CREDENTIAL',
        'alice@a.example  yes      default       ha1, 2026-11-22T08:00:00.000Z',
        'bob@a.example    NO       default       -',
        'carol@b.example  yes      main, backup  -',
      ].join('\n'),
    );
    expect(outcome.code).toBe(0);
    expect((await listCustomers(shell, deployment, { realm: 'B.example' })).json).toEqual([
      { aor: 'carol@b.example', enabled: true, trunks: ['main', 'backup'], lastUsed: undefined },
    ]);
  });

  test('of an empty table says how to fill it', async () => {
    const { shell, deployment, printed } = await at();
    await listCustomers(shell, deployment, {});
    expect(printed()).toBe(
      'table Customers at ENDPOINT has no records. Add some: edge-registrar customers import FILE',
    );
  });
});

describe('customers list with filters', () => {
  const listed = async (options: Parameters<typeof listCustomers>[2], text?: string) => {
    const { json } = await listCustomers(desk.shell, desk.deployment, options, text);
    return (json as { aor: string }[]).map(({ aor }) => aor.split('@')[0]);
  };

  test('by customer, enabled, trunk, last use, and a text', async () => {
    await at({}, { ...ALICE, description: 'Acme, head office' }, BOB, {
      realm: 'a.example',
      username: 'carol',
      trunks: [{ name: 'main' }],
    });
    await desk.use('alice@a.example', 'ha1', '2026-11-22T12:00:00Z');
    await desk.use('carol@a.example', 'ha1', '2026-10-01T12:00:00Z');
    const day = 86_400_000;
    expect(await listed({ customer: 'alice' })).toEqual(['alice', 'bob']);
    expect(await listed({ enabled: true })).toEqual(['alice', 'carol']);
    expect(await listed({ disabled: true })).toEqual(['bob']);
    expect(await listed({ trunk: 'main' })).toEqual(['carol']);
    // bob's calls go over the trunks of alice.
    expect(await listed({ trunk: 'default' })).toEqual(['alice', 'bob']);
    expect(await listed({ usedWithin: 2 * day })).toEqual(['alice']);
    expect(await listed({ unusedFor: 30 * day })).toEqual(['bob', 'carol']);
    expect(await listed({}, 'HEAD')).toEqual(['alice']);
    expect(await listed({}, 'bob@')).toEqual(['bob']);
    await listed({ trunk: 'none' });
    expect(desk.printed().split('\n').at(-1)).toBe('No account of table Customers at ENDPOINT matches.');
  });

  test('in a narrow terminal is one block an account', async () => {
    await at({ width: 40 }, ALICE);
    await listed({});
    expect(desk.printed()).toBe(
      ['alice@a.example', '  enabled: yes', '  trunks: default', '  last used credential: -'].join('\n'),
    );
  });
});

describe('customers show', () => {
  test('shows a record without its secrets, and what is wrong with it', async () => {
    const { shell, deployment, printed } = await at({}, { ...ALICE, techPrefix: 11 });
    const { code, json } = await showCustomer(shell, deployment, 'alice@A.example');
    expect(printed()).toBe(
      `{
  "realm": "a.example",
  "username": "alice",
  "ha1": "***",
  "techPrefix": 11,
  "outboundAuth": {
    "username": "trunk-alice",
    "password": "***"
  },
  "version": 3
}
problems:
  techPrefix write it as text, in quotes`,
    );
    expect(code).toBe(0);
    expect(JSON.stringify(json)).not.toMatch(/s3cret|c2259/);
  });

  test('of an account that is not there is refused, in words', async () => {
    const { shell, deployment } = await at({}, ALICE);
    await expect(showCustomer(shell, deployment, 'Alice@a.example')).rejects.toThrow(
      /has no record of Alice@a.example; usernames are case-sensitive$/,
    );
    await expect(showCustomer(shell, deployment, 'alice')).rejects.toThrow(
      '"alice" is not an address of record: write username@realm',
    );
  });
});

describe('customers put', () => {
  test('says what changes, writes the whole record, and keeps no plain password', async () => {
    const { shell, deployment, printed } = await at(
      { readAll: async () => Buffer.from('{"password":"s3cret","techPrefix":"12#"}') },
      ALICE,
    );
    const { code } = await putCustomer(shell, deployment, 'alice@a.example', { file: '-' });
    expect(printed()).toBe(
      [
        '~ alice@a.example in table Customers at ENDPOINT',
        '    ~ ha1: "***" -> "***"',
        '    ~ techPrefix: "11#" -> "12#"',
        '    - outboundAuth: {"username":"trunk-alice","password":"***"}',
        'Written. Calls use it within 60 s.',
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(await alice()).toEqual({
      realm: 'a.example',
      username: 'alice',
      // printf 'alice:a.example:s3cret' | md5sum
      ha1: 'bede63d4389ea015b7888526c4687f6d',
      techPrefix: '12#',
      version: 4,
    });
  });

  test.each([
    [
      '{"techPrefix":12,"pasword":"x"}',
      [
        'techPrefix write it as text, in quotes',
        'pasword is not a field of a customer record: did you mean password?',
      ],
    ],
    ['{"techPrefix":"12#"', ['line 1 is not JSON: close brace expected']],
    [
      '{"username":"bob"}',
      [
        'realm, username must stay those of alice@a.example; to rename a record, put a new one and remove this one',
      ],
    ],
    ['"x"', ['write an object: { "techPrefix": "…", … }']],
  ])('writes nothing of a record that is wrong: %s', async (text, problems) => {
    const { shell, deployment, printed } = await at({ readAll: async () => Buffer.from(text) }, ALICE);
    const { code } = await putCustomer(shell, deployment, 'alice@a.example', { file: '-' });
    expect(printed().split('\n')).toEqual([
      `alice@a.example: ${problems.length === 1 ? '1 problem' : '2 problems'}; nothing was written:`,
      ...problems.map((it) => `  ${it}`),
    ]);
    expect(code).toBe(1);
    expect(await alice()).toEqual(ALICE);
  });

  test('--dry-run writes nothing', async () => {
    const { shell, deployment, printed } = await at({
      readAll: async () => Buffer.from('{"techPrefix":"12#"}'),
    });
    await putCustomer(shell, deployment, 'alice@a.example', { file: '-', dryRun: true });
    expect(printed()).toBe(
      '+ alice@a.example in table Customers at ENDPOINT\n    + techPrefix: "12#"\nNothing was written (--dry-run).',
    );
    expect(await alice()).toBeUndefined();
  });
});

describe('customers enable and disable', () => {
  test('change one field, say what that does, and nothing when it is so already', async () => {
    const { shell, deployment, printed } = await at({}, ALICE);
    await enableCustomer(shell, deployment, 'alice@a.example', false, {});
    expect(printed()).toBe(
      [
        '~ alice@a.example in table Customers at ENDPOINT',
        '    + enabled: false',
        'Written. Calls use it within 60 s.',
        'A registered phone stays registered until its time runs out, at most 3600 s.',
      ].join('\n'),
    );
    expect(await alice()).toEqual({ ...ALICE, enabled: false, version: 4 });
    await enableCustomer(shell, deployment, 'alice@a.example', true, {});
    printed();
    await enableCustomer(shell, deployment, 'alice@a.example', true, {});
    expect(printed()).toBe('No changes to alice@a.example.');
  });
});

describe('customers remove', () => {
  test('shows the record and who depends on it, asks, and removes it on yes', async () => {
    const asked: string[] = [];
    const { shell, deployment, printed } = await at(
      { confirm: async (question) => asked.push(question) > 0 },
      ALICE,
      BOB,
    );
    const { code } = await removeCustomer(shell, deployment, 'alice@a.example', {});
    expect(printed()).toBe(`alice@a.example will be removed from table Customers at ENDPOINT:
{
  "realm": "a.example",
  "username": "alice",
  "ha1": "***",
  "techPrefix": "11#",
  "outboundAuth": {
    "username": "trunk-alice",
    "password": "***"
  },
  "version": 3
}
1 account will have no trunks, because they use its policy: bob@a.example
Removed.`);
    expect(asked).toEqual(['Remove alice@a.example?']);
    expect(code).toBe(0);
    expect(await alice()).toBeUndefined();
  });

  test('removes nothing when the answer is no, or without a terminal', async () => {
    const { shell, deployment } = await at({ confirm: async () => false }, ALICE);
    expect((await removeCustomer(shell, deployment, 'alice@a.example', {})).code).toBe(1);
    await expect(
      removeCustomer({ ...shell, confirm: async () => undefined }, deployment, 'alice@a.example', {}),
    ).rejects.toThrow('not a terminal; pass --yes to confirm');
    expect(await alice()).toEqual(ALICE);
  });
});

describe('customers edit', () => {
  const editor = (change: (text: string) => string | Promise<string>) => async (file: string) => {
    writeFileSync(file, await change(readFileSync(file, 'utf8')));
  };

  test('shows placeholders instead of secrets, and keeps the secrets that were left alone', async () => {
    let shown = '';
    const edit = editor((text) => {
      shown = text;
      return text.replace('11#', '12#');
    });
    const { shell, deployment, printed } = await at({ edit }, ALICE);
    await editCustomer(shell, deployment, 'alice@a.example', {});
    expect(JSON.parse(shown)).toEqual({
      realm: 'a.example',
      username: 'alice',
      ha1: '<secret 1>',
      techPrefix: '11#',
      outboundAuth: { username: 'trunk-alice', password: '<secret 2>' },
    });
    expect(printed()).toContain('    ~ techPrefix: "11#" -> "12#"\nWritten.');
    expect(await alice()).toEqual({ ...ALICE, techPrefix: '12#', version: 4 });
  });

  test('a text that is wrong can be opened again; given up, it is kept and nothing is written', async () => {
    const tries = [(text: string) => text.replace('"11#"', '11'), (text: string) => text];
    const again = [true, false];
    const edit = editor((text) => tries.shift()?.(text) ?? text);
    const { shell, deployment, printed } = await at({ edit, confirm: async () => again.shift() }, ALICE);
    const { code } = await editCustomer(shell, deployment, 'alice@a.example', {});
    const text = printed();
    expect(code).toBe(1);
    expect(text.split('\n').slice(0, 2)).toEqual([
      '! this cannot be written:',
      '  techPrefix write it as text, in quotes',
    ]);
    const kept = /Your text is kept in (\S+)\./.exec(text)?.[1] ?? '';
    expect(readFileSync(kept, 'utf8')).toContain('"techPrefix": 11');
    expect(await alice()).toEqual(ALICE);
  });

  test('when two admins edit at once one wins, the other gets an error, and neither text is lost', async () => {
    const edit = editor(async (text) => {
      await enableCustomer(shell, deployment, 'alice@a.example', false, {});
      return text.replace('11#', '12#');
    });
    const { shell, deployment, printed } = await at({ edit }, ALICE);
    const editing = editCustomer(shell, deployment, 'alice@a.example', {});
    await expect(editing).rejects.toThrow(Refused);
    await expect(editing).rejects.toThrow(
      'alice@a.example was changed by someone else after it was read; nothing was written. Look at it, then make your change again',
    );
    const kept = /Your text is kept in (\S+)\./.exec(printed())?.[1] ?? '';
    expect(readFileSync(kept, 'utf8')).toContain('12#');
    expect(await alice()).toEqual({ ...ALICE, enabled: false, version: 4 });
  });

  test('leaves no file behind when it is done', async () => {
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('edge-registrar-')).length;
    const { shell, deployment } = await at({ edit: async () => {} }, ALICE);
    const before = left();
    await editCustomer(shell, deployment, 'alice@a.example', {});
    expect(left()).toBe(before);
  });
});
