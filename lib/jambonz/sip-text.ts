import { isSipHost } from '../registrar/record/sip-host';

/** unreserved / escaped / user-unreserved, RFC 3261 section 25.1. */
const USER = /^(?:[0-9A-Za-z\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})+$/;
/** A raw `#` is outside the grammar, but carriers ask for it in tech prefixes and sofia-sip lets it through. */
const DIALLED_USER = /^(?:[0-9A-Za-z\-_.!~*'()&=+$,;?/#]|%[0-9A-Fa-f]{2})+$/;
/** qdtext: what needs no escape between quotes; controls and halves of characters are left out. */
const QUOTED_TEXT = /^[^"\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u;

/** Which part of a SIP message a text becomes. */
export type SipPart = 'user' | 'dialled-user' | 'host' | 'quoted-text';

/**
 * May this text stand in that part of a SIP message, as it is? The one check of everything that the verbs put into
 * a header, a URI, a caller id or a display name: jambonz writes them unescaped, and behind a header that sofia-sip
 * cannot parse drachtio drops all others (RFC 3261 section 25.1).
 */
export function isLegalSip(part: SipPart, text: string): boolean {
  switch (part) {
    case 'user':
      return USER.test(text) && isUtf8(text);
    case 'dialled-user':
      return DIALLED_USER.test(text) && isUtf8(text) && !mixesHash(text);
    case 'host':
      return isSipHost(text);
    case 'quoted-text':
      return QUOTED_TEXT.test(text);
  }
}

/** Escapes must be UTF-8 (RFC 3261 section 25.1): some parsers fail on others. */
function isUtf8(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}

/** An escape before a raw `#` makes jambonz refuse the whole URI. */
function mixesHash(text: string): boolean {
  return /%.*#/.test(text);
}
