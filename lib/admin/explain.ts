import { parseAuthHook } from '../jambonz/auth-hook';
import { parseCallHook } from '../jambonz/call-hook';
import { signTag, tagOf } from '../jambonz/call-tag';
import { ROUTES } from '../jambonz/routes';
import { declineVerbs, dialVerbs, type Verb } from '../jambonz/verbs';
import { authHookPayload, callHookPayload } from '../local/jambonz-simulator';
import { invite, register } from '../local/sip-phone';
import { type Admission, type AdmissionRefusal, admit } from '../registrar/auth/admission';
import { credentialsOf } from '../registrar/auth/credentials';
import { digestResponse } from '../registrar/auth/digest';
import type { Call } from '../registrar/calls/call';
import { cleanNumber } from '../registrar/calls/clean-number';
import type { Destination } from '../registrar/calls/destination';
import { type CallPlan, type CallRefusal, type DialPlanned, planCall } from '../registrar/calls/plan';
import { type Aor, formatAor } from '../registrar/record/aor';
import type { Customer } from '../registrar/record/customer';
import { policyOf } from '../registrar/record/policy';
import { readAor } from './input';
import { callRecordsOf, type KnownRecords } from './known-records';
import { mask } from './mask';
import { type RecordCredential, recordCredentials } from './record-credentials';
import { linesOfRing } from './records/explained-ring';
import { type Outcome, Refused, type Shell } from './shell';

/** What it is, and how it is. */
type Line = readonly [string, string];

/** `explain call`: the plan of the call hook's own rules, line by line, and its verbs. Nothing is sent. */
export async function explainCall(
  shell: Shell,
  known: KnownRecords,
  aorText: string,
  dialled: string,
  options: { from?: string; at?: number; hooks?: string },
): Promise<Outcome> {
  const caller = readAor(aorText);
  const records = await callRecordsOf(known, caller);
  const call = callOf(caller, dialled, options.from);
  const plan = planCall(call, records, known.settings);
  const verbs = mask(verbsOf(call, plan, options.hooks));
  const { account, named } = records;
  const at = options.at ?? shell.now();
  shell.print(
    [
      `call to ${dialled} by ${formatAor(caller)}, by the records of ${known.name}`,
      ...rows([
        ['record', account ? (named ? `its own, and the policy of ${named.username}` : 'its own') : 'none'],
        ...(account ? line('login', describeLogin(account, at)) : []),
        ...(account?.registration?.allowedAddresses
          ? line('addresses', describeSources(account.registration, plan))
          : []),
        ...linesOf(plan, account && policyOf(account, named).dialPlan?.country),
      ]),
      'verbs',
      JSON.stringify(verbs, null, 2),
    ].join('\n'),
  );
  return { code: plan.kind === 'refuse' ? 1 : 0, json: { plan: mask(plan), verbs } };
}

/** The call as the call hook would read it from jambonz, of a phone that presents this From. */
export function callOf(aor: Aor, dialled: string, from: string | undefined): Call {
  const request = invite({ aor, password: '' }, dialled, 0);
  const announced = { invite: request, dialled, callId: 'explained', ...(from !== undefined && { from }) };
  const call = parseCallHook({ ...callHookPayload(announced) });
  if (!call) throw new Error('the simulated call was not understood');
  return call;
}

/** The first answer to jambonz; without the signature in its tag, which would speak for a call. */
export function verbsOf(call: Call, plan: CallPlan, hooks = 'https://HOOKS'): Verb[] {
  if (plan.kind === 'refuse') return declineVerbs(plan.status);
  const tag = signTag(tagOf(call, plan, 1), [{ secret: 'explained' }]);
  return dialVerbs(plan, 1, { ...tag, mac: '***' }, { actionHook: hooks + ROUTES.dialAction }).verbs;
}

/** @param country of the dial plan */
function linesOf(plan: CallPlan, country: string | undefined): Line[] {
  if (plan.kind === 'ring') return linesOfRing(plan);
  const { destination, permission } = plan;
  return [
    ...(destination ? linesOfDestination(destination, country) : []),
    ...(permission ? line('permission', describePermission(permission)) : []),
    ...(plan.kind === 'dial' ? linesOfDial(plan) : line('refused', describeRefusal(plan))),
  ];
}

/** Each step from what was dialled to the number that the rules see. */
function linesOfDestination(
  { dialled, number, because, rewritten }: Destination,
  country: string | undefined,
): Line[] {
  const clean = cleanNumber(dialled);
  const readings: Partial<Record<Destination['because'], string>> = {
    country: `country: as people of ${country} dial`,
    'impossible-in-country': `impossible-in-country: no number of ${country}, so it stays as it was dialled`,
  };
  return [
    ...(clean === dialled ? [] : line('cleaned', clean)),
    ...(rewritten ? line('rewritten', `${rewritten.text}   (dialPlan.rewrite[${rewritten.rule}])`) : []),
    ['number', `${number}   (${readings[because] ?? because})`],
  ];
}

function linesOfDial(plan: DialPlanned): Line[] {
  const { callerId, attempts, stopCodes, maxSeconds, limits, dialMusic } = plan;
  const { number = 'anonymous', name, hidden, because } = callerId;
  return [
    [
      'caller id',
      `${number}${name === undefined ? '' : ` "${name}"`}${hidden ? ', hidden' : ''}   (${because})`,
    ],
    ...attempts.map((attempt, at): Line => {
      const target = dialVerbs(plan, at + 1, { call: '', mac: '' }, { actionHook: '' }).verbs.flatMap((it) =>
        it.verb === 'dial' && it.target[0].type === 'sip' ? [it.target[0]] : [],
      )[0];
      const from = target?.from;
      const shownFrom = from
        ? `, From ${from.user ?? attempt.callerId ?? 'anonymous'}@${from.host ?? 'jambonz'}`
        : '';
      const ownCallerId = attempt.ownCallerId ? ', its own caller id' : '';
      const user = attempt.outboundAuth ? `, user ${attempt.outboundAuth.username}` : '';
      const ringing = attempt.ringTimeout === undefined ? '' : `, rings ${attempt.ringTimeout} s`;
      return [
        `trunk ${at + 1}`,
        `${attempt.trunk}: ${target?.sipUri} as ${attempt.callerId ?? 'anonymous'}${ownCallerId}${shownFrom}${user}${ringing}   (${attempt.because})`,
      ];
    }),
    ...(dialMusic === undefined ? [] : line('ringback', dialMusic)),
    ...(attempts.length > 1
      ? line('no next after', stopCodes.join(', ') || 'any code leads to the next')
      : []),
    [
      'caps',
      [
        ...(limits?.maxConcurrentCalls === undefined ? [] : [`${limits.maxConcurrentCalls} calls at a time`]),
        ...(limits?.callsPerMinute === undefined ? [] : [`${limits.callsPerMinute} calls a minute`]),
        ...(limits ? [`counted for ${formatAor(limits.owner)}`] : []),
        ...(maxSeconds === undefined ? [] : [`ends after ${maxSeconds} s`]),
      ].join(', ') || 'none',
    ],
  ];
}

function describePermission(permission: DialPlanned['permission']): string {
  if (permission.allowed)
    return permission.because === 'allow'
      ? `allowed   (destinations.allow ${permission.prefix})`
      : `allowed   (${permission.because})`;
  if (permission.because === 'high-risk-destination')
    return `denied   (high-risk range ${permission.range.prefix}: ${permission.range.reason})`;
  return `denied   (${permission.prefix === undefined ? 'destinations.default' : `destinations.deny ${permission.prefix}`})`;
}

function describeRefusal({ because, status }: { because: CallRefusal; status: number }): string {
  return `${because}, the phone sees SIP ${status}: ${REFUSALS[because]}`;
}

const REFUSALS: Readonly<Record<CallRefusal, string>> = {
  'trunk-call': 'it comes from a carrier, not from a phone',
  'no-caller': 'nobody authenticated for it',
  'no-grant': 'register-auth saw no INVITE for it',
  'unknown-account': 'there is no such record; usernames are compared to the letter',
  'unknown-customer': 'the record that "customer" names is not there',
  disabled: 'the account, or the customer it belongs to, is disabled',
  'no-number': 'nothing was dialled',
  'not-a-number': 'what was dialled is no number',
  'number-too-long': 'what was dialled is longer than a number can be',
  'service-code-not-allowed':
    '* and # need dialPlan.serviceCodes, and a tech prefix that ends in a sign of its own',
  'destination-denied': 'destinations says no',
  'high-risk-destination': 'allow its prefix under destinations, if the customer may call there',
  'no-caller-id': 'no rule of callerId leaves a number to show',
  'no-trunk': 'no trunk takes this number',
  'phone-disabled': 'the account that is called is disabled',
  'unknown-number': 'there is no such number: the items of realm "numbers" say which there are',
  'number-disabled': 'the number is disabled',
  'rings-nobody': 'no phone in "ring" can be read',
  'realm-of-another-account': 'the webhook secret does not speak for every realm that the number is about',
  'forward-to-emergency': 'no call is forwarded to an emergency number',
  'forward-without-limit':
    'a call from outside goes on to a trunk only where the account that pays has limits.maxConcurrentCalls',
  'forward-not-counted':
    'a call from outside goes on to a trunk only when it is counted, and the memory table cannot be asked',
  'too-many-calls': 'limits.maxConcurrentCalls is reached',
  'too-many-calls-per-minute': 'limits.callsPerMinute is reached',
};

function describeLogin(account: Customer, at: number): string {
  const labels = credentialsOf(account, at).map(({ label }) => label);
  return labels.length > 0 ? `with ${labels.join(' or ')}` : 'no credential is valid';
}

/** From where register-auth lets this call in. */
function describeSources(
  { allowedAddresses = [], callsFromAnywhere }: NonNullable<Customer['registration']>,
  plan: CallPlan,
): string {
  if (callsFromAnywhere) return 'any   (registration.callsFromAnywhere)';
  if (plan.destination?.because === 'emergency') return 'any   (emergency)';
  return `${allowedAddresses.join(', ') || 'none'}   (registration.allowedAddresses)`;
}

/** `explain register`: for each credential of the record, what register-auth would say to a phone that has it. */
export async function explainRegister(
  shell: Shell,
  known: KnownRecords,
  aorText: string,
  options: { at?: number; address?: string },
): Promise<Outcome> {
  const aor = readAor(aorText);
  const customer = await known.find(aor);
  if (!customer)
    throw new Refused(
      `${known.name} has no record of ${formatAor(aor)}: unknown-account; usernames are compared to the letter`,
    );
  const at = options.at ?? shell.now();
  const address =
    options.address ?? customer.registration?.allowedAddresses?.[0]?.split('/')[0] ?? '127.0.0.1';
  const answers = recordCredentials(customer, aor).map((credential) => ({
    credential: credential.knownAs,
    admission: admissionWith(credential, customer, aor, address, at),
  }));
  shell.print(
    [
      `REGISTER of ${formatAor(aor)} at ${new Date(at).toISOString()}, by the records of ${known.name}`,
      ...rows([
        ...answers.map(
          ({ credential, admission }): Line => [`with ${credential}`, describeAdmission(admission)],
        ),
        ...(answers.length === 0 ? line('refused', 'no-credential: npx edge-registrar password rotate') : []),
        ['addresses', customer.registration?.allowedAddresses?.join(', ') ?? 'any'],
        ...(customer.registration?.allowedAddresses
          ? line(
              'calls',
              customer.registration.callsFromAnywhere ? 'from any address' : 'from these addresses too',
            )
          : []),
        ...(customer.registration?.users
          ? line('other users', customer.registration.users.join(', ') || 'none')
          : []),
        ['used twice', REPLAY[customer.registration?.replay ?? 'observe']],
      ]),
    ].join('\n'),
  );
  const admitted = answers.some(({ admission }) => admission.admitted);
  return { code: admitted ? 0 : 1, json: { aor: formatAor(aor), answers } };
}

const REPLAY = {
  observe: 'a digest that was used before is let through, and logged (registration.replay observe)',
  enforce: 'a digest that was used before is refused (registration.replay enforce)',
  off: 'nobody looks (registration.replay off)',
} as const;

/** What the phone would send with this credential, read and judged by the code that judges phones. */
function admissionWith(
  { ha1 }: RecordCredential,
  customer: Customer,
  aor: Aor,
  address: string,
  at: number,
): Admission {
  const request = register({ aor, password: '', address }, at);
  const { authorization: _, ...headers } = request.headers;
  const response = digestResponse('REGISTER', request.digest, 'MD5', ha1);
  const payload = authHookPayload({ ...request, headers, digest: { ...request.digest, response } });
  const attempt = parseAuthHook({ ...payload });
  if (!attempt) throw new Error('the simulated REGISTER was not understood');
  return admit(attempt, customer, at);
}

function describeAdmission(admission: Admission): string {
  return admission.admitted
    ? `admitted for ${admission.expires} s`
    : `refused, ${admission.because}${ADMISSION_FIXES[admission.because] ?? ''}`;
}

const ADMISSION_FIXES: Partial<Record<AdmissionRefusal, string>> = {
  'wrong-digest': ': this credential is not valid at this time',
  'no-credential': ': no credential is valid at this time',
  disabled: ': npx edge-registrar customers enable',
  'address-not-allowed': ': registration.allowedAddresses does not hold it',
};

function line(name: string, text: string): readonly Line[] {
  return [[name, text]];
}

function rows(lines: readonly Line[]): string[] {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}
