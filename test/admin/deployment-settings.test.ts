import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkCalls } from '../../lib/admin/commands/check';
import { explainCall } from '../../lib/admin/commands/explain-call';
import { findDeployment } from '../../lib/admin/deployment';
import { recordsInTable } from '../../lib/admin/records/known-records';
import { startLocalStack } from '../../lib/local/stack';
import { virtualTimers } from '../aws/virtual-timers';
import { openDesk } from './desk';

const DISABLED = {
  realm: 'a.example',
  username: 'gone',
  password: 's3cret',
  enabled: false,
  callerId: '+18005550100',
  techPrefix: '7#',
  emergency: { numbers: ['112'] },
};
const CALLS = 'aor,dialled,sipUri,refusal\ngone@a.example,112,sip:7#112@sip.carrier.example,\n';

describe('with emergencyForDisabled off, an emergency call of a disabled account', () => {
  const open = async (EMERGENCY_FOR_DISABLED: string) => {
    const desk = await openDesk({ env: { EMERGENCY_FOR_DISABLED }, readAll: async () => Buffer.from(CALLS) });
    await desk.put(DISABLED);
    return desk;
  };

  test.each([
    ['true', 0],
    ['false', 1],
  ])('is explained as the hook decides it, with the setting %s: exit code %d', async (setting, code) => {
    const desk = await open(setting);
    const known = recordsInTable(desk.deployment);
    expect((await explainCall(desk.shell, known, 'gone@a.example', '112', {})).code).toBe(code);
    expect(desk.printed().includes('disabled, the phone sees SIP 403')).toBe(code === 1);
    await desk.stop();
  });

  test.each([
    ['true', 0],
    ['false', 1],
  ])('is checked as the hook decides it, with the setting %s: exit code %d', async (setting, code) => {
    const desk = await open(setting);
    expect((await checkCalls(desk.shell, recordsInTable(desk.deployment), '-')).code).toBe(code);
    await desk.stop();
  });
});

test('a local stack reports its settings to the command line', async () => {
  const env = {
    PORT: '0',
    DYNAMODB_PORT: '0',
    OUTBOUND_SIP_HOST: 'sip.carrier.com:5080',
    CALL_GRANT: 'observe',
    EMERGENCY_FOR_DISABLED: 'false',
  };
  const stack = await startLocalStack(env, () => {}, virtualTimers());
  const desk = await openDesk();
  const PORT = new URL(stack.url).port;
  // What the terminal of the admin says is not what the stack was started with.
  const deployment = await findDeployment(
    { ...desk.shell, env: { PORT, EMERGENCY_FOR_DISABLED: 'true' } },
    {},
  );
  expect(deployment.settings).toEqual({
    outboundSipHost: 'sip.carrier.com:5080',
    callGrant: 'observe',
    emergencyForDisabled: false,
  });
  deployment.dynamodb.destroy();
  await desk.stop();
  await stack.stop();
});

test('a setting that is wrong in the environment is named, with its fix', async () => {
  const desk = await openDesk();
  const env = { ...desk.shell.env, EMERGENCY_FOR_DISABLED: 'no' };
  await expect(findDeployment({ ...desk.shell, env }, {})).rejects.toThrow(
    'EMERGENCY_FOR_DISABLED is "no": write true or false',
  );
  await desk.stop();
});

describe('on the records of files the settings are those of the environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'edge-registrar-settings-'));
  const [records, calls] = [join(folder, 'records.json'), join(folder, 'calls.csv')];
  const changed = join(folder, 'changed.json');
  writeFileSync(records, JSON.stringify([DISABLED]));
  writeFileSync(changed, JSON.stringify([{ ...DISABLED, emergency: { numbers: ['113'] } }]));
  writeFileSync(calls, CALLS);
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (args: readonly string[], env: Record<string, string>) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'bin/edge-registrar.ts', ...args], {
      cwd: resolve(__dirname, '../..'),
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });

  test.each([
    [{ EMERGENCY_FOR_DISABLED: 'true' }, 0],
    [{ EMERGENCY_FOR_DISABLED: 'false' }, 1],
    [{ EMERGENCY_FOR_DISABLED: 'no' }, 2],
  ])('check --records under %j ends with %d', (env, status) => {
    expect(run(['check', calls, '--records', records], env)).toMatchObject({ status });
  });

  test.each([
    [{ EMERGENCY_FOR_DISABLED: 'true' }, 1],
    [{ EMERGENCY_FOR_DISABLED: 'false' }, 0],
  ])('diff of records without the emergency number under %j ends with %d', (env, status) => {
    expect(run(['diff', records, changed, '--calls', calls], env)).toMatchObject({ status });
  });
});
