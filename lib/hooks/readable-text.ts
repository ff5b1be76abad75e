import { withoutEscapes } from '../registrar/auth/escapes';

/**
 * A text of a device in printable ASCII, as JSON writes it, that the rules read as they read the text itself; cut with
 * `…` when it is long.
 */
export function readableText(text: string, longest: number): string {
  // Parameters of a number are escaped for themselves.
  const readable = text.split(';').map(escaped).join(';');
  return readable.length > longest ? `${readable.slice(0, longest - CUT.length)}…` : readable;
}

/** `…` in bytes. */
const CUT = Buffer.from('…');

function escaped(text: string): string {
  const isMalformed = text.includes('%') && withoutEscapes(text) === text;
  return (isMalformed ? text.replaceAll('%', '%25') : text)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[^ !#-[\]-~]/gu, encodeURIComponent);
}
