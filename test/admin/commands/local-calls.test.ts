import { exportCalls } from '../../../lib/admin/commands/calls-export';
import { impact } from '../../../lib/admin/commands/impact';
import { findDeployment } from '../../../lib/admin/deployment';
import type { Shell } from '../../../lib/admin/shell';
import {
  announceCall,
  askRegisterAuth,
  callStatusPayload,
  postHook,
} from '../../../lib/local/jambonz-simulator';
import { DEVELOPMENT_SECRET } from '../../../lib/local/sample-customers';
import { invite } from '../../../lib/local/sip-phone';
import { startLocalStack } from '../../../lib/local/stack';
import { openDesk } from '../desk';

const ACME = { username: 'AcmeInc', realm: 'register.telecomsxchange.com' };

test('the local stack keeps its calls for impact and export', async () => {
  const stack = await startLocalStack({ PORT: '0', DYNAMODB_PORT: '0' }, () => {});
  const records = {
    [ACME.realm]: { [ACME.username]: { password: 'sip-pass', destinations: { deny: ['966'] } } },
  };
  const desk = await openDesk({ readAll: async () => Buffer.from(JSON.stringify(records)) });
  const shell: Shell = { ...desk.shell, env: { PORT: new URL(stack.url).port }, now: () => Date.now() + 1 };
  const deployment = await findDeployment(shell, {});
  try {
    const phone = { aor: ACME, password: 'sip-pass' };
    const request = invite(phone, '966501234567', Date.now());
    await askRegisterAuth(stack.url, request, DEVELOPMENT_SECRET);
    const call = { invite: request, dialled: '966501234567', callId: 'leg-1' };
    const { body } = await announceCall(stack.url, call, DEVELOPMENT_SECRET);
    const [{ data: customerData }] = body as [{ data: unknown }];
    const end = { callId: 'leg-1', status: 'completed', sipStatus: 200, duration: 61, customerData };
    for (const _ of ['once', 'twice'])
      await postHook(stack.url, '/call-status', callStatusPayload(end), DEVELOPMENT_SECRET);

    expect(await impact(shell, deployment, '-', { days: 1 })).toMatchObject({
      code: 1,
      json: { calls: 1, changed: 1, seconds: 61, otherSince: 0 },
    });
    const { json } = await exportCalls(shell, deployment, undefined, { from: 0, format: 'csv' });
    expect(json).toMatchObject([{ aor: 'AcmeInc@register.telecomsxchange.com', seconds: 61, code: 200 }]);
  } finally {
    deployment.dynamodb.destroy();
    await desk.stop();
    await stack.stop();
  }
});
