import type { DigestAnswer } from '../registrar/digest';

const TOKEN = /[\w\-.!%*+`'~]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const UNQUOTED = /[^\s,"]+/y;
const SPACE = /[ \t\r\n]*/y;

/**
 * Reads one `Authorization: Digest …` value by the grammar (RFC 7616 section 3.4, RFC 7235 section 2.1).
 * jambonz's own reading cuts quoted texts at a comma and misses a last `algorithm`; this is to mend those.
 * @returns undefined when it is not exactly one well-formed digest answer
 */
export function readAuthorization(header: string): DigestAnswer | undefined {
  const scheme = /^Digest[ \t]+/i.exec(header);
  const fields = scheme && readPairs(header, scheme[0].length);
  if (!fields) return undefined;
  const { username, realm, nonce, uri, response, algorithm = 'MD5', qop, nc, cnonce } = fields;
  if (!username || !realm || !nonce || !uri || !response) return undefined;
  return {
    username,
    realm,
    nonce,
    uri,
    response,
    algorithm,
    ...(qop !== undefined && { qop }),
    ...(nc !== undefined && { nc }),
    ...(cnonce !== undefined && { cnonce }),
  };
}

/** name = token / quoted-string, separated by commas; a name that comes twice makes two readings, so none. */
function readPairs(text: string, start: number): Record<string, string> | undefined {
  const fields: Record<string, string> = Object.create(null);
  let at = start;
  const take = (grammar: RegExp): RegExpExecArray | null => {
    grammar.lastIndex = at;
    const found = grammar.exec(text);
    if (found) at = grammar.lastIndex;
    return found;
  };
  while (at < text.length) {
    const name = take(TOKEN)?.[0].toLowerCase();
    take(SPACE);
    if (name === undefined || name in fields || text[at] !== '=') return undefined;
    at++;
    take(SPACE);
    const quoted = take(QUOTED);
    const value = quoted ? quoted[1]?.replace(/\\(.)/g, '$1') : take(UNQUOTED)?.[0];
    if (value === undefined) return undefined;
    fields[name] = value;
    take(SPACE);
    if (at < text.length && text[at++] !== ',') return undefined;
    take(SPACE);
  }
  return fields;
}
