/**
 * A strict SIP parser that is not ours: the PEG grammar of JsSIP, written from the ABNF of RFC 3261 section 25.1.
 * It judges every text that the verbs put into a SIP message.
 */
const grammar: { parse: (text: string, rule: string) => unknown } = require('jssip/lib/Grammar.js');

type Rule = 'SIP_URI' | 'From' | 'Name_Addr_Header' | 'token' | 'quoted_string' | 'host' | 'user';
type Json = Record<string, unknown>;

/** RFC 3323 section 4.2, and `id` of RFC 3325 section 9.3. */
const PRIVACY = ['header', 'session', 'user', 'none', 'critical', 'id'];

/** Can a whole text be read by this rule of the grammar? */
export function isLegal(text: string, rule: Rule): boolean {
  return grammar.parse(text, rule) !== -1;
}

/** What a strict parser refuses in these verbs, each with where it stands. A legal list has none. */
export function illegalSip(verbs: unknown): string[] {
  if (!Array.isArray(verbs)) return [];
  return verbs.flatMap((verb: Json) => (verb.verb === 'dial' ? illegalInDial(verb) : []));
}

function illegalInDial(dial: Json): string[] {
  const { callerId, callerName, headers = {}, target, dialMusic } = dial;
  // drachtio-srf lib/srf.js, createUAC: how jambonz writes From
  const name = callerName === undefined ? '' : `"${callerName}" `;
  return [
    ...refused(`${name}<sip:${callerId}@127.0.0.1>`, 'From'),
    ...Object.entries(headers as Record<string, string>).flatMap(([header, value]) =>
      illegalHeader(header, value),
    ),
    ...(target as Json[]).flatMap(illegalTarget),
    ...((target as Json[]).length > 10 ? ['more than 10 targets: jambonz rings the first 10'] : []),
    ...(dialMusic === undefined || isPlayable(String(dialMusic))
      ? []
      : [`${dialMusic} is no tone and no URL`]),
  ];
}

function illegalHeader(name: string, value: string): string[] {
  if (value === '') return [`${name} is empty`];
  if (name === 'P-Asserted-Identity') return refused(value, 'Name_Addr_Header');
  if (name === 'Privacy') return PRIVACY.includes(value) ? [] : [`Privacy: ${value}`];
  return [`${name} is a header that no test knows`];
}

/** What FreeSWITCH plays: a tone of its tone language (mod_tone_stream), or a file from the web. */
function isPlayable(music: string): boolean {
  return (
    /^tone_stream:\/\/(L=\d+;)?(%\(\d+,\d+(,\d+)+\);?)+$/.test(music) || /^https:\/\/[!-~]+$/.test(music)
  );
}

/** place-outdial.js makes the Request-URI from the name, and a header from `overrideTo`. */
function illegalPhone({ name, overrideTo }: Json): string[] {
  return [
    ...refused(`sip:${name}`, 'SIP_URI'),
    ...(/^[^@]+@[^@]+$/.test(String(name)) ? [] : [`${name} is no address of record`]),
    ...(overrideTo === undefined ? [] : refused(`sip:${overrideTo}@example.com`, 'SIP_URI')),
  ];
}

/** A raw # is no SIP, but what carriers want in front of the number, and what sofia-sip lets through. */
function illegalTarget({ type, sipUri, auth, ...phone }: Json): string[] {
  if (type === 'user') return illegalPhone(phone);
  const user = (auth as Json | undefined)?.username;
  return [
    ...refused(String(sipUri).replaceAll('#', '%23'), 'SIP_URI'),
    ...(/^sips?:[^@]+@/.test(String(sipUri)) ? [] : [`${sipUri} has no user`]),
    ...(user === undefined ? [] : refused(`"${user}"`, 'quoted_string')),
  ];
}

function refused(text: string, rule: Rule): string[] {
  return isLegal(text, rule) ? [] : [`${text} is not a ${rule}`];
}
