import type { DigestAnswer } from '../registrar/auth/digest';

const TOKEN = "[\\w\\-.!%*+`'~]+";
const QUOTED = '"([^"\\\\]*(?:\\\\.[^"\\\\]*)*)"';
const SPACE = '[ \\t\\r\\n]*';
/** name = token / quoted-string, and the comma behind it. */
const PAIR = new RegExp(`(${TOKEN})${SPACE}=${SPACE}(?:${QUOTED}|([^\\s,"]+))${SPACE}(?:,${SPACE}|$)`, 'y');

/**
 * Reads one `Authorization: Digest …` value by the grammar (RFC 7616 section 3.4, RFC 7235 section 2.1).
 * jambonz's own reading cuts quoted texts at a comma and misses a last `algorithm`; this corrects both.
 * @returns undefined when it is not exactly one well-formed digest answer
 */
export function readAuthorization(header: string): DigestAnswer | undefined {
  const scheme = /^Digest[ \t]+/i.exec(header);
  const fields = scheme && readPairs(header, scheme[0].length);
  if (!fields) return undefined;
  const [username, realm, nonce] = [fields.get('username'), fields.get('realm'), fields.get('nonce')];
  const [uri, response] = [fields.get('uri'), fields.get('response')];
  if (!username || !realm || !nonce || !uri || !response) return undefined;
  return {
    username,
    realm,
    nonce,
    uri,
    response,
    algorithm: fields.get('algorithm') ?? 'MD5',
    qop: fields.get('qop'),
    nc: fields.get('nc'),
    cnonce: fields.get('cnonce'),
  };
}

/** A name that comes twice makes two readings, so none. */
function readPairs(text: string, start: number): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  for (let at = start; at < text.length; at = PAIR.lastIndex) {
    PAIR.lastIndex = at;
    const pair = PAIR.exec(text);
    const name = pair?.[1]?.toLowerCase();
    if (name === undefined || fields.has(name)) return undefined;
    fields.set(name, pair?.[3] ?? unescaped(pair?.[2] ?? ''));
  }
  return fields;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, '$1') : text;
}
