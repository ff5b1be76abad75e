import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, SETTINGS, type WrongSettings } from '../../lib/stack/stack-settings';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** What it says, line by line; nothing when it goes well. */
function linesOf(reads: () => unknown): string[] {
  try {
    reads();
    return [];
  } catch (error) {
    return (error as WrongSettings).message.split('\n');
  }
}

describe('the settings', () => {
  const settings = (context: Record<string, unknown>) => () =>
    readSettings({ name: 'a', outboundSipHost: 'h', ...context });
  const mend = (name: string) => `; set it in the context of cdk.json, or with -c ${name}=…`;

  test('a SIP host, with or without a port, is taken', () => {
    for (const outboundSipHost of ['sip.example.net', '192.0.2.1:5061', '[2001:db8::1]:5060'])
      expect(settings({ outboundSipHost })()).toMatchObject({ outboundSipHost });
  });

  test('settings that are not set have defaults', () => {
    expect(settings({})()).toEqual({
      name: 'a',
      outboundSipHost: 'h',
      requestsPerSecond: 500,
      burst: 1000,
      callGrant: 'enforce',
      callsWithoutMemory: 'allow',
      staleIfErrorSeconds: 900,
      emergencyForDisabled: true,
      logLevel: 'INFO',
      previousSecretHours: 24,
      logRetentionDays: 30,
      silenceMinutes: 90,
      healthCheck: false,
      canaryDeployment: false,
      apiGatewayLogRole: false,
      tags: {},
    });
  });

  test('texts of the command line and values of cdk.json mean the same', () => {
    const texts = { burst: '5', sbcAddresses: '192.0.2.1, 2001:db8::/32', tags: 'a=b,c=d=e' };
    const values = { burst: 5, sbcAddresses: ['192.0.2.1', '2001:db8::/32'], tags: { a: 'b', c: 'd=e' } };
    expect(settings(texts)()).toEqual(settings(values)());
  });

  test('a missing one is named, with the way to set it', () => {
    expect(() => readSettings({ name: 'a' })).toThrow(
      `the setting outboundSipHost is not set${mend('outboundSipHost')}`,
    );
  });

  test.each([
    [
      { name: 'My Registrar' },
      'name is "My Registrar": use at most 40 of a-z 0-9 -, and begin with a letter',
    ],
    [
      { outboundSipHost: 'sip:carrier.example' },
      'outboundSipHost is "sip:carrier.example": write a host or host:port, without sip:, such as sip.carrier.example:5060',
    ],
    [
      { sbcAddresses: '192.0.2.0/33' },
      'sbcAddresses is "192.0.2.0/33": write addresses or CIDR blocks, such as 192.0.2.0/24,198.51.100.7',
    ],
    [
      { domainName: 'hooks.example.com' },
      'domainName is incomplete: domainName and certificateArn go together: set both or none',
    ],
    [{ burst: '0' }, 'burst is 0: write a whole number, 1 to 5000'],
    [{ requestsPerSecond: 'many' }, 'requestsPerSecond is "many": write a whole number, 1 to 10000'],
    [{ reservedConcurrency: 0.5 }, 'reservedConcurrency is 0.5: write a whole number, 1 to 10000'],
    [{ emergencyForDisabled: 'no' }, 'emergencyForDisabled is "no": write true or false'],
    [{ callGrant: 'on' }, 'callGrant is "on": write off, observe or enforce'],
    [{ logLevel: 'debug' }, 'logLevel is "debug": write INFO, WARN or ERROR'],
    [
      { logRetentionDays: 31 },
      'logRetentionDays is 31: write one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653',
    ],
    [{ previousSecretHours: '1d' }, 'previousSecretHours is "1d": write a whole number, 0 to 8760'],
    [{ alarmEmail: 'noc' }, 'alarmEmail is "noc": write an e-mail address'],
    [{ region: 'Frankfurt' }, 'region is "Frankfurt": write the name of an AWS Region, such as eu-central-1'],
    [{ sbcAddresses: [] }, 'sbcAddresses is a list: name at least one address, or leave the setting out'],
    [
      { runbookUrl: 'docs/runbook.md' },
      'runbookUrl is "docs/runbook.md": write a URL that begins with https:// and has no #',
    ],
    [{ silenceMinutes: 1441 }, 'silenceMinutes is 1441: write a whole number, 0 to 1440'],
    [
      { existingCustomersTable: 'a/b' },
      'existingCustomersTable is "a/b": write the name of a DynamoDB table',
    ],
    [
      { tags: ['owner=voice'] },
      'tags is a list: write { "owner": "voice" }, or owner=voice,stage=test on the command line',
    ],
    [
      { outboundSipHost: 'sip.example.net:65536' },
      'outboundSipHost is "sip.example.net:65536": write a port from 1 to 65535',
    ],
    [
      { outboundSipHost: 'sip.example.net:0' },
      'outboundSipHost is "sip.example.net:0": write a port from 1 to 65535',
    ],
    [{ tags: '7' }, 'tags is "7": write { "owner": "voice" }, or owner=voice,stage=test on the command line'],
    [
      { standbyRegion: 'eu-west-1' },
      'standbyRegion is incomplete: a standby also needs region, and a different one',
    ],
  ])('%j is reported with its fix', (context, problem) => {
    const [name = ''] = Object.keys(context);
    expect(settings(context)).toThrow(new Error(`the setting ${problem}${mend(name)}`));
  });

  test.each([
    ['requestPerSecond', 'requestsPerSecond'],
    ['sbcAddress', 'sbcAddresses'],
    ['SBCaddresses', 'sbcAddresses'],
    ['sbc-addresses', 'sbcAddresses'],
    ['outboundSIPhost', 'outboundSipHost'],
    ['mail', 'name'],
    ['constructor', 'callGrant'],
  ])('there is no setting %s, and the nearest is named: %s', (name, nearest) => {
    expect(settings({ [name]: '7' })).toThrow(
      `there is no setting ${name}; the nearest is ${nearest} (docs/deploy.md has all)`,
    );
  });

  test('names of the CDK are left to the CDK', () => {
    const names = [
      '@aws-cdk/core:checkSecretUsage',
      'aws:cdk:bundling-stacks',
      'availability-zones:account=123456789012:region=eu-central-1',
      'cli-telemetry',
      'acknowledged-issue-numbers',
    ];
    expect(settings(Object.fromEntries(names.map((name) => [name, true])))()).toMatchObject({ name: 'a' });
  });

  test('a wrong type costs one short line for each setting, whichever it is', () => {
    const wrong = [
      7.5,
      true,
      null,
      {},
      [],
      [null],
      [{ a: 1 }],
      { a: { b: 1 } },
      'x'.repeat(10_000),
      ['?'.repeat(999), '!'],
    ];
    for (const { name } of SETTINGS)
      for (const value of wrong) {
        const lines = linesOf(settings({ [name]: value }));
        expect(lines.filter((line) => line.startsWith(`the setting ${name} `)).length).toBeLessThanOrEqual(1);
        for (const line of lines) expect(line.length).toBeLessThan(350);
      }
    expect(linesOf(settings({ sbcAddresses: Array.from({ length: 1000 }, (_, at) => `host${at}`) }))).toEqual(
      [
        `the setting sbcAddresses is "host0": write addresses or CIDR blocks, such as 192.0.2.0/24,198.51.100.7${mend('sbcAddresses')}`,
      ],
    );
  });

  test.each([
    'us-gov-west-1',
    'cn-northwest-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'eusc-de-east-1',
    'ap-southeast-12',
  ])('%s is a Region', (region) => {
    expect(settings({ region })()).toMatchObject({ region });
  });

  describe('a certificate', () => {
    const HOME = 'arn:aws:acm:eu-central-1:123456789012:certificate/1';
    const STANDBY = 'arn:aws:acm:eu-west-1:123456789012:certificate/2';
    const own = { name: 'a', outboundSipHost: 'h', domainName: 'hooks.example.com', certificateArn: HOME };

    test.each([
      ['the Region of the stack', { ...own, region: 'eu-central-1' }, 'us-east-1'],
      ['the Region of the profile', own, 'eu-central-1'],
      ['any Region, while nobody knows where the stack goes', own, undefined],
      [
        'each its Region',
        { ...own, region: 'eu-central-1', standbyRegion: 'eu-west-1', standbyCertificateArn: STANDBY },
        undefined,
      ],
    ])('of %s is taken', (_, context, deployRegion) => {
      expect(readSettings(context, deployRegion)).toMatchObject({ certificateArn: HOME });
    });

    test.each([
      [
        { ...own, region: 'eu-west-1' },
        undefined,
        'certificateArn is of eu-central-1, and the stack of eu-west-1',
      ],
      [
        own,
        'us-east-1',
        'certificateArn is of eu-central-1, and the stack of us-east-1: set region to eu-central-1, or take a certificate of us-east-1',
      ],
      [
        { ...own, region: 'eu-central-1', standbyRegion: 'eu-north-1', standbyCertificateArn: STANDBY },
        undefined,
        'standbyCertificateArn is of eu-west-1, and the stack of eu-north-1: set standbyRegion to eu-west-1',
      ],
    ])('of another Region is refused', (context, deployRegion, problem) => {
      expect(() => readSettings(context, deployRegion)).toThrow(`the setting ${problem}`);
    });
  });

  test('all wrong ones are named at once', () => {
    expect(settings({ name: '1', burst: 'x', tags: 7 })).toThrow(/name.*\n.*burst.*\n.*tags/);
  });

  test('each is in docs/deploy.md with its meaning', () => {
    const page = read('docs/deploy.md');
    expect(SETTINGS.length).toBeGreaterThan(10);
    for (const { name, meaning } of SETTINGS) expect(page).toContain(`| \`${name}\` | ${meaning} |`);
  });

  test('cdk.json carries the example host, and nothing of an account', () => {
    const { context } = JSON.parse(read('cdk.json'));
    expect(context.outboundSipHost).toBe('sip.carrier.example');
    expect(JSON.stringify(context)).not.toMatch(/\d{12}|arn:/);
  });
});
