import { LONGEST_TO } from './aor';
import { cleanNumber } from './destination';
import { withoutEscapes } from './escapes';

/**
 * The dialled user of an INVITE's To header, to compare, not to dial: jambonz routes by the Request-URI, which
 * the registration hook is not told. So this reads whatever phones write, where `readTo` refuses.
 * @returns undefined when the header names nobody, or more than one
 */
export function dialledInTo(to: string): string | undefined {
  if (to.length > LONGEST_TO) return undefined;
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
 * section 8.1.1.2), so it counts only where the uri names nobody.
 * @returns undefined when neither names anybody
 */
export function signedFor(digestUri: string, to: string): string | undefined {
  return dialledInUri(digestUri) ?? dialledInTo(to);
}

/**
 * A dialled user to compare: without parameters, with escapes undone (`%23` and `#` are the same key of the phone),
 * and of a number the separators gone, as proxies on the way write them otherwise.
 */
export function dialledUser(user: string): string {
  const [name = ''] = user.split(';');
  const cleaned = cleanNumber(name);
  return /^[0-9*#+]*$/.test(cleaned) ? cleaned : withoutEscapes(name);
}
