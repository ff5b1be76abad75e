import { readCredentialUses } from '../../lib/aws/credential-uses';
import { connectDynamoDB } from '../../lib/aws/dynamodb';
import { LOCAL_TABLES } from '../../lib/local/dynamodb';
import { invite, type Phone, register } from '../../lib/local/phone';
import { NOW } from '../world';
import { outcome, type Stand, startProcess, startStand } from './stand';

const AOR = { username: 'alice', realm: 'a.example' };
const ALICE = {
  ...AOR,
  credentials: [
    { label: 'old', password: 'old-password' },
    { label: 'new', password: 'new-password' },
  ],
};
const HOUR_MS = 3600_000;
const phone = (password: string): Phone => ({ aor: AOR, password });

let stand: Stand;
beforeEach(async () => {
  stand = await startStand([ALICE]);
});
afterEach(() => stand.stop());

const uses = async () => {
  const dynamodb = connectDynamoDB(stand.endpoint);
  const found = await readCredentialUses(dynamodb, LOCAL_TABLES.memory, [AOR, { ...AOR, username: 'bob' }]);
  dynamodb.destroy();
  return Object.fromEntries(found);
};

describe('which credential was used', () => {
  test('is noted by its label, for REGISTER and INVITE, the latest first', async () => {
    const clock = { now: NOW };
    const { auth } = startProcess(stand.endpoint, clock);
    expect(outcome(await auth(register(phone('old-password'), clock.now)))).toBe('ok');
    clock.now += HOUR_MS;
    expect(outcome(await auth(invite(phone('new-password'), '112', clock.now)))).toBe('ok');
    expect(await uses()).toEqual({
      'alice@a.example': [
        { label: 'new', at: NOW + HOUR_MS },
        { label: 'old', at: NOW },
      ],
    });
  });

  test('is not noted when the answer was wrong', async () => {
    const { auth } = startProcess(stand.endpoint);
    expect(outcome(await auth(register(phone('wrong'), NOW)))).toBe('fail');
    expect(await uses()).toEqual({});
  });

  test('is noted again after 12 hours, and not before', async () => {
    const clock = { now: NOW };
    const { auth } = startProcess(stand.endpoint, clock);
    const times = [];
    for (const hours of [0, 11, 12]) {
      clock.now = NOW + hours * HOUR_MS;
      await auth(register(phone('old-password'), clock.now));
      times.push((await uses())['alice@a.example']?.[0]?.at);
    }
    expect(times).toEqual([NOW, NOW, NOW + 12 * HOUR_MS]);
  });

  test('ends by itself after 90 days', async () => {
    const { auth } = startProcess(stand.endpoint);
    await auth(register(phone('old-password'), NOW));
    const item = (await stand.items('memory')).find(({ key }) => key === 'credential a.example alice');
    expect(item?.endsAt).toBe(Math.ceil(NOW / 1000) + 90 * 86_400);
  });
});
