import { isUtf8 } from 'node:buffer';
import { quoted } from '../suggestion';

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
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return { line: 1, fix: notUtf8(wide, file) };
  const nul = bytes.indexOf(0);
  if (nul >= 0)
    return { line: lineAt(bytes, nul), fix: 'holds a NUL byte, which is no character: remove it' };
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
  const name = file === '-' ? 'FILE' : quoted(file);
  return `is not UTF-8 (it looks like ${encoding}): save it as UTF-8, in Excel as "CSV UTF-8", or convert it with: iconv -f ${encoding} -t UTF-8 ${name}`;
}

/** Known by its byte order mark, or because every other byte of most text is NUL. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16';
  const nulsAt = (parity: number) => bytes.filter((byte, at) => byte === 0 && at % 2 === parity).length;
  const most = bytes.length / 4;
  if (nulsAt(1) > most) return 'UTF-16LE';
  return nulsAt(0) > most ? 'UTF-16BE' : undefined;
}

function lineAt(bytes: Uint8Array, offset: number): number {
  return bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;
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
