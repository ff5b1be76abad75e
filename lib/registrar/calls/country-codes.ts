/**
 * Countries and territories whose numbering plan `phone-number-library` knows, by ISO 3166-1 alpha-2 (and AC, TA and XK,
 * which ISO keeps or leaves free for Ascension, Tristan da Cunha and Kosovo). A list by itself, because records are
 * read by Lambdas that never load the library.
 */
export const COUNTRY_CODES: readonly string[] = (
  'AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ ' +
  'BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO ' +
  'DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU ' +
  'GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW ' +
  'KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT ' +
  'MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT ' +
  'PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA ' +
  'TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK ' +
  'YE YT ZA ZM ZW '
)
  .trim()
  .split(' ');

/** Countries whose emergency numbers `emergency-countries` does not know. */
const WITHOUT_EMERGENCY_NUMBERS: readonly string[] = ['GN', 'GQ', 'IO', 'TA', 'TK'];

/** Is it one of them, in capitals? */
export function isCountryCode(text: string): boolean {
  return COUNTRY_CODES.includes(text);
}

/** ITU-T E.161.1 recommends 112 and 911 for the whole world; 999 and 000 are what half of it dials. */
export const EMERGENCY_NUMBERS_EVERYWHERE: readonly string[] = ['112', '911', '999', '000'];

/** Is it one whose emergency numbers are known? */
export function hasEmergencyNumbers(country: string): boolean {
  return isCountryCode(country) && !WITHOUT_EMERGENCY_NUMBERS.includes(country);
}
