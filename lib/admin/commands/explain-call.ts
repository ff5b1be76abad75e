import { dialVerbs } from '../../jambonz/verbs';
import { credentialsOf } from '../../registrar/auth/credentials';
import { cleanNumber } from '../../registrar/calls/clean-number';
import type { Destination } from '../../registrar/calls/destination';
import { type CallPlan, type CallRefusal, type DialPlanned, planCall } from '../../registrar/calls/plan';
import { formatAor } from '../../registrar/record/aor';
import type { Customer } from '../../registrar/record/customer';
import { policyOf } from '../../registrar/record/policy';
import { type Fact, facts } from '../columns';
import { type CommonOptions, deploymentCommand, onRecords } from '../command-line';
import { readAor } from '../input';
import { time } from '../option-values';
import { callOf, verbsOf } from '../records/explained-call';
import { callRecordsOf, type KnownRecords } from '../records/known-records';
import { mask } from '../records/mask';
import { REFUSALS } from '../records/refusals';
import type { Outcome, Shell } from '../shell';

interface Options extends CommonOptions {
  readonly from?: string;
  readonly verbs?: boolean;
  /** Unix ms. */
  readonly at?: number;
}

export const explainCallCommand = () =>
  deploymentCommand('call <aor> <number>', 'what would come of a call, and which rule says so', [
    'explain call AcmeInc@register.telecomsxchange.com 00966501234567',
    'explain call AcmeInc@register.telecomsxchange.com 00966501234567 --verbs',
    'explain call AcmeInc@register.telecomsxchange.com 112 --records new.json',
  ])
    .option('--from <user>', "the device's From user")
    .option('--verbs', 'the answer to jambonz, too')
    .option('--at <time>', 'at another time than now, ISO 8601', time)
    .option('--records <file>', 'by the records of this file')
    .action((aor: string, number: string, options: Options) =>
      onRecords(options, (shell, known, hooks) =>
        explainCall(shell, known, aor, number, { ...options, ...hooks }),
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
  const records = await callRecordsOf(known, caller);
  const call = callOf(caller, dialled, options.from);
  const plan = planCall(call, records, known.settings);
  const verbs = mask(verbsOf(call, plan, options.hooks));
  const { account, named } = records;
  const at = options.at ?? shell.now();
  shell.print(
    [
      `call to ${dialled} by ${formatAor(caller)}, by the records of ${known.name}`,
      ...facts(
        [
          ['record', account ? (named ? `its own, and the policy of ${named.username}` : 'its own') : 'none'],
          ...(account ? fact('login', describeLogin(account, at)) : []),
          ...(account?.registration?.allowedAddresses
            ? fact('addresses', describeSources(account.registration, plan))
            : []),
          ...linesOf(plan, account && policyOf(account, named).dialPlan?.country),
        ],
        shell.width,
      ),
      ...(options.verbs ? ['verbs', JSON.stringify(verbs, null, 2)] : []),
    ].join('\n'),
  );
  return { code: plan.kind === 'dial' ? 0 : 1, json: { plan: mask(plan), verbs } };
}

/** @param country of the dial plan */
function linesOf(plan: CallPlan, country: string | undefined): Fact[] {
  const { destination, permission } = plan;
  return [
    ...(destination ? linesOfDestination(destination, country) : []),
    ...(permission ? fact('permission', describePermission(permission)) : []),
    ...(plan.kind === 'dial' ? linesOfDial(plan) : fact('refused', describeRefusal(plan))),
  ];
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
      const [dial] = dialVerbs(plan, at + 1, { call: '', mac: '' }, '').verbs.filter(
        (it) => it.verb === 'dial',
      );
      const from = dial?.target[0].from;
      const shownFrom = from ? `, From ${from.user ?? dial?.callerId}@${from.host ?? 'jambonz'}` : '';
      const ownCallerId = attempt.ownCallerId ? ', its own caller id' : '';
      const user = attempt.outboundAuth ? `, user ${attempt.outboundAuth.username}` : '';
      const ringing = attempt.ringTimeout === undefined ? '' : `, rings ${attempt.ringTimeout} s`;
      return [
        `trunk ${at + 1}`,
        `${attempt.trunk}: ${dial?.target[0].sipUri} as ${attempt.callerId ?? 'anonymous'}${ownCallerId}${shownFrom}${user}${ringing}   (${attempt.because})`,
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
