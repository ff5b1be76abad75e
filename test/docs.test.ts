import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HookOutcome } from '../lib/hooks/outcome';
import type { Degradation } from '../lib/hooks/telemetry';
import type { AdmissionRefusal } from '../lib/registrar/auth/admission';
import type { NextStep } from '../lib/registrar/calls/failover';
import type { CallRefusal } from '../lib/registrar/calls/plan';
import type { TransferRefusal } from '../lib/registrar/calls/transfer';

const ROOT = join(__dirname, '..');
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'docs/customers.md',
  'docs/import.md',
  'docs/connect-jambonz.md',
  'docs/deploy.md',
  'docs/runbook.md',
  'docs/security.md',
  'docs/storage.md',
  'docs/upgrade.md',
];
const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

test.each(PAGES)('every link of %s leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\(((?!https?:)[^)#]*)(#[^)]*)?\)/g)].map(
    ([, path = '', heading = '']) => ({ path: path === '' ? page : join(dirname(page), path), heading }),
  );
  const dead = links.filter(
    ({ path, heading }) => !existsSync(join(ROOT, path)) || !hasHeading(path, heading),
  );
  expect(dead).toEqual([]);
});

test('every test that security.md names is there', () => {
  const tests = [...read('docs/security.md').matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
  expect(tests.length).toBeGreaterThan(10);
  expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

type Reason =
  | AdmissionRefusal
  | CallRefusal
  | NextStep['because']
  | TransferRefusal
  | Extract<HookOutcome, { refused: unknown }>['refused']
  | Degradation['what'];

/** Every word that an operator can find in `because` or `trouble`: a new one does not compile until it is listed here. */
const REASONS: Readonly<Record<Reason, true>> = {
  'wrong-digest': true,
  'wrong-digest-or-realm-case': true,
  'algorithm-not-supported': true,
  'qop-not-supported': true,
  'ha1-needs-md5': true,
  'method-not-supported': true,
  'malformed-digest': true,
  'unknown-account': true,
  'no-credential': true,
  disabled: true,
  'ambiguous-to': true,
  'wrong-aor': true,
  'address-not-allowed': true,
  limited: true,
  'limited-address': true,
  replayed: true,
  'not-our-nonce': true,
  'nonce-from-future': true,
  'nonce-too-old': true,
  'no-caller': true,
  'trunk-call': true,
  'no-grant': true,
  'unknown-customer': true,
  'no-number': true,
  'not-a-number': true,
  'number-too-long': true,
  'service-code-not-allowed': true,
  'destination-denied': true,
  'high-risk-destination': true,
  'no-caller-id': true,
  'no-trunk': true,
  'too-many-calls': true,
  'too-many-calls-per-minute': true,
  'phone-disabled': true,
  'unknown-number': true,
  'number-disabled': true,
  'rings-nobody': true,
  'forward-to-emergency': true,
  'forward-without-limit': true,
  'forward-not-counted': true,
  'budget-spent': true,
  'new-source': true,
  answered: true,
  'caller-gone': true,
  'nobody-answered': true,
  'trunk-failed': true,
  'stop-code': true,
  'last-trunk': true,
  'missing-signature': true,
  'wrong-signature': true,
  'signature-too-old': true,
  'signature-from-future': true,
  'realm-of-another-account': true,
  'forged-call-data': true,
  'called-leg': true,
  'carriers-call': true,
  'not-an-accounts-call': true,
  'forwarded-call': true,
  'attended-transfer': true,
  'too-large': true,
  'not-json': true,
  'not-understood': true,
  'stale-record-served': true,
  'replay-not-checked': true,
  'guessing-not-checked': true,
  'grant-not-checked': true,
  'end-of-call-not-noted': true,
  'limits-not-checked': true,
  'old-secrets-kept': true,
  'previous-secret-not-read': true,
};

test('the runbook explains every reason that a line can give', () => {
  const [, chapter = ''] = read('docs/runbook.md').split('Values of `because`:');
  expect(Object.keys(REASONS).filter((word) => !chapter.includes(`\`${word}\``))).toEqual([]);
});

/** GitHub's way to name a heading: small letters, spaces to hyphens, no punctuation. */
function hasHeading(page: string, fragment: string): boolean {
  if (fragment === '') return true;
  const names = [...read(page).matchAll(/^#+ (.+)$/gm)].map(
    ([, title = '']) =>
      `#${title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-')}`,
  );
  return names.includes(fragment);
}
