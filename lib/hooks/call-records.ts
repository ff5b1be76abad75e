import { coversRealm, type WebhookSecret } from '../jambonz/webhook-secrets';
import type { Call, CallRecords, CallSettings } from '../registrar/calls/call';
import { type Colleague, customerOf, findColleague, namesOf } from '../registrar/calls/colleague';
import { emergencyNumber } from '../registrar/calls/emergency-number';
import { calledNumber } from '../registrar/calls/inbound';
import type { Aor } from '../registrar/record/aor';
import type { Customer } from '../registrar/record/customer';
import { type FoundNumber, realmsOfNumber } from '../registrar/record/number-record';
import { policyOf } from '../registrar/record/policy';
import type { CallContext } from './context';

/** Where the records of a call are looked up. */
export type RecordSource = Pick<CallContext, 'customers' | 'numbers' | 'directory'> & {
  readonly settings: CallSettings;
};

/**
 * The records that a call goes by: the caller's and the one whose policy it uses, and only where these ask for them the
 * caller's colleagues; of a carrier's call its number.
 * @param signedBy the secrets that signed the hook: a number is found only by one that speaks for all its realms
 * @throws Undecided when one of them could not be read
 */
export async function recordsOf(
  call: Call,
  source: RecordSource,
  signedBy: readonly WebhookSecret[],
): Promise<CallRecords> {
  const { origin } = call;
  if (origin.kind === 'refused') return { account: undefined, named: undefined };
  if (origin.kind === 'carrier')
    return { account: undefined, named: undefined, number: await numberOf(call, source, signedBy) };
  const records = await accountRecords(origin.kind === 'account' ? origin.aor : origin.payer, source);
  return { ...records, colleague: await colleagueOf(call, records, source) };
}

async function accountRecords(aor: Aor, { customers }: RecordSource): Promise<CallRecords> {
  const account = await customers.find(aor);
  if (account?.customer === undefined) return { account, named: undefined };
  return { account, named: await customers.find({ username: account.customer, realm: account.realm }) };
}

/** An emergency number is not looked up among names, because a table that cannot be read must not stop the call. */
async function colleagueOf(
  { dialled }: Call,
  { account, named }: CallRecords,
  source: RecordSource,
): Promise<Colleague | undefined> {
  const policy = account && policyOf(account, named);
  if (!account || policy?.internalCalls !== true) return undefined;
  if (emergencyNumber(dialled, policy, source.settings) !== undefined) return undefined;
  return findColleague(dialled, account.realm, await namesIn(account, named, source));
}

async function namesIn(account: Customer, named: Customer | undefined, { directory }: RecordSource) {
  const others = await directory.accountsOf(customerOf(account));
  return [account, ...(named ? [named] : [])]
    .map(namesOf)
    .concat(others.filter(({ username }) => username !== account.username));
}

async function numberOf(
  call: Call,
  { numbers }: RecordSource,
  signedBy: readonly WebhookSecret[],
): Promise<FoundNumber> {
  const digits = calledNumber(call);
  const number = digits === undefined ? undefined : await numbers.find(digits);
  if (!number) return undefined;
  const realms = realmsOfNumber(number);
  const mayRing = signedBy.some((secret) => realms.every((realm) => coversRealm([secret], realm)));
  return mayRing ? number : 'realm-of-another-account';
}
