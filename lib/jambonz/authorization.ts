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

/**
 * Names in lower case, and values in which nothing looks like another field: no comma, white space or backslash. The
 * last one is in quotes, or one that jambonz looks for at the end (`qop`, `nc`).
 */
const PLAIN =
  /^Digest (?:[a-z]+=(?:"[^",\\\s]*"|[^",\\\s]+), ?)*(?:[a-z]+="[^",\\\s]*"|(?:qop|nc)=[^",\\\s]+|algorithm=MD5)$/;

/**
 * Does a header say just what jambonz read in it, at a glance? Most do, and need no reading of their own. About who it
 * is jambonz's reading counts anyway.
 * @returns false: perhaps not
 */
export function saysTheSame(header: string, read: DigestAnswer): boolean {
  const { nonce, uri, response, algorithm, qop, nc, cnonce } = read;
  const hasQuoted = (name: string, value: string) => header.includes(`${name}="${value}"`);
  const hasPlain = (name: string, value: string | undefined) => {
    const text = `${name}=${value ?? ''}`;
    const at = header.indexOf(text);
    if (value === undefined) return at < 0;
    return at >= 0 && (header[at + text.length] ?? ',') === ',';
  };
  return (
    PLAIN.test(header) &&
    hasQuoted('nonce', nonce) &&
    hasQuoted('uri', uri) &&
    hasQuoted('response', response) &&
    (cnonce === undefined ? !header.includes('cnonce=') : hasQuoted('cnonce', cnonce)) &&
    hasPlain('qop', qop) &&
    hasPlain('nc', nc) &&
    (hasPlain('algorithm', algorithm) || (algorithm === 'MD5' && hasPlain('algorithm', undefined)))
  );
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
