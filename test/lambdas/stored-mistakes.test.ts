import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { connectDocumentClient } from '../../lib/aws/tools/document-client';
import { HOOK_SETTINGS } from '../../lib/hooks/settings';
import { createTables, LOCAL_TABLES, startEmbeddedDynamoDB } from '../../lib/local/embedded-dynamodb';
import { invite, register } from '../../lib/local/sip-phone';
import { outcome, startLambda } from '../aws/lambda-process';
import { NOW } from '../hook-context';

// Items as other tools write them into the table, and what the hooks answer.

type Attributes = Record<string, AttributeValue>;

const AOR = { username: 'alice', realm: 'sip.example.com' };
const PLAIN: Attributes = {
  realm: { S: AOR.realm },
  username: { S: AOR.username },
  password: { S: 'wonderland' },
  callerId: { S: '+18005550100' },
  techPrefix: { S: '77#' },
};

const embedded = startEmbeddedDynamoDB(0, undefined);
const client = embedded.then(({ endpoint }) => connectDocumentClient(endpoint));
beforeAll(async () => createTables(await client));
afterAll(async () => {
  (await client).destroy();
  await (await embedded).stop();
});

/** A Lambda that has read nothing yet, of a table that holds this record. */
async function lambdaWith(attributes: Attributes) {
  const command = new PutItemCommand({
    TableName: LOCAL_TABLES.customers,
    Item: { ...PLAIN, ...attributes },
  });
  await (await client).send(command);
  return startLambda((await embedded).endpoint, { now: NOW }, { [HOOK_SETTINGS.callGrant.env]: 'off' });
}

async function registers(attributes: Attributes, password = 'wonderland'): Promise<string> {
  const lambda = await lambdaWith(attributes);
  return outcome(await lambda.auth(register({ aor: AOR, password, address: '192.0.2.7' }, NOW)));
}

async function calls(attributes: Attributes, dialled: string): Promise<string> {
  const lambda = await lambdaWith(attributes);
  const reply = await lambda.call(invite({ aor: AOR, password: 'wonderland' }, dialled, NOW), dialled);
  const [first, dial] = reply.body as readonly Verb[];
  if (first?.verb === 'sip:decline') return `decline ${first.status}`;
  return `${dial?.target?.[0]?.sipUri} as ${dial?.callerId}`;
}

interface Verb {
  readonly verb: string;
  readonly status?: number;
  readonly callerId?: string;
  readonly target?: readonly { readonly sipUri: string }[];
}

const N = (number: string): AttributeValue => ({ N: number });
const S = (text: string): AttributeValue => ({ S: text });
const L = (...list: AttributeValue[]): AttributeValue => ({ L: list });
const M = (map: Attributes): AttributeValue => ({ M: map });

const TO_966 = 'sip:77#966501234567@sip.carrier.example as +18005550100';

test.each<[string, Attributes, string]>([
  ['a list of objects for destinations', { destinations: L(M({ default: S('deny') })) }, 'decline 403'],
  ['a list of objects for limits', { limits: L(M({ maxConcurrentCalls: N('0') })) }, 'decline 480'],
  ['an empty list for limits', { limits: L() }, 'decline 480'],
  ['null for limits', { limits: { NULL: true } }, 'decline 480'],
  ['a list for a dial plan', { dialPlan: L(M({ countryCode: S('+966') })) }, 'decline 403'],
  ['a list for a caller id', { callerId: L(S('+18005550100')) }, 'decline 403'],
  ['a denied number', { destinations: M({ deny: L(N('966')) }) }, 'decline 403'],
  ['a set of denied numbers', { destinations: M({ deny: { NS: ['966'] } }) }, 'decline 403'],
  ['a set of denied texts', { destinations: M({ deny: { SS: ['966'] } }) }, 'decline 403'],
  ['a set of bytes', { destinations: M({ deny: { BS: [Buffer.from('966')] } }) }, 'decline 403'],
  ['a denied prefix with +', { destinations: M({ deny: L(S('+966')) }) }, 'decline 403'],
  ['a denied prefix with 00', { destinations: M({ deny: L(S('00966')) }) }, 'decline 403'],
  ['a denied prefix with a blank', { destinations: M({ deny: L(S('966 5')) }) }, 'decline 403'],
  ['a denied pattern', { destinations: M({ deny: L(S('^966')) }) }, 'decline 403'],
  ['another denied number', { destinations: M({ deny: L(N('971')) }) }, TO_966],
  ['a pool of numbers', { callerId: M({ pool: L(N('18005550100')) }) }, TO_966.replace('+', '')],
  [
    'a broken pattern',
    { callerId: M({ patterns: L(M({ match: S('('), callerId: S('1') })) }) },
    'decline 403',
  ],
  ['a balance that JavaScript cannot hold', { balance: N('12345678901234567890.5') }, TO_966],
  [
    'a cap that JavaScript cannot hold',
    { limits: M({ maxConcurrentCalls: N('12345678901234567890') }) },
    'decline 480',
  ],
])('%s: 966501234567 is answered as it must', async (_what, attributes, answer) => {
  expect(await calls(attributes, '966501234567')).toBe(answer);
});

test.each<[string, AttributeValue]>([
  ['a list', L(S('112'))],
  ['a text', S('112')],
  ['a number', N('112')],
  ['a set of numbers', { NS: ['112', '911'] }],
  ['a text for numbers', M({ numbers: S('112') })],
  ['a number for numbers', M({ numbers: N('112') })],
  ['a set for numbers', M({ numbers: { NS: ['112'] } })],
  ['numbers beside what cannot be read', M({ numbers: L(N('112'), { NULL: true }), callerId: N('1') })],
])('emergency that is %s: 112 is dialled, whatever else is denied', async (_what, emergency) => {
  const closed: Attributes = { enabled: S('no'), destinations: S('none'), limits: L(), trunks: S('main') };
  const answer = 'sip:77#112@sip.carrier.example as +18005550100';
  expect(await calls({ ...closed, emergency }, '112')).toBe(answer);
  expect(await registers({ emergency })).toBe('ok');
});

test.each<[string, Attributes, string, string]>([
  ['a password of blanks', { password: S('   ') }, '   ', 'fail'],
  ['a password that is a number', { password: N('12345') }, '12345', 'fail'],
  [
    'a password that JavaScript cannot hold',
    { password: N('12345678901234567890') },
    '12345678901234567890',
    'fail',
  ],
  ['a password of bytes', { password: { B: Buffer.from('wonderland') } }, 'd29uZGVybGFuZA==', 'fail'],
  ['a list of addresses for registration', { registration: L(S('192.0.2.0/24')) }, 'wonderland', 'fail'],
  [
    'registration in a list',
    { registration: L(M({ allowedAddresses: L(S('198.51.100.0/24')) })) },
    'wonderland',
    'fail',
  ],
  [
    'registration in a list, allowed',
    { registration: L(M({ allowedAddresses: L(S('192.0.2.0/24')) })) },
    'wonderland',
    'ok',
  ],
  [
    'a set of addresses',
    { registration: M({ allowedAddresses: { SS: ['192.0.2.0/24'] } }) },
    'wonderland',
    'ok',
  ],
  ['a balance that JavaScript cannot hold', { balance: N('12345678901234567890.5') }, 'wonderland', 'ok'],
])('%s: a phone registers only if it may', async (_what, attributes, password, answer) => {
  expect(await registers(attributes, password)).toBe(answer);
});

test('what is understood is logged too, with its fix', async () => {
  const lambda = await lambdaWith({ destinations: M({ deny: { SS: ['+966'] } }) });
  await lambda.auth(register({ aor: AOR, password: 'wonderland' }, NOW));
  expect(lambda.lines).toMatchObject([
    {
      badRecord: 'alice@sip.example.com',
      path: 'destinations.deny',
      fix: 'is understood, but write a list, in [ ]',
    },
    {
      badRecord: 'alice@sip.example.com',
      path: 'destinations.deny[0]',
      fix: 'is understood, but write digits without + or 00, such as 966',
    },
    { hook: 'register-auth', answer: 'ok' },
  ]);
});
