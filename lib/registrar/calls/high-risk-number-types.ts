import type { HighRiskRange } from './high-risk-ranges';

/**
 * First digits of premium-rate, shared-cost and personal numbers. `npm run number-types` makes the table from the
 * types of numbers in libphonenumber's metadata; a test compares it with the installed version. A line: the first
 * country of the calling code, a kind, prefixes. Behind `>` stands how many digits its shortest number has, where
 * these are fewer than nine; behind `/` the lengths that ordinary numbers with the prefix have.
 */
const NUMBER_TYPES = `
001 premium-rate 979
001 shared-cost 808
AD premium-rate 3761/11 3769
AE premium-rate 97190
AE shared-cost 97170
AL personal 3557
AL premium-rate 3559
AL shared-cost 355808
AM premium-rate 37490
AM shared-cost 374801 374802 374803 374804
AR premium-rate 5460
AT premium-rate 4386 4389 439
AT shared-cost 4381 4382
AU premium-rate 6119
AU shared-cost 6113>8
AW premium-rate 29790
AZ premium-rate 99490
BA premium-rate 3879
BA shared-cost 38781 38782
BE premium-rate 3270 3290
BE shared-cost 327879
BG premium-rate 35990
BG shared-cost 359700
BH premium-rate 97387 9739
BH shared-cost 97384
BR premium-rate 5550 5590
BR shared-cost 5530
BW premium-rate 2679
BY premium-rate 37581 3759
CF premium-rate 2368
CG premium-rate 2428
CH personal 4187
CH premium-rate 4190
CH shared-cost 4184
CN premium-rate 86160 86168
CN shared-cost 8640 86950
CO premium-rate 5719 5790
CR premium-rate 5069
CU shared-cost 53807
CW shared-cost 5996
CY personal 35770
CY premium-rate 35790
CY shared-cost 357801 357802 357803 357804 357805 357806 357807 357808 357809
CZ personal 420700 420701
CZ premium-rate 42090 420976
CZ shared-cost 42081 42083 42084
DE personal 49700
DE premium-rate 491377 491378 491379 49900
DE shared-cost 491371 491372 491373 491374 491375 491376 49138 49180
DK premium-rate 4590
DZ premium-rate 213803 213804 213805 213806 213808 213809
DZ shared-cost 213801 213802
EE personal 37270
EE premium-rate 37240 3729
EG premium-rate 2090
ES personal 3470
ES premium-rate 34803 34806 34807
ES shared-cost 34901 34902
FI premium-rate 358600 358700
FO premium-rate 29890
FR premium-rate 33812 33813 33814 33815 33816 33817 33818 33819 33822 33823 33824 33827 33828 33829 3383 3385 3386 33880 33881 33882 33883 33885 33886 33887 33888 33889 3389
FR shared-cost 33810 33811 33820 33821 33825 33826 3384 33884
GB personal 4470
GB premium-rate 4484 4487 449
GF premium-rate 59481 59482 59489
GP premium-rate 59081 59082 59089
GQ premium-rate 2409
GR personal 307
GR premium-rate 3090
GR shared-cost 30801 30806 3081 3082 3085 3087
GT premium-rate 50219
GY premium-rate 5929
HK personal 85281 85282 85283
HK premium-rate 852900>8
HR personal 38574 38575
HR premium-rate 38560 38561 38564 38565 38569
HU premium-rate 3690 3691
ID premium-rate 62809
ID shared-cost 62804
IE personal 35370
IE premium-rate 35315/11,12
IL premium-rate 972120 972121 97219
IL shared-cost 97217
IN premium-rate 911861 911862/12
IN shared-cost 911860
IS premium-rate 35490
IT personal 3917 3919
IT premium-rate 390878 3914 3916 3989>8
IT shared-cost 3984>8
JO personal 96270
JO premium-rate 9629
JO shared-cost 96285
JP personal 8160/12
JP premium-rate 81990
KE premium-rate 2549
KH premium-rate 85519/11
KM premium-rate 2698
KR personal 8250
KR premium-rate 8260
LB premium-rate 9619/10
LI premium-rate 4239
LR premium-rate 231332
LT personal 370700 370705
LT premium-rate 370900 370902 370903 370909 37091
LT shared-cost 370808
LU premium-rate 352900 352901 352905
LU shared-cost 352801
LV premium-rate 3719
LV shared-cost 37181
MA premium-rate 21289
MD premium-rate 3739
MD shared-cost 373808
ME premium-rate 3829
MK premium-rate 3895
MK shared-cost 389801 389802 389803 389804 389805 389806 389807 389808 389809 38981 38982 38983 38984 38985 38986 38987 38988 38989
MQ premium-rate 59681 59682 59689
MT premium-rate 356500 356506 356507 356509 35651 35652
MU premium-rate 23030
MV premium-rate 9609/10
MX personal 5250
MX premium-rate 5290
MX shared-cost 5230
MY premium-rate 6016/11
NA premium-rate 26487
NC premium-rate 68736
NE premium-rate 22709
NL premium-rate 3190
NO personal 4788
NO premium-rate 4782
NO shared-cost 4781000 4781001 4781002 4781003 4781004 4781005 4781006 478102 478103 478104 478105 478106 478107 478108
NZ personal 6470
NZ premium-rate 641 645/11,12 6490
OM premium-rate 968900
PA premium-rate 507822 507855 50786 507877 507878 507886 507900 507981
PE personal 51802 51804
PE premium-rate 51805
PE shared-cost 51801
PK personal 921
PK premium-rate 9290
PL premium-rate 4870
PL shared-cost 48801
PM premium-rate 50881/9 50882/9 50889/9
PS shared-cost 97017
PT personal 35188
PT premium-rate 351601 351607 351608 35164 35176
PT shared-cost 351808 351809
RE premium-rate 262891 262892 262893 262897 262898 262899
RE shared-cost 26281 26282 26288 262890
RO premium-rate 409
RO shared-cost 40801
RS premium-rate 38178 3819
RU personal 7808
RU premium-rate 7803 7809
RW premium-rate 2509
SA premium-rate 966925
SA shared-cost 966920
SC premium-rate 24885
SE personal 4675
SE premium-rate 46649 46900 46939 46944 4699
SE shared-cost 4677
SG premium-rate 6519
SI premium-rate 38689>8 3869
SK premium-rate 421900 42197 42198
SK shared-cost 42185 42186 42187 42188 42189
SM premium-rate 3787
SN premium-rate 22188
SN shared-cost 22181
SR premium-rate 59790
SV premium-rate 5039
SZ premium-rate 2689
TH premium-rate 6619/10
TL personal 67070
TL premium-rate 6709
TN premium-rate 21688
TN shared-cost 216811 21682
TR personal 90592
TR premium-rate 9088 9089 909
TW personal 88699
TW premium-rate 88620
TZ premium-rate 2559
TZ shared-cost 25584 25586
UA premium-rate 38090
UG premium-rate 2569
US personal 1500 1521 1522 1523 1524 1525 1526 1527 1528 1529 1532 1533 1544 1566 1577 1588 1622 1633
US premium-rate 124697 134597 1900
UY premium-rate 59890
VE premium-rate 589
VN premium-rate 84190
XK premium-rate 3839
ZA premium-rate 27862 27863 27864 27865 27866 27867 27868 27869 279
ZA shared-cost 27860
`;

/**
 * The range of a number whose plan says that it costs more than an ordinary call; undefined: it says no such thing.
 * A number with digits too many is of its prefix's kind too: carriers ignore the rest.
 */
export function rangeOfType(number: string): HighRiskRange | undefined {
  const all = table();
  for (let length = Math.min(LONGEST_PREFIX, number.length); length > 0; length--) {
    const entry = all.get(number.slice(0, length));
    if (entry && number.length >= entry.shortest && !entry.ordinaryLengths.includes(number.length))
      return entry.range;
  }
  return undefined;
}

/** All of them, for those who look for a mistake in a record. */
export function rangesOfType(): HighRiskRange[] {
  return [...table().values()].map(({ range }) => range);
}

interface Entry {
  readonly range: HighRiskRange;
  readonly shortest: number;
  readonly ordinaryLengths: readonly number[];
}

const LONGEST_PREFIX = 8;
const KINDS: readonly HighRiskRange['kind'][] = ['premium-rate', 'shared-cost', 'personal'];
let parsed: ReadonlyMap<string, Entry> | undefined;

function table(): ReadonlyMap<string, Entry> {
  parsed ??= new Map(NUMBER_TYPES.trim().split('\n').flatMap(readLine));
  return parsed;
}

function readLine(line: string): [string, Entry][] {
  const [country, name, ...prefixes] = line.split(' ');
  const kind = KINDS.find((it) => it === name);
  return prefixes.flatMap((text) => {
    const [, prefix = '', shortest = USUALLY_SHORTEST, lengths] =
      /^(\d+)(?:>(\d+))?(?:\/([\d,]+))?$/.exec(text) ?? [];
    const ordinaryLengths = lengths?.split(',').map(Number) ?? [];
    const reason = `${name} numbers of ${country}`;
    return kind
      ? [[prefix, { range: { prefix, kind, reason }, shortest: Number(shortest), ordinaryLengths }]]
      : [];
  });
}

const USUALLY_SHORTEST = 9;
