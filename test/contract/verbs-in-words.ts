import { verifyTag } from '../../lib/jambonz/call-tag';
import { BASE_URL, SECRET } from '../hook-context';

const verbSpecifications: {
  validate: (logger: object, verbs: unknown) => void;
} = require('@jambonz/verb-specifications');
const schema: {
  validateApp: (verbs: unknown) => { valid: boolean; errors?: unknown };
} = require('@jambonz/schema');

type Json = Record<string, unknown>;

/** Would jambonz take these verbs? Asks both of its own validators: one unknown property costs the whole reply. */
export function expectValid(verbs: unknown): void {
  expect(() => verbSpecifications.validate({ info() {} }, verbs)).not.toThrow();
  expect(schema.validateApp(verbs)).toMatchObject({ valid: true });
}

/** All that a reply says, in one line: nothing in it is left out. */
export function inWords(verbs: unknown): string {
  const list = verbs as readonly Json[];
  const [first, second, ...rest] = list;
  if (first?.verb !== 'tag' || !second) return onlyDecline(list);
  expect(Object.keys(first)).toEqual(['verb', 'data']);
  expect(Object.keys(first.data as Json)).toEqual(['call', 'mac']);
  expect(rest).toEqual([{ verb: 'sip:decline', status: 503 }]);
  return dialInWords(second);
}

/** What the tag of a reply tells the next hook. */
export function tagIn(verbs: unknown, callId: string) {
  return verifyTag((verbs as readonly Json[])[0]?.data, callId, [{ secret: SECRET }]);
}

function onlyDecline(list: readonly Json[]): string {
  const [{ verb, status, ...others } = {}, ...rest] = list;
  expect({ verb, others, rest }).toEqual({ verb: 'sip:decline', others: {}, rest: [] });
  return `decline ${status}`;
}

function dialInWords(dial: Json): string {
  const { verb, answerOnBridge, actionHook, target, headers, callerId, ...more } = dial;
  expect({ verb, answerOnBridge, actionHook }).toEqual({
    verb: 'dial',
    answerOnBridge: true,
    actionHook: `${BASE_URL}/dial-action`,
  });
  const { callerName, timeout, timeLimit, dialMusic, ...unknown } = more;
  const [{ type, sipUri, auth, from, ...unknownInTarget } = {}, ...targets] = target as Json[];
  expect({ type, unknown, unknownInTarget, targets }).toEqual({
    type: 'sip',
    unknown: {},
    unknownInTarget: {},
    targets: [],
  });
  const identity = headers as Json;
  expect(Object.keys(identity)).toEqual(['P-Asserted-Identity', 'Privacy']);
  const { username, password } = (auth ?? {}) as Json;
  return [
    sipUri,
    ...(auth ? [`auth ${username}:${password}`] : []),
    'as',
    callerName === undefined ? callerId : `${callerName} <${callerId}>`,
    ...identityInWords(identity, `<sip:${callerId}@${hostOf(String(sipUri))}>`),
    ...(from === undefined ? [] : [`from ${fromInWords(from as Json)}`]),
    ...(timeout === undefined ? [] : [`ring ${timeout}`]),
    ...(timeLimit === undefined ? [] : [`limit ${timeLimit}`]),
    ...(dialMusic === undefined ? [] : [`music ${dialMusic}`]),
  ].join(' ');
}

function fromInWords({ user = '*', host = '*', ...unknown }: Json): string {
  expect(unknown).toEqual({});
  return `${user}@${host}`;
}

/** The usual identity, the number that is shown and nothing to hide, goes without saying. */
function identityInWords(
  { 'P-Asserted-Identity': asserted, Privacy: privacy }: Json,
  usual: string,
): string[] {
  return asserted === usual && privacy === 'none' ? [] : [`asserted ${asserted}`, `privacy ${privacy}`];
}

function hostOf(sipUri: string): string {
  return /@(\[[^\]]*\]|[^:;]*)/.exec(sipUri)?.[1] ?? '';
}
