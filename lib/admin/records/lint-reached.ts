import { customerOf, namesOf, shortNumberOf } from '../../registrar/calls/colleague';
import { emergencyNumber } from '../../registrar/calls/emergency-number';
import { forwardCall } from '../../registrar/calls/forward';
import { planCall } from '../../registrar/calls/plan';
import type { RingFallback } from '../../registrar/calls/ring';
import { type Aor, formatAor, realmKey } from '../../registrar/record/aor';
import type { Customer } from '../../registrar/record/customer';
import { NUMBERS, numberKey } from '../../registrar/record/number-key';
import type { NumberRecord } from '../../registrar/record/number-record';
import { policyOf } from '../../registrar/record/policy';
import { type Remark, type Warning, warn } from './lint-remark';
import { REFUSALS } from './refusals';

/** Only whether a call goes on is asked, not where to. */
const SETTINGS = { outboundSipHost: 'sip.invalid', callGrant: 'off', emergencyForDisabled: true } as const;
const CALL = {
  id: 'lint',
  origin: { kind: 'carrier' },
  dialled: '',
  presented: { from: 'anonymous', identity: undefined, private: false },
  deviceCallId: '',
} as const;

/** All warnings about these numbers: phones that nobody can register, forwards that do not go on, loops. */
export function numberWarnings(numbers: readonly NumberRecord[], customers: readonly Customer[]): Warning[] {
  const known = lookUp(customers);
  const byDigits = new Map(numbers.map((it) => [it.username, it]));
  return numbers.flatMap((number) =>
    [...aboutRing(number, known), ...aboutThen(number, known), ...aboutLoop(number, byDigits, known)].map(
      (remark) => ({ realm: NUMBERS, username: number.username, ...remark }),
    ),
  );
}

/** How the accounts of these records are called by their colleagues, and where their calls go on. */
export function reachedRemarks(customers: readonly Customer[]): Map<Customer, Remark[]> {
  const known = lookUp(customers);
  const owners = new Map<string, Customer[]>();
  for (const record of customers) {
    const owner = formatAor(customerOf(record));
    owners.set(owner, [...(owners.get(owner) ?? []), record]);
  }
  return new Map(
    customers.map((record) => [
      record,
      [
        ...aboutShortDial(record, owners.get(formatAor(customerOf(record))) ?? [], known),
        ...aboutForwardTo(record, known),
      ],
    ]),
  );
}

interface Known {
  account(aor: Aor): Customer | undefined;
  /** Those that may register this AOR besides the account of that name. */
  logins(aor: Aor): readonly Customer[];
}

function lookUp(customers: readonly Customer[]): Known {
  const key = ({ username, realm }: Aor) => formatAor({ username, realm: realmKey(realm) });
  const accounts = new Map(customers.map((it) => [key(it), it]));
  const logins = new Map<string, Customer[]>();
  for (const record of customers)
    for (const user of record.registration?.users ?? []) {
      const aor = key({ username: user, realm: record.realm });
      logins.set(aor, [...(logins.get(aor) ?? []), record]);
    }
  return { account: (aor) => accounts.get(key(aor)), logins: (aor) => logins.get(key(aor)) ?? [] };
}

function aboutRing({ ring }: NumberRecord, { account, logins }: Known): Remark[] {
  return ring.flatMap((phones, step) =>
    phones.flatMap((phone, at) => {
      const path = phones.length === 1 ? `ring[${step}]` : `ring[${step}][${at}]`;
      const owners = [...[account(phone)].flatMap((it) => it ?? []), ...logins(phone)];
      if (owners.length === 0)
        return [
          warn(path, `${formatAor(phone)} has no record`, 'it never rings: add that record, or fix the name'),
        ];
      return owners.every(({ enabled }) => enabled === false)
        ? [warn(path, `${formatAor(phone)} is disabled`, 'it cannot register, and never rings')]
        : [];
    }),
  );
}

function aboutThen(number: NumberRecord, known: Known): Remark[] {
  const { fallback } = number;
  if (!fallback || !('as' in fallback)) return [];
  if (!known.account(fallback.as))
    return [
      warn(
        'then.as',
        `${formatAor(fallback.as)} has no record`,
        'nothing goes on: name the account that pays',
      ),
    ];
  const to = { kind: 'forward', payer: fallback.as, number: fallback.dial } as const;
  return aboutRefused('then', number.username, 'number', to, known);
}

function aboutForwardTo(record: Customer, known: Known): Remark[] {
  if (record.forwardTo === undefined) return [];
  const to = { kind: 'forward-of', account: { username: record.username, realm: record.realm } } as const;
  return aboutRefused('forwardTo', shortNumberOf(record), 'username', to, known);
}

function aboutRefused(
  path: string,
  called: string,
  because: 'number' | 'username',
  to: RingFallback,
  { account }: Known,
): Remark[] {
  const own = to.kind === 'forward-of' ? account(to.account) : undefined;
  const call = forwardCall(CALL, { because, called }, to, own);
  if (call?.origin.kind !== 'forward') return [];
  const payer = account(call.origin.payer);
  const named = payer?.customer === undefined ? undefined : account({ ...payer, username: payer.customer });
  // What is wrong with the account itself is said of that account.
  if (!payer || (payer.customer !== undefined && !named)) return [];
  const plan = planCall(call, { account: payer, named }, SETTINGS);
  if (plan.kind !== 'refuse') return [];
  const fix =
    plan.because === 'forward-without-limit'
      ? `give ${formatAor(named ?? payer)} limits.maxConcurrentCalls`
      : `look at: explain call ${formatAor(payer)} ${call.dialled}`;
  return [warn(path, `does not go on (${plan.because}): ${REFUSALS[plan.because]}`, fix)];
}

/** Numbers that lead to each other by the carrier: each round is a paid call. */
function aboutLoop(
  number: NumberRecord,
  byDigits: ReadonlyMap<string, NumberRecord>,
  known: Known,
): Remark[] {
  const passed = [number.username];
  for (let next = nextNumber(number, known); next !== undefined; ) {
    if (next === number.username)
      return [
        warn(
          number.fallback ? 'then' : 'ring',
          `leads back to itself: ${[...passed, next].join(' -> ')}`,
          'each round is a paid call: let one of them end with { "status": 480 }',
        ),
      ];
    const record = byDigits.get(next);
    if (!record || passed.includes(next)) return [];
    passed.push(next);
    next = nextNumber(record, known);
  }
  return [];
}

/** The number that a call goes on to when nobody answers. */
function nextNumber({ fallback, ring }: NumberRecord, { account }: Known): string | undefined {
  if (fallback) return 'dial' in fallback ? numberKey(fallback.dial) : undefined;
  const [phone, ...others] = ring.at(-1) ?? [];
  const forwardTo = phone && others.length === 0 ? account(phone)?.forwardTo : undefined;
  return forwardTo === undefined ? undefined : numberKey(forwardTo);
}

function aboutShortDial(record: Customer, colleagues: readonly Customer[], { account }: Known): Remark[] {
  const { shortDial, customer, realm } = record;
  if (shortDial === undefined) return [];
  const named = customer === undefined ? undefined : account({ username: customer, realm });
  if (emergencyNumber(shortDial, policyOf(record, named), SETTINGS) !== undefined)
    return [
      warn('shortDial', `${shortDial} is an emergency number`, 'it never rings this phone: take another'),
    ];
  const others = colleagues
    .filter((it) => it !== record)
    .filter((it) => {
      const { username, users, shortDial: short } = namesOf(it);
      return [username, ...users, short].includes(shortDial);
    });
  return others.length === 0
    ? []
    : [
        warn(
          'shortDial',
          `${shortDial} is ${others
            .slice(0, 3)
            .map(({ username }) => username)
            .join(', ')} too`,
          'one of them is never reached by it: give each its own',
        ),
      ];
}
