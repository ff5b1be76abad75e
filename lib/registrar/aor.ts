/** An address of record: who a phone is. `realm` keeps the letters' case that the device used. */
export interface Aor {
  readonly username: string;
  readonly realm: string;
}

/** `username@realm`, the way people and logs write it. */
export function formatAor({ username, realm }: Aor): string {
  return `${username}@${realm}`;
}

/**
 * Reads `username@realm`. Usernames may not hold `@`, so a second one is a trick, not a name.
 * @returns undefined when it is not exactly one username and one realm
 */
export function parseAor(text: string): Aor | undefined {
  const [username, realm, ...more] = text.split('@');
  return username && realm && more.length === 0 && isUsername(username) && isRealm(realm)
    ? { username, realm }
    : undefined;
}

/** Realms are DNS names: their case means nothing (RFC 4343). Usernames are compared to the letter. */
export function sameRealm(a: string, b: string): boolean {
  return realmKey(a) === realmKey(b);
}

/** The realm as records are keyed by it. */
export function realmKey(realm: string): string {
  return realm.toLowerCase();
}

/** What jambonz's header parser hands on whole: no white space, control character, `"` `,` `:` or `@`. */
export function isUsername(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return text.length <= 128 && /^[^\s\x00-\x20\x7f",:@]+$/.test(text);
}

/** A DNS name of ASCII labels, or one label (RFC 1123 section 2.1). */
export function isRealm(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/.test(text)
  );
}

/** The user and host of a To header, as jambonz would store them: undecoded, case kept. */
export interface ToAddress {
  readonly user: string;
  readonly host: string;
}

/** In characters. No phone comes near it, and nobody's header takes long to read. */
export const LONGEST_TO = 2048;

const TOKEN = "[\\w\\-.!%*+`'~]+";
const QUOTED = '"(?:[^"\\\\\\r\\n]|\\\\.)*"';
const PARAMETERS = `(?:[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|${QUOTED}))?)*`;
/** to = ( name-addr / addr-spec ) *( SEMI to-param ), RFC 3261 section 25.1; one value only. */
const NAME_ADDR = new RegExp(
  `^(?:${TOKEN}(?:[ \\t]+${TOKEN})*[ \\t]*|${QUOTED}[ \\t]*)?<([^<>\\s"]+)>${PARAMETERS}$`,
);
const ADDR_SPEC = new RegExp(`^([^<>\\s";,?]+)${PARAMETERS}$`);

const LABEL = '[0-9A-Za-z_-]+';
const URI_PARAMETERS = '(?:;[^\\s=?<>;@:",]+(?:=[^\\s?;<>@",]+)?)*';
/** SIP-URI without headers, which a To may not carry (RFC 3261 table 1). */
const SIP_URI = new RegExp(
  `^sips?:([^\\s@:<>"]+)(?::[^\\s@:<>"]*)?@(?:((?:${LABEL}\\.)+${LABEL}|\\[[0-9A-Fa-f:]+\\])(?::\\d+)?${URI_PARAMETERS}|(${LABEL})(?::\\d+)?)$`,
);

/**
 * Reads the To header of a REGISTER. jambonz stores the AOR from it, so this accepts only what jambonz reads
 * the same way (drachtio-srf lib/sip-parser/parser.js, sbc-sip-sidecar lib/register.js: nothing is decoded)
 * and refuses everything that two readers could take for two addresses.
 */
export function readTo(header: string): ToAddress | undefined {
  if (header.length > LONGEST_TO) return undefined;
  const uri = (header.includes('<') ? NAME_ADDR : ADDR_SPEC).exec(header)?.[1];
  if (!uri) return undefined;
  const [, user, host, label] = SIP_URI.exec(uri) ?? [];
  const where = host ?? label;
  return user && where ? { user, host: where } : undefined;
}
