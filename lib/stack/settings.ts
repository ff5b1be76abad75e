import * as v from 'valibot';

/** The host that `cdk.json` carries so that a fresh clone synthesises: no carrier answers there (RFC 2606). */
export const EXAMPLE_SIP_HOST = 'sip.carrier.example';

const text = v.string('write it as text');

const name = v.pipe(
  text,
  v.regex(/^[a-z][a-z0-9-]{0,39}$/, 'use at most 40 of a-z 0-9 -, and begin with a letter'),
  v.description('The name of this instance: of its stack, and of everything in it.'),
);

const hostAndPort = v.pipe(
  text,
  v.regex(
    /^([0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$/,
    'write a host or host:port, without sip:, such as sip.carrier.example:5060',
  ),
  v.maxLength(253, 'is longer than a host name can be'),
  v.description('Where calls go whose trunk names no host.'),
);

const settings = v.object({ name, outboundSipHost: hostAndPort });

/** What one instance of the stack is told. */
export type Settings = v.InferOutput<typeof settings>;

/** Settings that cannot be deployed: which, what is wrong and how to mend it, one line each. */
export class WrongSettings extends Error {
  override readonly name = 'WrongSettings';
}

/**
 * Reads the settings from the CDK context: `cdk.json`, or `-c name=value` on the command line.
 * @throws WrongSettings that names every wrong one
 */
export function readSettings(context: (name: string) => unknown): Settings {
  const given = Object.keys(settings.entries).map((name) => [name, context(name)] as const);
  const read = v.safeParse(settings, Object.fromEntries(given.filter(([, value]) => value !== undefined)));
  if (read.success) return read.output;
  throw new WrongSettings(read.issues.map(explain).join('\n'));
}

function explain({ path, message, type, received }: v.BaseIssue<unknown>): string {
  const name = String(path?.[0]?.key);
  const problem = type === 'object' || received === 'undefined' ? 'is not set' : `is ${received}: ${message}`;
  return `the setting ${name} ${problem}; set it in the context of cdk.json, or with -c ${name}=…`;
}
