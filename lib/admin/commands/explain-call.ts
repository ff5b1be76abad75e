import { dialVerbs } from '../../jambonz/verbs';
import { credentialsOf } from '../../registrar/auth/credentials';
import type { Call } from '../../registrar/calls/call';
import { cleanNumber } from '../../registrar/calls/clean-number';
import type { Destination } from '../../registrar/calls/destination';
import { forwardCall } from '../../registrar/calls/forward';
import {
  applyFacts,
  type CallPlan,
  type CallRefusal,
  type DialPlanned,
  planCall,
} from '../../registrar/calls/plan';
import { formatAor } from '../../registrar/record/aor';
import type { Customer } from '../../registrar/record/customer';
import { numberKey } from '../../registrar/record/number-key';
import { policyOf } from '../../registrar/record/policy';
import { explainBudget } from '../calls/explained-budget';
import { type Fact, facts } from '../columns';
import { type CommonOptions, deploymentCommand, onRecords } from '../command-line';
import { readAor } from '../input';
import { time } from '../option-values';
import { callOf, carrierCallOf, verbsOf } from '../records/explained-call';
import { linesOfRing } from '../records/explained-ring';
import { callRecordsOf, type KnownRecords, unknownPhones } from '../records/known-records';
import { mask } from '../records/mask';
import { REFUSALS } from '../records/refusals';
import { type Outcome, type Shell, WrongUsage } from '../shell';

interface Options extends CommonOptions {
  readonly from?: string;
  readonly verbs?: boolean;
  /** Unix ms. */
  readonly at?: number;
}

export const explainCallCommand = () =>
  deploymentCommand(
    'call <aor> [number]',
    'what would come of a call, and which rule says so; of a number alone, what rings when it is called',
    [
      'explain call AcmeInc@register.telecomsxchange.com 00966501234567',
      'explain call AcmeInc@register.telecomsxchange.com 00966501234567 --verbs',
      'explain call +966112223300 --from +12025550123',
      'explain call AcmeInc@register.telecomsxchange.com 112 --records new.json',
    ],
  )
    .option('--from <user>', "the device's From user; of a number alone, who calls it")
    .option('--verbs', 'the answer to jambonz, too')
    .option('--at <time>', 'at another time than now, ISO 8601', time)
    .option('--records <file>', 'by the records of this file')
    .action((aor: string, number: string | undefined, options: Options) =>
      onRecords(options, (shell, known, hooks) =>
        number === undefined
          ? explainNumber(shell, known, aor, { ...options, ...hooks })
          : explainCall(shell, known, aor, number, { ...options, ...hooks }),
      ),
    );

/** `explain call`: the plan of the call hook's own rules, line by line, and its verbs. Nothing is sent. */
export async function explainCall(
  shell: Shell,
  known: KnownRecords,
  aorText: string,
  dialled: string,
  options: Options & { hooks?: string },
): Promise<Outcome> {
  const caller = readAor(aorText);
  const call = callOf(caller, dialled, options.from);
  const records = await callRecordsOf(known, call);
  const planned = planCall(call, records, known.settings);
  const at = options.at ?? shell.now();
  const budget = planned.kind === 'dial' ? await explainBudget(known, planned, at) : undefined;
  const plan = budget
    ? applyFacts(planned, { grant: 'granted', lease: budget.lease }, known.settings)
    : planned;
  const { account, named } = records;
  return printPlan(
    shell,
    `call to ${dialled} by ${formatAor(caller)}, by the records of ${known.name}`,
    [
      ['record', account ? (named ? `its own, and the policy of ${named.username}` : 'its own') : 'none'],
      ...(account ? fact('login', describeLogin(account, at)) : []),
      ...(account?.registration?.allowedAddresses
        ? fact('addresses', describeSources(account.registration, plan))
        : []),
      ...linesOf(plan, account && policyOf(account, named).dialPlan?.country),
      ...(await linesOfForward(known, call, plan)),
      ...(budget ? fact('budget', budget.text) : []),
    ],
    { call, plan, options, budget: budget?.text },
  );
}

/** `explain call` of a number of ours: which phones ring when a carrier's call comes for it, and what follows. */
export async function explainNumber(
  shell: Shell,
  known: KnownRecords,
  called: string,
  options: Options & { hooks?: string },
): Promise<Outcome> {
  if (numberKey(called) === undefined)
    throw new WrongUsage(
      `"${called}" is neither username@realm, which needs a number behind it, nor a number such as +966112223300`,
    );
  const call = carrierCallOf(called, options.from ?? 'anonymous');
  const records = await callRecordsOf(known, call);
  const plan = planCall(call, records, known.settings);
  const unknown = plan.kind === 'ring' ? await unknownPhones(known, plan.steps.flat()) : [];
  return printPlan(
    shell,
    `call from outside to ${called}, by the records of ${known.name}`,
    [
      ...linesOf(plan, undefined),
      ...(unknown.length > 0 ? fact('no record', `of ${unknown.join(', ')}: nobody can register it`) : []),
      ...(await linesOfForward(known, call, plan)),
    ],
    { call, plan, options },
  );
}

function printPlan(
  shell: Shell,
  title: string,
  lines: readonly Fact[],
  {
    call,
    plan,
    options,
    budget,
  }: { call: Call; plan: CallPlan; options: Options & { hooks?: string }; budget?: string | undefined },
): Outcome {
  const verbs = mask(verbsOf(call, plan, options.hooks));
  shell.print(
    [
      title,
      ...facts(lines, shell.width),
      ...(options.verbs ? ['verbs', JSON.stringify(verbs, null, 2)] : []),
    ].join('\n'),
  );
  return {
    code: plan.kind === 'refuse' ? 1 : 0,
    json: { plan: mask(plan), verbs, ...(budget !== undefined && { budget }) },
  };
}

/** How a call goes on that no phone answered. */
async function linesOfForward(known: KnownRecords, call: Call, plan: CallPlan): Promise<Fact[]> {
  if (plan.kind !== 'ring') return [];
  const { fallback } = plan;
  const account = fallback.kind === 'forward-of' ? await known.find(fallback.account) : undefined;
  const forward = forwardCall(call, plan, fallback, account);
  if (!forward) return [];
  const records = await callRecordsOf(known, forward);
  const planned = planCall(forward, records, known.settings);
  const country = records.account && policyOf(records.account, records.named).dialPlan?.country;
  return linesOf(planned, country).map(([name, text]) => [`then ${name}`, text]);
}

/** @param country of the dial plan */
function linesOf(plan: CallPlan, country: string | undefined): Fact[] {
  const { destination, permission } = plan;
  return [
    ...(destination ? linesOfDestination(destination, country) : []),
    ...(permission ? fact('permission', describePermission(permission, destination?.number ?? '')) : []),
    ...linesOfKind(plan),
  ];
}

function linesOfKind(plan: CallPlan): readonly Fact[] {
  switch (plan.kind) {
    case 'dial':
      return linesOfDial(plan);
    case 'ring':
      return linesOfRing(plan);
    case 'refuse':
      return fact('refused', describeRefusal(plan));
  }
}

/** Each step from what was dialled to the number that the rules see. */
function linesOfDestination(
  { dialled, number, because, rewritten }: Destination,
  country: string | undefined,
): Fact[] {
  const clean = cleanNumber(dialled);
  const readings: Partial<Record<Destination['because'], string>> = {
    country: `country: as people of ${country} dial`,
    'impossible-in-country': `impossible-in-country: no number of ${country}, so it stays as it was dialled`,
    ...(clean.replace('+', '') !== number && {
      emergency: 'emergency: behind an outside line, or by an alias',
    }),
  };
  return [
    ...(clean === dialled ? [] : fact('cleaned', clean)),
    ...(rewritten ? fact('rewritten', `${rewritten.text}   (dialPlan.rewrite[${rewritten.rule}])`) : []),
    ['number', `${number}   (${readings[because] ?? because})`],
  ];
}

function linesOfDial(plan: DialPlanned): Fact[] {
  const { callerId, attempts, stopCodes, maxSeconds, limits, dialMusic } = plan;
  const { number = 'anonymous', name, hidden, because } = callerId;
  return [
    [
      'caller id',
      `${number}${name === undefined ? '' : ` "${name}"`}${hidden ? ', hidden' : ''}   (${because})`,
    ],
    ...attempts.map((attempt, at): Fact => {
      const [dial] = dialVerbs(plan, at + 1, { call: '', mac: '' }, { actionHook: '' }).verbs.filter(
        (it) => it.verb === 'dial',
      );
      const target = dial?.target[0];
      const sip = target?.type === 'sip' ? target : undefined;
      const from = sip?.from;
      const shownFrom = from ? `, From ${from.user ?? dial?.callerId}@${from.host ?? 'jambonz'}` : '';
      const ownCallerId = attempt.ownCallerId ? ', its own caller id' : '';
      const user = attempt.outboundAuth ? `, user ${attempt.outboundAuth.username}` : '';
      const ringing = attempt.ringTimeout === undefined ? '' : `, rings ${attempt.ringTimeout} s`;
      return [
        `trunk ${at + 1}`,
        `${attempt.trunk}: ${sip?.sipUri} as ${attempt.callerId ?? 'anonymous'}${ownCallerId}${shownFrom}${user}${ringing}   (${attempt.because})`,
      ];
    }),
    ...(dialMusic === undefined ? [] : fact('ringback', dialMusic)),
    ...(attempts.length > 1
      ? fact('no next after', stopCodes.join(', ') || 'any code leads to the next')
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
    ...(plan.ifNewSource === undefined ? [] : fact('new address', describeNewSource(plan.ifNewSource))),
    ...(plan.would.length === 0
      ? []
      : fact('observed', `${plan.would.join(', ')}: would be refused, and goes on`)),
  ];
}

function describeNewSource(effect: 'refuse' | 'observe'): string {
  return effect === 'refuse'
    ? 'refused from an address that is new   (registration.newSource)'
    : 'goes on from an address that is new, with a line in the log   (registration.newSource)';
}

/** @param number that was judged, with the numbers inside it: those behind an international prefix, for one */
function describePermission(permission: DialPlanned['permission'], number: string): string {
  const inside = (prefix: string) => (number.startsWith(prefix) ? '' : ', for a number inside it');
  if (permission.allowed)
    return permission.because === 'allow'
      ? `allowed   (destinations.allow ${permission.prefix})`
      : `allowed   (${permission.because})`;
  if (permission.because === 'high-risk-destination')
    return `denied   (high-risk range ${permission.range.prefix}: ${permission.range.reason}${inside(permission.range.prefix)})`;
  const { prefix } = permission;
  return `denied   (${prefix === undefined ? 'destinations.default' : `destinations.deny ${prefix}${inside(prefix)}`})`;
}

function describeRefusal({ because, status }: { because: CallRefusal; status: number }): string {
  return `${because}, the phone sees SIP ${status}: ${REFUSALS[because]}`;
}

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

function fact(name: string, text: string): readonly Fact[] {
  return [[name, text]];
}
