import { withoutEscapes } from '../auth/escapes';

/**
 * Visual separators (RFC 3966 section 5.1.1) and the dashes that word processors make of them, the slash of German
 * address books (DIN 5008), blanks, and the invisible marks that address books put around numbers.
 */
const SEPARATORS = /[./\t\u2212\p{Pd}\p{Zs}\p{Cf}]/gu;
/**
 * `+44 (0)20 …`: the zero is for callers inside the country. It belongs to the number in Italy, San Marino, Ivory Coast,
 * Burkina Faso, Niger, Benin and Congo, which have no trunk prefix, and numbers that begin with 0 (ITU-T E.129).
 */
const ZERO_FOR_CALLERS_INSIDE = /^(\+|00|011)\(?((?!39|378|22[5679]|242)[1-9][0-9]{0,2})\)?\(0\)/;

/**
 * A dialled text or a device's number as people mean it: escapes undone once, without separators, invisible marks
 * and the parameters of a telephone-subscriber (`+12025550123;cpc=ordinary`), and without a zero in brackets behind a
 * country code.
 */
export function cleanNumber(text: string): string {
  const [user = ''] = text.split(';');
  return withoutEscapes(user)
    .replace(SEPARATORS, '')
    .replace(ZERO_FOR_CALLERS_INSIDE, '$1$2')
    .replace(/[()]/g, '');
}
