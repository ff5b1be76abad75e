import { showHistory } from '../../../lib/admin/commands/customers-history';
import { revertCustomer } from '../../../lib/admin/commands/customers-revert';
import { findDeployment } from '../../../lib/admin/deployment';
import { messageOf } from '../../../lib/admin/error-messages';
import { type LocalStack, startLocalStack } from '../../../lib/local/stack';
import { runTool } from '../../tool';
import { type Desk, openDesk } from '../desk';

const AL = { realm: 'a.example', username: 'al' };

describe('the history of a record', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.stop());
  const find = () => desk.deployment.records.find(AL);
  const write = async (fields: object) => desk.deployment.records.write({ ...AL, ...fields }, await find());
  const remove = async () => desk.deployment.records.remove((await find()) ?? AL);
  const history = async () => {
    await showHistory(desk.shell, desk.deployment, 'al@a.example');
    return desk.printed().split('\n');
  };

  test('shows when and by whom each version was written, and what changed', async () => {
    await write({ techPrefix: '1#', ha1: 'a'.repeat(32) });
    await write({ techPrefix: '2#', ha1: 'b'.repeat(32) });
    expect(await history()).toEqual([
      'al@a.example in table Customers at ENDPOINT, oldest version first',
      '  1  2026-11-23T12:00:00.000Z  ann@laptop',
      '  2, now  2026-11-23T12:00:00.000Z  ann@laptop',
      '      ~ techPrefix: "1#" -> "2#"',
      '      ~ ha1: "***" -> "***"',
      'To go back: edge-registrar customers revert al@a.example --to 1',
    ]);
  });

  test('keeps the version before a change even when the change is not written', async () => {
    await write({ techPrefix: '1#' });
    const seen = await find();
    await desk.put({ ...AL, techPrefix: '9#', version: 2 });
    expect(await desk.deployment.records.write({ ...AL, techPrefix: '2#' }, seen)).toBe('changed-meanwhile');
    expect((await desk.deployment.history.versions(AL)).map(({ version }) => version)).toEqual([0, 1]);
  });

  test('a gap in the versions is a write by something else', async () => {
    await write({ techPrefix: '1#' });
    await desk.put({ ...AL, techPrefix: '5#', version: 5 });
    await write({ techPrefix: '6#' });
    expect((await find())?.version).toBe(6);
    expect(await history()).toEqual([
      'al@a.example in table Customers at ENDPOINT, oldest version first',
      '  up to 4: not kept, because something else than this tool wrote them',
      '  5  written by something else than this tool',
      '  6, now  2026-11-23T12:00:00.000Z  ann@laptop',
      '      ~ techPrefix: "5#" -> "6#"',
      'To go back: edge-registrar customers revert al@a.example --to 5',
    ]);
  });

  test('goes on counting after a removal, and after a record without a version took the place of ours', async () => {
    await write({ techPrefix: '1#' });
    await remove();
    await write({ techPrefix: '2#' });
    expect((await find())?.version).toBe(3);
    await desk.put({ ...AL, techPrefix: '3#' });
    await write({ techPrefix: '4#' });
    expect((await find())?.version).toBe(4);
    const lines = await history();
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^ {2}2 .*removed$/)]));
    expect(lines.at(-2)).toBe('      ~ techPrefix: "3#" -> "4#"');
  });

  test('revert writes an earlier version as a new one, its passwords included', async () => {
    await write({ techPrefix: '1#', ha1: 'a'.repeat(32) });
    await write({ techPrefix: '2#', ha1: 'b'.repeat(32) });
    await revertCustomer(desk.shell, desk.deployment, 'al@a.example', { to: 1 });
    expect(desk.printed()).toBe(
      [
        '~ al@a.example in table Customers at ENDPOINT',
        '    ~ techPrefix: "2#" -> "1#"',
        '    ~ ha1: "***" -> "***"',
        'Written. Calls use it within 60 s.',
        'The SIP passwords are those of version 1 again.',
      ].join('\n'),
    );
    expect(await find()).toEqual({ ...AL, techPrefix: '1#', ha1: 'a'.repeat(32), version: 3 });
    await remove();
    await revertCustomer(desk.shell, desk.deployment, 'al@a.example', { to: 2 });
    expect(await find()).toMatchObject({ techPrefix: '2#', version: 5 });
  });

  test.each([
    [
      0,
      'at version 0 there was no record of al@a.example; to remove it: edge-registrar customers remove al@a.example',
    ],
    [7, 'version 7 of al@a.example was not kept; kept versions: 0, 1'],
  ])('revert to version %s is refused', async (to, message) => {
    await write({ techPrefix: '1#' });
    await write({ techPrefix: '2#' });
    await expect(revertCustomer(desk.shell, desk.deployment, 'al@a.example', { to })).rejects.toThrow(
      message,
    );
  });

  test('without its table nothing is written, unless --no-history says so', async () => {
    const options = { table: 'Memory' };
    const deployment = await findDeployment(desk.shell, options);
    const writing = deployment.records.write({ ...AL }, undefined);
    await expect(writing.catch((cause) => Promise.reject(new Error(messageOf(cause))))).rejects.toThrow(
      'there is no table Memory-history to keep the version before this change: deploy the stack of this version, or pass --no-history',
    );
    const without = await findDeployment(desk.shell, { table: 'Customers', history: false });
    expect(await without.records.write({ ...AL }, undefined)).toBe('written');
    expect(await desk.deployment.history.versions(AL)).toEqual([]);
  });
});

describe('on the local stack', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startLocalStack({ PORT: '0', DYNAMODB_PORT: '0' }, () => {});
  });
  afterAll(() => stack.stop());

  test('history and revert are commands, and what history suggests can be pasted', async () => {
    const aor = 'AcmeInc@register.telecomsxchange.com';
    const env = { PORT: new URL(stack.url).port };
    await runTool(['customers', 'disable', aor], { env });
    const { out } = await runTool(['customers', 'history', aor], { env });
    const [, words = ''] = /To go back: npx edge-registrar (.*)/.exec(out) ?? [];
    expect(await runTool(words.split(' '), { env })).toMatchObject({
      code: 0,
      out: expect.stringContaining('    - enabled: false\nWritten.'),
    });
  });
});
