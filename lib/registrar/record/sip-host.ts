import { isIP } from 'node:net';

const LABEL = '[0-9A-Za-z](?:[0-9A-Za-z_-]*[0-9A-Za-z])?';
/** hostname: the last label begins with a letter. `_` is in DNS names of carriers, though not in the grammar. */
const HOSTNAME = new RegExp(`^(?:${LABEL}\\.)*(?=[A-Za-z])${LABEL}$`);

/** May this text be the host of a SIP URI: a name, an IPv4 address or [IPv6] (RFC 3261 section 25.1, `host`)? */
export function isSipHost(text: string): boolean {
  if (text.length > 253) return false;
  const bracketed = /^\[([^%]*)\]$/.exec(text)?.[1];
  return bracketed === undefined ? isIP(text) === 4 || HOSTNAME.test(text) : isIP(bracketed) === 6;
}
