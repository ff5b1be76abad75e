import * as v from 'valibot';
import { HOOK_SETTINGS, type HookSetting, type HookSettings, MEANINGS } from '../hooks/settings';
import { isAddressBlock } from '../registrar/record/ip-address';

// ---- the settings of one instance of the stack; on the command line every value is a text ----

const text = v.string('write it as text');
const hostName = v.pipe(
  text,
  v.regex(
    /^[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?)+$/,
    'write a host name such as hooks.example.com',
  ),
);
const region = v.pipe(
  text,
  // Every partition has its own first word: us-gov-west-1, us-isob-east-1, eusc-de-east-1.
  v.regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'write the name of an AWS Region, such as eu-central-1'),
);

const certificate = v.pipe(
  text,
  v.regex(/^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/.+$/, 'write the ARN of an ACM certificate'),
);

function wholeNumber(least: number, most: number) {
  const message = `write a whole number, ${least} to ${most}`;
  return v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))], message),
    v.check((it) => Number.isInteger(it) && it >= least && it <= most, message),
  );
}

const yesOrNo = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])], 'write true or false'),
  v.transform((it) => it === true || it === 'true'),
);

/** A setting of the hooks, as a value of cdk.json or as a text. */
function ofHooks<Value extends string | number | boolean>(
  { parse, fix, otherwise }: HookSetting<Value>,
  name: keyof HookSettings,
) {
  const value = v.pipe(
    v.union([v.string(), v.number(), v.boolean()], fix),
    v.rawTransform(({ dataset, addIssue, NEVER }): Value => {
      const parsed = parse(String(dataset.value));
      if (parsed === undefined) addIssue({ message: fix });
      return parsed ?? NEVER;
    }),
  );
  return v.pipe(v.optional(value, otherwise), v.description(MEANINGS[name]));
}

const addressBlock = v.pipe(
  text,
  v.check(isAddressBlock, 'write addresses or CIDR blocks, such as 192.0.2.0/24,198.51.100.7'),
);
const addressBlocks = v.pipe(
  v.union([v.array(text), v.pipe(text, v.transform(splitAtCommas))], 'write a list of addresses'),
  v.check((list) => list.length > 0, 'name at least one address, or leave the setting out'),
  v.array(addressBlock),
);

function hasPossiblePort(host: string): boolean {
  const [, port] = /:(\d+)$/.exec(host) ?? [];
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65535);
}

/** What CloudWatch Logs can keep (PutRetentionPolicy). */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];

const entries = {
  name: v.pipe(
    text,
    v.regex(/^[a-z][a-z0-9-]{0,39}$/, 'use at most 40 of a-z 0-9 -, and begin with a letter'),
    v.description('The name of this instance: of its stack, its table, its metrics and alarms'),
  ),
  outboundSipHost: v.pipe(
    text,
    v.regex(
      /^([0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$/,
      'write a host or host:port, without sip:, such as sip.carrier.example:5060',
    ),
    v.maxLength(253, 'is longer than a host name can be'),
    v.check(hasPossiblePort, 'write a port from 1 to 65535'),
    v.description('The SIP host for trunks without a host of their own: host or host:port'),
  ),
  sbcAddresses: v.pipe(
    v.exactOptional(addressBlocks),
    v.description('Addresses that may call the hooks: those of your jambonz. Absent: all addresses'),
  ),
  domainName: v.pipe(
    v.exactOptional(hostName),
    v.description('A host name of yours for the hooks. Needs certificateArn'),
  ),
  certificateArn: v.pipe(
    v.exactOptional(certificate),
    v.description('The certificate of domainName, in ACM, in the Region of the stack'),
  ),
  requestsPerSecond: v.pipe(
    v.optional(wholeNumber(1, 10_000), 500),
    v.description(
      'Requests per second that the API accepts, from any sender; more are answered 504, and phones retry',
    ),
  ),
  burst: v.pipe(
    v.optional(wholeNumber(1, 5_000), 1_000),
    v.description('How many more requests may arrive at the same time'),
  ),
  reservedConcurrency: v.pipe(
    v.exactOptional(wholeNumber(1, 10_000)),
    v.description(
      'Reserved concurrency of each Lambda, which is also its maximum. Absent: shared by the account',
    ),
  ),
  callGrant: ofHooks(HOOK_SETTINGS.callGrant, 'callGrant'),
  callsWithoutMemory: ofHooks(HOOK_SETTINGS.callsWithoutMemory, 'callsWithoutMemory'),
  previousSecretHours: ofHooks(HOOK_SETTINGS.previousSecretHours, 'previousSecretHours'),
  staleIfErrorSeconds: ofHooks(HOOK_SETTINGS.staleIfErrorSeconds, 'staleIfErrorSeconds'),
  emergencyForDisabled: ofHooks(HOOK_SETTINGS.emergencyForDisabled, 'emergencyForDisabled'),
  logLevel: ofHooks(HOOK_SETTINGS.logLevel, 'logLevel'),
  logRetentionDays: v.pipe(
    v.optional(
      v.pipe(
        wholeNumber(1, 3653),
        v.check((it) => RETENTION_DAYS.includes(it), `write one of ${RETENTION_DAYS.join(', ')}`),
      ),
      30,
    ),
    v.description('How long CloudWatch keeps the logs: they hold addresses of record'),
  ),
  alarmEmail: v.pipe(
    v.exactOptional(v.pipe(text, v.email('write an e-mail address'))),
    v.description('E-mail address that receives the alarms; others can subscribe to the topic later'),
  ),
  silenceMinutes: v.pipe(
    v.optional(wholeNumber(0, 1440), 90),
    v.description(
      'Alarm when no phone registered for this many minutes, but one did in the last 7 days. 0: never',
    ),
  ),
  healthCheck: v.pipe(
    v.optional(yesOrNo, false),
    v.description('Check each Lambda once a minute, with or without traffic; a failed check raises an alarm'),
  ),
  runbookUrl: v.pipe(
    v.exactOptional(
      v.pipe(text, v.regex(/^https:\/\/[^\s#]+$/, 'write a URL that begins with https:// and has no #')),
    ),
    v.description('Where you publish docs/runbook.md: each alarm links to its article there'),
  ),
  canaryDeployment: v.pipe(
    v.optional(yesOrNo, false),
    v.description(
      'A new version gets 10 % of the requests for 5 minutes, and is rolled back if an alarm goes off in that time',
    ),
  ),
  existingCustomersTable: v.pipe(
    v.exactOptional(v.pipe(text, v.regex(/^[A-Za-z0-9_.-]{3,255}$/, 'write the name of a DynamoDB table'))),
    v.description(
      'An existing customers table, from an earlier stack or a restore. Absent: the stack creates one',
    ),
  ),
  apiGatewayLogRole: v.pipe(
    v.optional(yesOrNo, false),
    v.description(
      'Set the role with which API Gateway writes logs, for the whole account in this Region. Needed once per account and Region',
    ),
  ),
  region: v.pipe(
    v.exactOptional(region),
    v.description("The stack's AWS Region. Absent: that of the AWS profile that deploys"),
  ),
  standbyRegion: v.pipe(
    v.exactOptional(region),
    v.description('A second Region with its own hooks and a copy of the customers. Needs region'),
  ),
  standbyCertificateArn: v.pipe(
    v.exactOptional(certificate),
    v.description(
      'The certificate of domainName in the standby Region: a certificate is valid in one Region',
    ),
  ),
  tags: v.pipe(
    v.optional(
      v.union(
        [
          v.pipe(
            v.unknown(),
            v.check((it) => !Array.isArray(it)),
            v.record(text, text),
          ),
          v.pipe(text, v.regex(/^[^=,]+=[^,]*(,[^=,]+=[^,]*)*$/), v.transform(readPairs)),
        ],
        'write { "owner": "voice" }, or owner=voice,stage=test on the command line',
      ),
      {},
    ),
    v.description('Tags on everything in the stack'),
  ),
};

const settings = v.pipe(
  v.object(entries),
  v.forward(
    v.partialCheck(
      [['domainName'], ['certificateArn']],
      (it) => (it.domainName === undefined) === (it.certificateArn === undefined),
      'domainName and certificateArn go together: set both or none',
    ),
    ['domainName'],
  ),
  v.forward(
    v.partialCheck(
      [['region'], ['standbyRegion']],
      (it) => it.standbyRegion === undefined || (it.region !== undefined && it.region !== it.standbyRegion),
      'a standby also needs region, and a different one',
    ),
    ['standbyRegion'],
  ),
  v.forward(
    v.partialCheck(
      [['domainName'], ['standbyRegion'], ['standbyCertificateArn']],
      (it) => it.standbyCertificateArn === undefined || !!(it.domainName && it.standbyRegion),
      'it needs domainName and standbyRegion: set both',
    ),
    ['standbyCertificateArn'],
  ),
);

/** The settings of one instance of the stack. */
export type Settings = v.InferOutput<typeof settings>;

/** The settings of the standby: it has the domain name only with a certificate of that Region. */
export function standbySettings({ domainName, certificateArn, ...settings }: Settings): Settings {
  const { standbyCertificateArn } = settings;
  return domainName === undefined || standbyCertificateArn === undefined
    ? settings
    : { ...settings, domainName, certificateArn: standbyCertificateArn };
}

/** Each setting and what it means, in the order in which people read them. */
export const SETTINGS: readonly { readonly name: string; readonly meaning: string }[] = Object.entries(
  entries,
).map(([name, schema]) => ({ name, meaning: v.getDescription(schema) ?? '' }));

/** Invalid settings: one line for each, with its fix. */
export class WrongSettings extends Error {
  override readonly name = 'WrongSettings';
}

/**
 * Reads the settings from the CDK context: `cdk.json`, or `-c name=value` on the command line.
 * @param context everything in it; names with a colon or a slash belong to the CDK and its libraries
 * @param deployRegion the Region of the AWS profile (the CDK's `CDK_DEFAULT_REGION`), for a stack that names none
 * @throws WrongSettings with one line for each wrong one
 */
export function readSettings(
  context: Readonly<Record<string, unknown>>,
  deployRegion?: string | undefined,
): Settings {
  const unknown = Object.keys(context).filter((name) => !Object.hasOwn(entries, name) && !isOfTheCdk(name));
  const read = v.safeParse(settings, context);
  const problems = [
    ...unknown.map(explainUnknown),
    ...(read.success ? certificateProblems(read.output, deployRegion) : explainAll(read.issues)),
  ];
  if (!read.success || problems.length > 0) throw new WrongSettings(problems.join('\n'));
  return read.output;
}

/** Feature flags, look-ups and options of the CDK have a colon or a slash; these two have neither. */
function isOfTheCdk(name: string): boolean {
  return /[:/]/.test(name) || name === 'cli-telemetry' || name === 'acknowledged-issue-numbers';
}

function explainUnknown(name: string): string {
  return `there is no setting ${shortened(name)}; the nearest is ${nearest(name)} (docs/deploy.md has all); it comes from -c, the context of cdk.json, or ~/.cdk.json`;
}

/** One line for each setting: a list of a thousand wrong addresses is one mistake. */
function explainAll(issues: readonly v.BaseIssue<unknown>[]): string[] {
  const names = issues.map(settingOf);
  return issues.filter((issue, at) => names.indexOf(settingOf(issue)) === at).map(explain);
}

function settingOf({ path }: v.BaseIssue<unknown>): string {
  return String(path?.[0]?.key);
}

function explain(issue: v.BaseIssue<unknown>): string {
  const { message, type, received } = issue;
  const problem =
    received === 'undefined' && type === 'object'
      ? 'is not set'
      : type === 'partial_check'
        ? `is incomplete: ${message}`
        : `is ${shortened(received)}: ${message}`;
  return wrong(settingOf(issue), problem);
}

function wrong(name: string, problem: string): string {
  return `the setting ${name} ${problem}; set it in the context of cdk.json, or with -c ${name}=…`;
}

/** A certificate serves the Region that its ARN names (arn:partition:acm:region:account:certificate/id). */
function certificateProblems(settings: Settings, deployRegion: string | undefined): string[] {
  const { certificateArn, region = deployRegion, standbyCertificateArn, standbyRegion } = settings;
  return [
    ...certificateProblem('certificateArn', certificateArn, 'region', region),
    ...certificateProblem('standbyCertificateArn', standbyCertificateArn, 'standbyRegion', standbyRegion),
  ];
}

function certificateProblem(
  name: keyof Settings,
  certificateArn: string | undefined,
  regionName: keyof Settings,
  region: string | undefined,
): string[] {
  const itsRegion = certificateArn?.split(':')[3];
  if (itsRegion === undefined || region === undefined || itsRegion === region) return [];
  return [
    wrong(
      name,
      `is of ${itsRegion}, and the stack of ${region}: set ${regionName} to ${itsRegion}, or take a certificate of ${region}`,
    ),
  ];
}

/** The setting whose name takes the fewest changes. */
function nearest(name: string): string {
  const distances = Object.keys(entries).map((it) => ({
    it,
    far: distance(name.toLowerCase(), it.toLowerCase()),
  }));
  return distances.reduce((best, other) => (other.far < best.far ? other : best)).it;
}

/** How many letters must be inserted, removed or changed (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (const [column, other] of [...to].entries())
      next.push(
        Math.min(
          (row[column] ?? 0) + (letter === other ? 0 : 1),
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
        ),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** A value as written, cut to fit a terminal. */
function shortened(written: string): string {
  if (written === 'Array') return 'a list';
  if (written === 'Object') return 'an object';
  return written.length <= 60 ? written : `${written.slice(0, 60)}…`;
}

function splitAtCommas(list: string): string[] {
  return list.split(',').map((it) => it.trim());
}

function readPairs(list: string): Record<string, string> {
  return Object.fromEntries(
    splitAtCommas(list).map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    }),
  );
}
