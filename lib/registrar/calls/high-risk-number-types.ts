import type { HighRiskRange } from './high-risk-ranges';

/**
 * First digits of premium-rate, shared-cost and personal numbers. `npm run number-types` makes the table from the
 * types of numbers in libphonenumber's metadata; a test compares it with the installed version. Below each kind, a
 * line: the first country of the calling code, prefixes. Behind `>` stands how many digits its shortest number has, where
 * these are fewer than nine; behind `/` the lengths that ordinary numbers with the prefix have.
 */
const NUMBER_TYPES = `
premium-rate
001 979
AD 3761/11 3769
AE 97190
AL 3559
AM 37490
AR 5460
AT 4386 4389 439
AU 6119
AW 29790
AZ 99490
BA 3879
BE 3270 3290
BG 35990
BH 97387 9739
BR 5550 5590
BW 2679
BY 37581 3759
CF 2368
CG 2428
CH 4190
CN 86160 86168
CO 5719 5790
CR 5069
CY 35790
CZ 42090 420976
DE 491377 491378 491379 49900
DK 4590
DZ 213803 213804 213805 213806 213808 213809
EE 37240 3729
EG 2090
ES 34803 34806 34807
FI 358600 358700
FO 29890
FR 33812 33813 33814 33815 33816 33817 33818 33819 33822 33823 33824 33827 33828 33829 3383 3385 3386 33880 33881 33882 33883 33885 33886 33887 33888 33889 3389
GB 4484 4487 449
GF 59481 59482 59489
GP 59081 59082 59089
GQ 2409
GR 3090
GT 50219
GY 5929
HK 852900>8
HR 38560 38561 38564 38565 38569
HU 3690 3691
ID 62809
IE 35315/11,12
IL 972120 972121 97219
IN 911861 911862/12
IS 35490
IT 390878 3914 3916 3989>8
JO 9629
JP 81990
KE 2549
KH 85519/11
KM 2698
KR 8260
LB 9619/10
LI 4239
LR 231332
LT 370900 370902 370903 370909 37091
LU 352900 352901 352905
LV 3719
MA 21289
MD 3739
ME 3829
MK 3895
MQ 59681 59682 59689
MT 356500 356506 356507 356509 35651 35652
MU 23030
MV 9609/10
MX 5290
MY 6016/11
NA 26487
NC 68736
NE 22709
NL 3190
NO 4782
NZ 641 645/11,12 6490
OM 968900
PA 507822 507855 50786 507877 507878 507886 507900 507981
PE 51805
PK 9290
PL 4870
PM 50881/9 50882/9 50889/9
PT 351601 351607 351608 35164 35176
RE 262891 262892 262893 262897 262898 262899
RO 409
RS 38178 3819
RU 7803 7809
RW 2509
SA 966925
SC 24885
SE 46649 46900 46939 46944 4699
SG 6519
SI 38689>8 3869
SK 421900 42197 42198
SM 3787
SN 22188
SR 59790
SV 5039
SZ 2689
TH 6619/10
TL 6709
TN 21688
TR 9088 9089 909
TW 88620
TZ 2559
UA 38090
UG 2569
US 124697 134597 1900
UY 59890
VE 589
VN 84190
XK 3839
ZA 27862 27863 27864 27865 27866 27867 27868 27869 279
personal
AL 3557
CH 4187
CY 35770
CZ 420700 420701
DE 49700
EE 37270
ES 3470
GB 4470
GR 307
HK 85281 85282 85283
HR 38574 38575
IE 35370
IT 3917 3919
JO 96270
JP 8160/12
KR 8250
LT 370700 370705
MX 5250
NO 4788
NZ 6470
PE 51802 51804
PK 921
PT 35188
RU 7808
SE 4675
TL 67070
TR 90592
TW 88699
US 1500 1521 1522 1523 1524 1525 1526 1527 1528 1529 1532 1533 1544 1566 1577 1588 1622 1633
shared-cost
001 808
AE 97170
AL 355808
AM 374801 374802 374803 374804
AT 4381 4382
AU 6113>8
BA 38781 38782
BE 327879
BG 359700
BH 97384
BR 5530
CH 4184
CN 8640 86950
CU 53807
CW 5996
CY 357801 357802 357803 357804 357805 357806 357807 357808 357809
CZ 42081 42083 42084
DE 491371 491372 491373 491374 491375 491376 49138 49180
DZ 213801 213802
ES 34901 34902
FR 33810 33811 33820 33821 33825 33826 3384 33884
GR 30801 30806 3081 3082 3085 3087
ID 62804
IL 97217
IN 911860
IT 3984>8
JO 96285
LT 370808
LU 352801
LV 37181
MD 373808
MK 389801 389802 389803 389804 389805 389806 389807 389808 389809 38981 38982 38983 38984 38985 38986 38987 38988 38989
MX 5230
NO 4781000 4781001 4781002 4781003 4781004 4781005 4781006 478102 478103 478104 478105 478106 478107 478108
PE 51801
PL 48801
PS 97017
PT 351808 351809
RE 26281 26282 26288 262890
RO 40801
SA 966920
SE 4677
SK 42185 42186 42187 42188 42189
SN 22181
TN 216811 21682
TZ 25584 25586
ZA 27860
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
  parsed ??= new Map(
    NUMBER_TYPES.trim()
      .split(/\n(?=[a-z])/)
      .flatMap(readKind),
  );
  return parsed;
}

function readKind(section: string): [string, Entry][] {
  const [name, ...lines] = section.split('\n');
  const kind = KINDS.find((it) => it === name);
  return kind ? lines.flatMap((line) => readLine(line, kind)) : [];
}

function readLine(line: string, kind: HighRiskRange['kind']): [string, Entry][] {
  const [country, ...prefixes] = line.split(' ');
  return prefixes.map((text) => {
    const [, prefix = '', shortest = USUALLY_SHORTEST, lengths] =
      /^(\d+)(?:>(\d+))?(?:\/([\d,]+))?$/.exec(text) ?? [];
    const ordinaryLengths = lengths?.split(',').map(Number) ?? [];
    const range = { prefix, kind, reason: `${kind} numbers of ${country}` };
    return [prefix, { range, shortest: Number(shortest), ordinaryLengths }];
  });
}

const USUALLY_SHORTEST = 9;
