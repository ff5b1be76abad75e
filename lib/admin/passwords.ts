import { randomInt } from 'node:crypto';
import { RECORDED_EVERY_MS } from '../aws/stores/logins';
import { readCredentialUses } from '../aws/tools/credential-uses';
import { type Item, parseStored } from '../aws/tools/customer-records';
import { type Credential, credentialsOf } from '../registrar/auth/credentials';
import { hashCredentials } from '../registrar/auth/digest';
import { type Aor, formatAor } from '../registrar/record/aor';
import type { Customer } from '../registrar/record/customer';
import { counted } from './columns';
import { change, findItem } from './customers';
import { readAor, readSecret } from './input';
import { weakness } from './password-strength';
import type { Place } from './place';
import { type RecordCredential, recordCredentials } from './record-credentials';
import { type Outcome, Refused, type Shell, WrongUsage } from './shell';

const DAY_MS = 86_400_000;

/**
 * `password rotate`: a new password beside the old one, which ends after the overlap.
 * @param options.overlap ms in which both are valid
 * @param options.passwordFile where the new one stands; without it, one is made and shown once
 */
export async function rotatePassword(
  shell: Shell,
  place: Place,
  aorText: string,
  options: { overlap: number; passwordFile?: string; force?: boolean; dryRun?: boolean },
): Promise<Outcome> {
  const aor = readAor(aorText);
  const seen = await findItem(place, aor);
  const { passwordFile: file } = options;
  const password = file === undefined ? generatePassword() : await readSecret(shell, 'new password', file);
  const weak = weakness(password, aor.username);
  if (weak && !options.force)
    throw new Refused(`the new password ${weak}: take a better one, let one be made, or say --force`);
  const now = shell.now();
  const end = new Date(now + options.overlap).toISOString();
  const known = allCredentials(seen, aor);
  const label = newLabel(known, now);
  const old = options.overlap === 0 ? [] : endBy(known, end, now);
  const { password: _, ha1: __, ...rest } = seen;
  const fresh = { label, ha1: hashCredentials(aor.username, aor.realm, password) };
  const outcome = await change(
    shell,
    place,
    seen,
    { ...rest, credentials: [...old.map(written), fresh] },
    options,
  );
  if (options.dryRun) return outcome;
  shell.print(
    [
      ...(file === undefined ? [`The new password, shown this once: ${password}`] : []),
      old.length === 0 ? 'The old one is no longer valid.' : `The old one is valid too, until ${end}.`,
      `When no phone uses it any more: npx edge-registrar password retire ${formatAor(aor)}`,
    ].join('\n'),
  );
  const told = { aor: formatAor(aor), label, ...(old.length > 0 && { oldValidUntil: end }) };
  return { code: 0, json: file === undefined ? { ...told, password } : told };
}

/**
 * `password retire`: takes the old credentials away, all but the newest, or the one that is named. Refuses while
 * a phone used one of them within the last day, or nobody can know whether.
 */
export async function retirePassword(
  shell: Shell,
  place: Place,
  aorText: string,
  options: { label?: string; force?: boolean; dryRun?: boolean },
): Promise<Outcome> {
  const aor = readAor(aorText);
  const seen = await findItem(place, aor);
  const all = allCredentials(seen, aor);
  const retired =
    options.label === undefined ? oldOnes(all, seen) : all.filter(({ label }) => label === options.label);
  if (retired.length === 0)
    throw new Refused(
      options.label === undefined
        ? `${formatAor(aor)} has no older credential beside its newest`
        : `${formatAor(aor)} has no credential ${options.label}; it has ${all.map(({ label }) => label).join(', ')}`,
    );
  if (retired.length === all.length)
    throw new Refused(
      `that is the only credential of ${formatAor(aor)}: rotate it instead, or disable the account`,
    );
  if (!options.force) await refuseWhileInUse(shell, place, aor, retired);
  const { password: _, ha1: __, ...rest } = seen;
  const left = all.filter((it) => !retired.includes(it));
  return change(shell, place, seen, { ...rest, credentials: left.map(written) }, options);
}

/** `password check`: does what is typed or piped in open the door now, and under which label? */
export async function checkPassword(
  shell: Shell,
  place: Place,
  aorText: string,
  options: { passwordFile: string },
): Promise<Outcome> {
  const aor = readAor(aorText);
  const customer = readCustomer(await findItem(place, aor), aor);
  const password = await readSecret(shell, 'password', options.passwordFile);
  const opens = (credential: Credential) => isPasswordOf(credential, password, aor);
  const valid = credentialsOf(customer, shell.now()).filter(opens);
  const untimed = customer.credentials?.map(({ notBefore, notAfter, ...it }) => it);
  const ever = credentialsOf({ ...customer, ...(untimed && { credentials: untimed }) }, shell.now()).filter(
    opens,
  );
  const labels = (valid.length > 0 ? valid : ever).map(({ label }) => label);
  const answer = valid.length > 0 ? 'matches' : ever.length > 0 ? 'not-valid-now' : 'wrong';
  shell.print(
    {
      matches: `Right: it is ${labels.join(' and ')} of ${formatAor(aor)}.`,
      'not-valid-now': `It is ${labels.join(' and ')} of ${formatAor(aor)}, which is not valid at this time.`,
      wrong: `Wrong: it is no password of ${formatAor(aor)}.`,
    }[answer],
  );
  if (customer.enabled === false) shell.print('The account is disabled.');
  return { code: answer === 'matches' ? 0 : 1, json: { aor: formatAor(aor), answer, labels } };
}

function allCredentials(item: Item, aor: Aor): RecordCredential[] {
  return recordCredentials(readCustomer(item, aor), aor);
}

/** The same, none of them valid for longer than `end`; those that have ended are dropped. */
function endBy(all: readonly RecordCredential[], end: string, now: number): RecordCredential[] {
  return all
    .filter(({ notAfter }) => notAfter === undefined || Date.parse(notAfter) > now)
    .map((it) => ({
      ...it,
      notAfter: it.notAfter !== undefined && Date.parse(it.notAfter) < Date.parse(end) ? it.notAfter : end,
    }));
}

/** As it stands in a record. */
function written({ knownAs: _, ...credential }: RecordCredential): object {
  return credential;
}

/** The newest stands last in `credentials`. `password` beside `ha1` says nothing about which came first. */
function oldOnes(all: readonly RecordCredential[], { credentials }: Item): RecordCredential[] {
  if (all.length > 1 && (!Array.isArray(credentials) || credentials.length === 0))
    throw new WrongUsage('the record does not say which credential is older: name it with --label');
  return all.slice(0, -1);
}

async function refuseWhileInUse(
  shell: Shell,
  place: Place,
  aor: Aor,
  retired: readonly RecordCredential[],
): Promise<void> {
  if (place.memoryTable === undefined)
    throw new Refused(
      'with --table alone nobody knows when a credential was last used: say --stack NAME, or --force',
    );
  const uses = (await readCredentialUses(place.dynamodb, place.memoryTable, [aor])).get(formatAor(aor)) ?? [];
  const inUse = uses.find(
    ({ label, at }) =>
      retired.some((it) => it.knownAs === label) && shell.now() - at < DAY_MS + RECORDED_EVERY_MS,
  );
  if (inUse)
    throw new Refused(
      `credential ${inUse.label} was used within the last day (noted ${new Date(inUse.at).toISOString()}): give that phone the new password first, or say --force`,
    );
}

/** Its day, and a number when there is one of that day already. */
function newLabel(taken: readonly RecordCredential[], now: number): string {
  const day = new Date(now).toISOString().slice(0, 10);
  const ofDay = taken.filter(({ label }) => label === day || label.startsWith(`${day}.`)).length;
  return ofDay === 0 ? day : `${day}.${ofDay + 1}`;
}

function readCustomer(item: Item, aor: Aor): Customer {
  const { customer, problems } = parseStored(item);
  if (customer && !problems.some(({ path }) => /^(password|ha1|credentials)/.test(path))) return customer;
  throw new Refused(
    `${formatAor(aor)} has ${counted(problems.length, 'problem')} in its record: mend it first with "customers edit"`,
  );
}

function isPasswordOf({ secret }: Credential, password: string, { username, realm }: Aor): boolean {
  return 'password' in secret
    ? secret.password === password
    : secret.ha1.toLowerCase() === hashCredentials(username, realm, password);
}

/** Letters and digits that nobody takes for another when it is read from paper; 116 bits. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

function generatePassword(): string {
  return Array.from({ length: 20 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
