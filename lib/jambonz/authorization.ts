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
  // Looks for the value, and then at what is around it: to put the two together first costs more than the search.
  const has = (before: string, value: string, after: string) => {
    const at = header.indexOf(value);
    return (
      at >= 0 &&
      header.startsWith(before, at - before.length) &&
      isFollowedBy(header, at + value.length, after)
    );
  };
  const hasPlain = (before: string, value: string | undefined) =>
    value === undefined ? !header.includes(before) : has(before, value, ',');
  return (
    PLAIN.test(header) &&
    has(' nonce="', nonce, '"') &&
    has('uri="', uri, '"') &&
    has('response="', response, '"') &&
    (cnonce === undefined ? !header.includes('cnonce=') : has('cnonce="', cnonce, '"')) &&
    hasPlain('qop=', qop) &&
    hasPlain('nc=', nc) &&
    (hasPlain('algorithm=', algorithm) || (algorithm === 'MD5' && hasPlain('algorithm=', undefined)))
  );
}

function isFollowedBy(header: string, end: number, after: string): boolean {
  return header.startsWith(after, end) || (after === ',' && end === header.length);
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
