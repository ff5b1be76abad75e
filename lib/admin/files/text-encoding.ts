import { isUtf8 } from 'node:buffer';

/** Why bytes are not a text that this tool reads. */
export interface NotText {
  /** From 1; undefined: the whole file. */
  readonly line: number | undefined;
  readonly fix: string;
}

/**
 * Decodes UTF-8, with or without a byte order mark. Other encodings are refused and not guessed: the wrong guess makes
 * another password of `grün`.
 * @param file its name, for the command that converts it
 */
export function decodeText(bytes: Uint8Array, file: string): string | NotText {
  const packed = PACKED.find(({ magic }) => magic.every((byte, at) => bytes[at] === byte));
  if (packed) return { line: undefined, fix: packed.fix };
  if (looksLikeUtf16(bytes)) return { line: 1, fix: notUtf8('UTF-16', file) };
  if (!isUtf8(bytes)) return { line: lineOfFirstInvalid(bytes), fix: notUtf8('WINDOWS-1252', file) };
  const text = new TextDecoder().decode(bytes);
  const lost = text.indexOf('\uFFFD');
  if (lost >= 0)
    return {
      line: text.slice(0, lost).split('\n').length,
      fix: 'holds U+FFFD, the mark of a character that an earlier conversion lost: write the character again',
    };
  return text;
}

const PACKED = [
  {
    magic: [0x50, 0x4b, 0x03, 0x04],
    fix: 'is a zip archive or an Excel workbook: save the sheet as "CSV UTF-8", or unpack the archive',
  },
  { magic: [0x1f, 0x8b], fix: 'is compressed with gzip: unpack it with gunzip' },
] as const;

function notUtf8(encoding: string, file: string): string {
  const name = file === '-' ? 'FILE' : file;
  return `is not UTF-8 (it looks like ${encoding}): save it as UTF-8, in Excel as "CSV UTF-8", or convert it with: iconv -f ${encoding} -t UTF-8 ${name}`;
}

/** A byte order mark, or a NUL, which a UTF-8 file of customers does not contain. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || bytes.includes(0);
}

function lineOfFirstInvalid(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const next = end < 0 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(start, next))) return line;
    start = next;
  }
  return line;
}
