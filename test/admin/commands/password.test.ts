import { checkPassword } from '../../../lib/admin/commands/password-check';
import { retirePassword } from '../../../lib/admin/commands/password-retire';
import { rotatePassword } from '../../../lib/admin/commands/password-rotate';
import type { Shell } from '../../../lib/admin/shell';
import { type Desk, openDesk } from '../desk';

// printf 'alice:a.example:s3cret' | md5sum
const OLD_HA1 = 'bede63d4389ea015b7888526c4687f6d';
// printf 'alice:a.example:correct horse battery' | md5sum
const NEW_HA1 = '3820983a15f201e0c06c6e785a32c642';
const ALICE = { realm: 'a.example', username: 'alice', password: 's3cret', techPrefix: '11#' };
const WEEK = 7 * 86_400_000;

let desk: Desk;
const open = async (terminal: Partial<Shell> = {}, item: object = ALICE) => {
  desk = await openDesk(terminal);
  await desk.put(item);
  return desk;
};
afterEach(() => desk.stop());

const alice = () => desk.deployment.records.find({ realm: 'a.example', username: 'alice' });

describe('password rotate', () => {
  test('makes a password, shows it once, and keeps the old one valid for the overlap', async () => {
    const { shell, deployment, printed } = await open();
    const { code, json } = await rotatePassword(shell, deployment, 'alice@a.example', { overlap: WEEK });
    const lines = printed().split('\n');
    const password = /^The new password, shown this once: ([A-HJ-NP-Za-km-z2-9]{20})$/.exec(
      lines[4] ?? '',
    )?.[1];
    expect(password).toBeDefined();
    expect(lines.filter((_, line) => line !== 4)).toEqual([
      '~ alice@a.example in table Customers at ENDPOINT',
      '    - password: "***"',
      '    + credentials: [{"label":"password","ha1":"***","notAfter":"2026-11-30T12:00:00.000Z"},{"label":"2026-11-23","ha1":"***"}]',
      'Written. Calls use it within 60 s.',
      'The old one is valid too, until 2026-11-30T12:00:00.000Z.',
      'When no phone uses it any more: edge-registrar password retire alice@a.example',
    ]);
    expect(await alice()).toEqual({
      realm: 'a.example',
      username: 'alice',
      techPrefix: '11#',
      credentials: [
        { label: 'password', ha1: OLD_HA1, notAfter: '2026-11-30T12:00:00.000Z' },
        { label: '2026-11-23', ha1: expect.stringMatching(/^[0-9a-f]{32}$/) },
      ],
      version: 1,
    });
    expect(json).toEqual({
      aor: 'alice@a.example',
      label: '2026-11-23',
      oldValidUntil: '2026-11-30T12:00:00.000Z',
      password,
    });
    expect(code).toBe(0);
    const check = { ...shell, askSecret: async () => password };
    expect(await checkPassword(check, deployment, 'alice@a.example', { passwordFile: '-' })).toMatchObject({
      code: 0,
      json: { answer: 'matches', labels: ['2026-11-23'] },
    });
  });

  test('never makes one that holds the username, however short that is', async () => {
    const { shell, deployment } = await open({}, { ...ALICE, username: 'a' });
    for (let time = 0; time < 20; time++) {
      const { json } = await rotatePassword(shell, deployment, 'a@a.example', { overlap: 0 });
      expect(json).toMatchObject({ password: expect.stringMatching(/^[^aA]{20}$/) });
    }
  });

  test('takes one from standard input, which is not shown, and with overlap 0 ends the old one', async () => {
    const { shell, deployment, printed } = await open({ readLine: async () => 'correct horse battery' });
    const { json } = await rotatePassword(shell, deployment, 'alice@a.example', {
      overlap: 0,
      passwordFile: '-',
    });
    expect(printed()).not.toContain('horse');
    expect(json).toEqual({ aor: 'alice@a.example', label: '2026-11-23' });
    expect((await alice())?.credentials).toEqual([{ label: '2026-11-23', ha1: NEW_HA1 }]);
  });

  test.each([
    ['short', 'is shorter than 12 characters'],
    ['alice-in-the-wonderland', 'holds the username'],
    ['123456789012345', 'holds nothing but digits'],
    ['abababababababab', 'holds fewer than 5 different characters'],
  ])('refuses the weak password %s', async (password, why) => {
    const { shell, deployment } = await open({ askSecret: async () => password });
    const rotating = rotatePassword(shell, deployment, 'alice@a.example', {
      overlap: WEEK,
      passwordFile: '-',
    });
    await expect(rotating).rejects.toThrow(
      `the new password ${why}: choose a better one, let one be made, or pass --force`,
    );
    expect(await alice()).toEqual(ALICE);
  });

  test('twice on one day gives two labels, and none lives longer than it did', async () => {
    const { shell, deployment } = await open();
    await rotatePassword(shell, deployment, 'alice@a.example', { overlap: 3_600_000 });
    await rotatePassword(shell, deployment, 'alice@a.example', { overlap: WEEK });
    expect((await alice())?.credentials).toMatchObject([
      { label: 'password', notAfter: '2026-11-23T13:00:00.000Z' },
      { label: '2026-11-23', notAfter: '2026-11-30T12:00:00.000Z' },
      { label: '2026-11-23.2' },
    ]);
  });

  test('--dry-run writes nothing and shows no password', async () => {
    const { shell, deployment, printed } = await open();
    const { json } = await rotatePassword(shell, deployment, 'alice@a.example', {
      overlap: WEEK,
      dryRun: true,
    });
    expect(printed()).not.toContain('shown this once');
    expect(json).not.toHaveProperty('password');
    expect(await alice()).toEqual(ALICE);
  });
});

const ROTATED = {
  realm: 'a.example',
  username: 'alice',
  credentials: [
    { label: 'ha1', ha1: OLD_HA1, notAfter: '2026-11-30T12:00:00.000Z' },
    { label: '2026-11-23', ha1: NEW_HA1 },
  ],
};

describe('password retire', () => {
  test('takes all but the newest away when no phone uses them', async () => {
    const { shell, deployment, printed } = await open({}, ROTATED);
    await retirePassword(shell, deployment, 'alice@a.example', {});
    expect(printed().split('\n').at(-1)).toBe('Written. Calls use it within 60 s.');
    expect((await alice())?.credentials).toEqual([{ label: '2026-11-23', ha1: NEW_HA1 }]);
  });

  test('never removes the only one, nor one that was not named', async () => {
    const { shell, deployment } = await open({}, { ...ALICE, ha1: NEW_HA1 });
    await expect(retirePassword(shell, deployment, 'alice@a.example', {})).rejects.toThrow(
      'the record does not say which credential is older: name it with --label',
    );
    await expect(retirePassword(shell, deployment, 'alice@a.example', { label: 'x' })).rejects.toThrow(
      'alice@a.example has no credential x; it has password, ha1',
    );
    await retirePassword(shell, deployment, 'alice@a.example', { label: 'password' });
    expect((await alice())?.credentials).toEqual([{ label: 'ha1', ha1: NEW_HA1 }]);
    await expect(retirePassword(shell, deployment, 'alice@a.example', {})).rejects.toThrow(
      'alice@a.example has no older credential beside its newest',
    );
    await expect(retirePassword(shell, deployment, 'alice@a.example', { label: 'ha1' })).rejects.toThrow(
      'that is the only credential of alice@a.example: rotate it instead, or disable the account',
    );
  });

  test.each([
    ['2026-11-23T11:00:00Z', 'ha1'],
    ['2026-11-21T15:00:00Z', 'ha1'],
  ])('refuses while an old one was used within the last day, as noted %s', async (at, label) => {
    const { shell, deployment, use } = await open({}, ROTATED);
    await use('alice@a.example', label, at);
    await expect(retirePassword(shell, deployment, 'alice@a.example', {})).rejects.toThrow(
      /^credential ha1 was used within the last day \(noted .*\): give that phone the new password first, or pass --force$/,
    );
    await retirePassword(shell, deployment, 'alice@a.example', { force: true });
    expect((await alice())?.credentials).toHaveLength(1);
  });

  test.each([
    ['2026-11-21T13:00:00Z', 'ha1'],
    ['2026-11-23T11:00:00Z', '2026-11-23'],
  ])('does not refuse for a use on %s of %s', async (at, label) => {
    const { shell, deployment, use } = await open({}, ROTATED);
    await use('alice@a.example', label, at);
    await retirePassword(shell, deployment, 'alice@a.example', {});
    expect((await alice())?.credentials).toHaveLength(1);
  });

  test('refuses when it is not known when a credential was last used', async () => {
    const { shell, deployment } = await open({}, ROTATED);
    await expect(
      retirePassword(shell, { ...deployment, memoryTable: undefined }, 'alice@a.example', {}),
    ).rejects.toThrow(
      'with --table alone it is not known when a credential was last used: pass --stack NAME, or --force',
    );
  });
});

describe('password check', () => {
  test.each([
    ['correct horse battery', 0, 'Correct: it is 2026-11-23 of alice@a.example.'],
    ['s3cret', 1, 'It is ha1 of alice@a.example, which is not valid at this time.'],
    ['other', 1, 'Wrong: it is not a password of alice@a.example.'],
  ])('says what a password is', async (password, code, text) => {
    const item = {
      ...ROTATED,
      credentials: [{ ...ROTATED.credentials[0], notAfter: '2026-11-20T00:00:00Z' }, ROTATED.credentials[1]],
    };
    const { shell, deployment, printed } = await open({ readLine: async () => password }, item);
    const outcome = await checkPassword(shell, deployment, 'alice@a.example', { passwordFile: '-' });
    expect(printed()).toBe(text);
    expect(outcome.code).toBe(code);
  });

  test('without one says how to give it', async () => {
    const { shell, deployment } = await open();
    await expect(checkPassword(shell, deployment, 'alice@a.example', { passwordFile: '-' })).rejects.toThrow(
      'no password: type it, pipe it in, or name a file that holds it',
    );
  });
});
