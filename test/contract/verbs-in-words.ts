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
  const rings = (second.target as Json[])[0]?.type === 'user';
  expect(rest).toEqual([{ verb: 'sip:decline', status: rings ? 480 : 503 }]);
  return dialInWords(second, first.data);
}

/** What the tag of a reply tells the next hook. */
export function tagIn(verbs: unknown, callId: string) {
  return verifyTag((verbs as readonly Json[])[0]?.data, [callId], [{ secret: SECRET }]);
}

function onlyDecline(list: readonly Json[]): string {
  const [{ verb, status, ...others } = {}, ...rest] = list;
  expect({ verb, others, rest }).toEqual({ verb: 'sip:decline', others: {}, rest: [] });
  return `decline ${status}`;
}

/** ITU-T E.180: 425 Hz, a second in five. */
const RINGING_TONE = 'tone_stream://L=40;%(1000,4000,425)';

/** That an account may hand its call on goes without saying: `for good` says that nobody may. */
function dialInWords(dial: Json, tagData: unknown): string {
  const { verb, answerOnBridge, actionHook, referHook, target, headers, callerId, ...more } = dial;
  expect({ verb, answerOnBridge, actionHook }).toEqual({
    verb: 'dial',
    answerOnBridge: true,
    actionHook: `${BASE_URL}/dial-action`,
  });
  if (referHook !== undefined) expect(referHook).toBe(`${BASE_URL}/refer`);
  const { callerName, timeout, timeLimit, tag, dialMusic, ...unknown } = more;
  expect(unknown).toEqual({});
  if (tag !== undefined) expect(tag).toEqual(tagData);
  const identity = headers as Json;
  expect(Object.keys(identity)).toEqual(['P-Asserted-Identity', 'Privacy']);
  const targets = target as Json[];
  const rings = targets[0]?.type === 'user';
  const usualMusic = rings ? RINGING_TONE : undefined;
  const { words, host, from } = rings ? phonesInWords(targets) : trunkInWords(targets);
  return [
    ...words,
    'as',
    callerName === undefined ? callerId : `${callerName} <${callerId}>`,
    ...identityInWords(identity, `<sip:${callerId}@${host}>`),
    ...from,
    ...(timeout === undefined ? [] : [`ring ${timeout}`]),
    ...(timeLimit === undefined ? [] : [`limit ${timeLimit}`]),
    ...(dialMusic === usualMusic ? [] : [`music ${dialMusic}`]),
    ...(tag === undefined ? [] : ['leg reports']),
    ...(referHook === undefined ? ['for good'] : []),
  ].join(' ');
}

interface TargetWords {
  readonly words: readonly unknown[];
  readonly host: string;
  readonly from: readonly string[];
}

function trunkInWords(targets: readonly Json[]): TargetWords {
  const [{ type, sipUri, auth, from, ...unknownInTarget } = {}, ...others] = targets;
  expect({ type, unknownInTarget, others }).toEqual({ type: 'sip', unknownInTarget: {}, others: [] });
  const { username, password } = (auth ?? {}) as Json;
  return {
    words: [sipUri, ...(auth ? [`auth ${username}:${password}`] : [])],
    host: hostOf(String(sipUri)),
    from: from === undefined ? [] : [`from ${fromInWords(from as Json)}`],
  };
}

function phonesInWords(targets: readonly Json[]): TargetWords {
  const names = targets.map(({ type, name, overrideTo: _, ...unknown }) => {
    expect({ type, unknown }).toEqual({ type: 'user', unknown: {} });
    return String(name);
  });
  const [to, ...others] = [...new Set(targets.map(({ overrideTo }) => overrideTo))];
  expect(others).toEqual([]);
  const [first = ''] = names;
  return {
    words: ['phone', names.join(' + '), ...(to === undefined ? [] : [`sees ${to}`])],
    host: hostOf(first),
    from: [],
  };
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
