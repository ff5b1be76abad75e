import { cleanNumber } from '../calls/clean-number';
import { withoutEscapes } from './escapes';

/** The user and host of a To header, as jambonz would store them: undecoded, case kept. */
export interface ToAddress {
  readonly user: string;
  readonly host: string;
}

/** In characters: far more than phones send, and short enough to parse quickly. */
export const MAX_TO_LENGTH = 2048;

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
 * and refuses everything that two parsers could read as two different addresses.
 */
export function readTo(header: string): ToAddress | undefined {
  if (header.length > MAX_TO_LENGTH) return undefined;
  const uri = (header.includes('<') ? NAME_ADDR : ADDR_SPEC).exec(header)?.[1];
  if (!uri) return undefined;
  const [, user, host, label] = SIP_URI.exec(uri) ?? [];
  const where = host ?? label;
  return user && where ? { user, host: where } : undefined;
}

/**
 * The dialled user of an INVITE's To header, to compare, not to dial: jambonz routes by the Request-URI, which
 * is not in the registration hook. So this reads everything that phones write, where `readTo` refuses.
 * @returns undefined when the header has no user, or more than one address
 */
export function dialledInTo(to: string): string | undefined {
  if (to.length > MAX_TO_LENGTH) return undefined;
  const unquoted = to.replace(/"(?:[^"\\]|\\.)*"/g, '');
  const [address = unquoted.split(';')[0] ?? '', ...more] = unquoted.match(/<[^<>]*>/g) ?? [];
  return more.length === 0 && !address.includes(',')
    ? dialledInUri(address.replace(/[<>]/g, '').trim())
    : undefined;
}

/**
 * The user part of a digest uri (RFC 3261 section 22.4, RFC 3966): most phones put the Request-URI there, some
 * only the registrar's host.
 */
export function dialledInUri(uri: string): string | undefined {
  const user = /^sips?:([^@:]*)(?::[^@]*)?@/i.exec(uri)?.[1] ?? /^tel:(.+)$/i.exec(uri)?.[1];
  return user === undefined ? undefined : dialledUser(user);
}

/**
 * The party that a digest was made for: the user part of its uri. To may differ from the Request-URI (RFC 3261
 * section 8.1.1.2), so it is used only when the uri has no user.
 * @returns undefined when neither has a user
 */
export function signedFor(digestUri: string, to: string): string | undefined {
  return dialledInUri(digestUri) ?? dialledInTo(to);
}

/**
 * A dialled user in a form to compare: without parameters, with escapes decoded (`%23` and `#` are the same key of the
 * phone), and numbers without separators, because proxies rewrite them.
 */
export function dialledUser(user: string): string {
  const [name = ''] = user.split(';');
  const cleaned = cleanNumber(name);
  return /^[0-9*#+]*$/.test(cleaned) ? cleaned : withoutEscapes(name);
}
