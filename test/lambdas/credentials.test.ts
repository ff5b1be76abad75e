import { registerAuth } from '../../lambdas/register-auth';
import { authHookPayload } from '../../lib/local/jambonz-simulator';
import { type Phone, register } from '../../lib/local/sip-phone';
import { contextWith, NOW, send } from '../hook-context';

const REALM = 'sip.example.com';

/** openssl: printf 'alice:sip.example.com:new-pass' | openssl md5, and so on. */
const HA1 = {
  'alice:sip.example.com:new-pass': 'f31f12afaa2eafab40889fd96dfc1102',
  'alice:SIP.Example.com:new-pass': 'bfe04899fcd9bbaa1d5aa9685e340182',
};

async function ask(record: object, phone: Partial<Phone> = {}, otherwise: { source?: string } = {}) {
  const context = contextWith([{ realm: REALM, username: 'alice', ...record }]);
  const who: Phone = {
    aor: { username: 'alice', realm: REALM },
    password: 'new-pass',
    ...(otherwise.source !== undefined && { address: otherwise.source }),
    ...phone,
  };
  const { body } = await send(registerAuth, authHookPayload(register(who, NOW)), context);
  const [outcome] = context.decisions;
  const admission = outcome && 'admission' in outcome ? outcome.admission : undefined;
  const credential = admission?.admitted ? admission.credential : undefined;
  return { status: (body as { status: string }).status, because: admission?.because, credential };
}

const iso = (ms: number) => new Date(ms).toISOString();

describe('two credentials at once', () => {
  const both = {
    credentials: [
      { password: 'old-pass', label: 'spring' },
      { password: 'new-pass', label: 'autumn' },
    ],
  };

  test('both log in, and the label that was used is logged', async () => {
    expect(await ask(both)).toEqual({ status: 'ok', because: 'right-digest', credential: 'autumn' });
    expect(await ask(both, { password: 'old-pass' })).toMatchObject({ status: 'ok', credential: 'spring' });
    expect(await ask(both, { password: 'guess' })).toMatchObject({ status: 'fail', because: 'wrong-digest' });
  });

  test('one without a label is logged by its position', async () => {
    const record = { password: 'first-pass', credentials: [{ password: 'x' }, { password: 'new-pass' }] };
    expect(await ask(record)).toMatchObject({ status: 'ok', credential: 'credentials[1]' });
    expect(await ask(record, { password: 'first-pass' })).toMatchObject({ credential: 'password' });
  });

  test('an HA1 beside a password', async () => {
    const record = { ha1: HA1['alice:sip.example.com:new-pass'], password: 'old-pass' };
    expect(await ask(record)).toMatchObject({ status: 'ok', credential: 'ha1' });
    expect(await ask(record, { password: 'old-pass' })).toMatchObject({
      status: 'ok',
      credential: 'password',
    });
  });

  test.each<[string, object, string]>([
    ['from this moment on', { notBefore: iso(NOW) }, 'ok'],
    ['from a moment later on', { notBefore: iso(NOW + 1) }, 'fail'],
    ['until this moment', { notAfter: iso(NOW) }, 'fail'],
    ['until a moment later', { notAfter: iso(NOW + 1) }, 'ok'],
    ['between times', { notBefore: iso(NOW - 1000), notAfter: iso(NOW + 1000) }, 'ok'],
    ['in another year', { notBefore: '2020-01-01T00:00:00Z', notAfter: '2021-01-01T00:00:00Z' }, 'fail'],
    ['from a time that is none', { notBefore: 'tomorrow' }, 'fail'],
  ])('one that is valid %s: %s', async (_what, times, status) => {
    expect(await ask({ credentials: [{ password: 'new-pass', ...times }] })).toMatchObject({ status });
  });

  test('without a valid one nobody logs in, not even with an empty password', async () => {
    const record = { credentials: [{ password: 'new-pass', notAfter: '2020-01-01T00:00:00Z' }] };
    expect(await ask(record, { password: '' })).toMatchObject({ status: 'fail', because: 'no-credential' });
  });
});

describe('a realm in other letters', () => {
  const typed = { aor: { username: 'alice', realm: 'SIP.Example.com' } };

  test('works with a password', async () => {
    expect(await ask({ password: 'new-pass' }, typed)).toMatchObject({ status: 'ok' });
    const guess = await ask({ password: 'new-pass' }, { ...typed, password: 'guess' });
    expect(guess).toMatchObject({ status: 'fail', because: 'wrong-digest' });
  });

  test('does not work with the HA1 of the plain one, and the log says why', async () => {
    const record = { ha1: HA1['alice:sip.example.com:new-pass'] };
    expect(await ask(record, typed)).toMatchObject({ status: 'fail', because: 'wrong-digest-or-realm-case' });
  });

  test('works with the HA1 of those letters', async () => {
    expect(await ask({ ha1: HA1['alice:SIP.Example.com:new-pass'] }, typed)).toMatchObject({ status: 'ok' });
  });

  test('is not blamed when the letters are plain', async () => {
    const record = { ha1: HA1['alice:sip.example.com:new-pass'] };
    expect(await ask(record, { password: 'guess' })).toMatchObject({ because: 'wrong-digest' });
  });
});

describe('registration.allowedAddresses', () => {
  const record = (allowedAddresses: unknown) => ({
    password: 'new-pass',
    registration: { allowedAddresses },
  });

  test.each<[unknown, string, string, string]>([
    [['192.0.2.0/24'], '192.0.2.7', 'ok', 'right-digest'],
    [['192.0.2.0/24'], '198.51.100.1', 'fail', 'address-not-allowed'],
    [['2001:db8::/32'], '2001:db8::7', 'ok', 'right-digest'],
    [['2001:db8::/32'], '192.0.2.7', 'fail', 'address-not-allowed'],
    [[], '192.0.2.7', 'fail', 'address-not-allowed'],
    [['192.0.2.0/24', 'typo'], '192.0.2.7', 'ok', 'right-digest'],
    ['192.0.2.0/24', '192.0.2.7', 'fail', 'address-not-allowed'],
  ])('%j, REGISTER from %s: %s (%s)', async (list, source, status, because) => {
    expect(await ask(record(list), {}, { source })).toMatchObject({ status, because });
  });

  test('a wrong password from elsewhere learns nothing of the list', async () => {
    const seen = await ask(record(['192.0.2.0/24']), { password: 'guess' }, { source: '198.51.100.1' });
    expect(seen).toMatchObject({ status: 'fail', because: 'wrong-digest' });
  });
});
