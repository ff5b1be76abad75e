import * as v from 'valibot';
import { isTimeZone } from '../calls/calendar-day';
import { hasEmergencyNumbers, isCountryCode } from '../calls/country-codes';
import { isRealm, isUsername } from './aor';
import { isAddressBlock } from './ip-address';
import { patternProblem } from './number-pattern';
import { isPlainObject } from './plain-object';
import { isSipHost } from './sip-host';

/** `v.strictObject` alone takes a list or a set for an object without fields. */
const object = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(v.custom<object>(isPlainObject, 'write an object, in { }'), v.strictObject(entries));
const list = <Item extends v.GenericSchema>(item: Item) => v.array(item, 'write a list, in [ ]');

const text = v.string('write it as text, in quotes');
const flag = v.boolean('write true or false, without quotes');
const wholeNumber = v.pipe(
  v.number('write it as a number, without quotes'),
  v.integer('write a whole number'),
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const printable = v.regex(/^[^\x00-\x1f\x7f]+$/, 'may not be empty or hold control characters');

const secretText = v.pipe(text, printable, v.maxLength(256, 'is longer than 256 characters'));
const password = v.pipe(secretText, v.regex(/[\p{L}\p{N}\p{P}\p{S}]/u, 'may not be blank'));
const ha1 = v.pipe(
  text,
  v.regex(/^[0-9a-fA-F]{32}$/, 'write the 32 hex digits of MD5(username:realm:password)'),
);
const time = v.pipe(text, v.isoTimestamp('write an ISO 8601 time such as 2026-12-31T00:00:00Z'));
const number = v.pipe(
  text,
  v.regex(/^\+?[0-9]{1,24}$/, 'write digits, with or without a leading +, such as +18009992222'),
);
const prefix = v.pipe(text, v.regex(/^(?!00)[0-9]{1,15}$/, 'write digits without + or 00, such as 966'));
const dialled = v.pipe(text, v.regex(/^[0-9*#+]{1,15}$/, 'write what people dial, such as 112'));
const emergencyNumber = v.union(
  [dialled, object({ dialled, number: dialled })],
  'write what people dial, such as "112", or { "dialled": "9911", "number": "911" }',
);
const country = v.pipe(
  text,
  v.check(isCountryCode, 'write the two capital letters of a country (ISO 3166), such as SA or GB'),
);
const emergencyCountry = v.pipe(
  text,
  v.check(hasEmergencyNumbers, 'write a country of docs/emergency-numbers.md, such as US, or give numbers'),
);
const rewriteRule = object({
  from: v.pipe(text, v.regex(/^\+?[0-9*#]{0,15}$/, 'write the first digits of what people dial, or ""')),
  to: v.pipe(text, v.regex(/^\+?[0-9*#]{0,15}$/, 'write the digits to put in their place, or ""')),
  digits: v.exactOptional(
    v.pipe(wholeNumber, v.minValue(1, 'write 1 to 32'), v.maxValue(32, 'write 1 to 32')),
  ),
});
const techPrefix = v.pipe(
  text,
  v.regex(/^[0-9A-Za-z*#+._-]{1,32}$/, 'use at most 32 of the characters 0-9 A-Z a-z * # + . _ -'),
);
const HOST_FORM =
  /^([0-9A-Za-z]([0-9A-Za-z_-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z_-]*[0-9A-Za-z])?)*|\[[0-9A-Fa-f:.]+\])$/;
const HOST_FIX = 'write a host name or an IP address, without sip: and without a port';
const host = v.pipe(
  text,
  v.regex(HOST_FORM, HOST_FIX),
  v.maxLength(253, 'is longer than a host name can be'),
  v.check((it) => !HOST_FORM.test(it) || isSipHost(it), HOST_FIX),
);
const addressBlock = v.pipe(
  text,
  v.check(isAddressBlock, 'write an address or a CIDR block, such as 192.0.2.0/24 or 2001:db8::/32'),
);
const label = v.pipe(text, v.regex(/^[\w.@-]{1,40}$/, 'use at most 40 letters, digits, and . _ @ -'));
const fromUser = v.pipe(
  text,
  v.regex(/^[0-9A-Za-z_.!~*'()&=+$-]{1,64}$/, 'write a SIP user, without @ and without escapes'),
);
const music = v.pipe(
  text,
  v.regex(
    /^(https?|tone_stream):\/\/[!-~]{1,500}$/,
    'write a URL, or a tone such as tone_stream://%(2000,4000,440,480);loops=-1',
  ),
);
const displayName = v.pipe(
  text,
  v.regex(/^[^"\\<>\r\n\t]{1,64}$/, 'use at most 64 characters, without quotes, backslashes or < >'),
);

export const outboundAuthSchema = v.pipe(
  object({ username: secretText, password: secretText }),
  v.description('The trunk credentials of this customer: they tell customers apart at the carrier.'),
);

const credential = v.pipe(
  object({
    password: v.exactOptional(password),
    ha1: v.exactOptional(ha1),
    label: v.exactOptional(label),
    notBefore: v.exactOptional(time),
    notAfter: v.exactOptional(time),
  }),
  v.check(
    (it) => (it.password === undefined) !== (it.ha1 === undefined),
    'give either password or ha1, and not both',
  ),
);

const pattern = object({
  match: v.pipe(
    text,
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? patternProblem(dataset.value) : undefined;
      if (problem) addIssue({ message: problem });
    }),
    v.description('A regular expression, tested on the destination: digits, without + and 00.'),
  ),
  callerId: number,
});

const callerId = v.union(
  [
    number,
    object({
      default: v.exactOptional(number),
      patterns: v.exactOptional(list(pattern)),
      pool: v.exactOptional(list(number)),
      allowed: v.exactOptional(list(number)),
      fallback: v.exactOptional(
        v.picklist(['device', 'anonymous', 'decline'], 'write device, anonymous or decline'),
      ),
      privacy: v.exactOptional(v.picklist(['strip', 'honour'], 'write strip or honour')),
      name: v.exactOptional(displayName),
    }),
  ],
  'write a number in quotes such as "+18009992222", or an object with default, patterns, pool, …',
);

export const NUMBER_FORMATS = ['e164', '+e164', '00e164', 'national'] as const;
const numberFormat = v.picklist(NUMBER_FORMATS, 'write e164, +e164, 00e164 or national');

export const trunkSchema = object({
  name: label,
  host: v.exactOptional(host),
  port: v.exactOptional(
    v.pipe(
      wholeNumber,
      v.minValue(1, 'write a port, 1 to 65535'),
      v.maxValue(65535, 'write a port, 1 to 65535'),
    ),
  ),
  transport: v.exactOptional(v.picklist(['udp', 'tcp', 'tls'], 'write udp, tcp or tls')),
  prefixes: v.exactOptional(list(prefix)),
  techPrefix: v.exactOptional(techPrefix),
  outboundAuth: v.exactOptional(outboundAuthSchema),
  numberFormat: v.exactOptional(numberFormat),
  callerIdFormat: v.exactOptional(numberFormat),
  callerId: v.exactOptional(
    v.pipe(number, v.description('The caller id on this trunk, whatever the rules of callerId say.')),
  ),
  fromUser: v.exactOptional(
    v.pipe(
      fromUser,
      v.description('The user of From on this trunk, for carriers that want the login there.'),
    ),
  ),
  fromHost: v.exactOptional(v.pipe(host, v.description('The host of From on this trunk.'))),
  escapeHash: v.exactOptional(
    v.pipe(flag, v.description('true sends # as %23, in the tech prefix and the number alike.')),
  ),
  ringTimeout: v.exactOptional(
    v.pipe(wholeNumber, v.minValue(5, 'write seconds, 5 to 180'), v.maxValue(180, 'write seconds, 5 to 180')),
  ),
});

const sipCode = v.pipe(
  wholeNumber,
  v.minValue(400, 'write a SIP failure code, 400 to 699'),
  v.maxValue(699, 'write a SIP failure code, 400 to 699'),
);
const count = (most: number) =>
  v.pipe(wholeNumber, v.minValue(0, `write 0 to ${most}`), v.maxValue(most, `write 0 to ${most}`));
const minutesPerDay = count(1_000_000);

/** Rules that may be watched before they are enforced. */
export const OBSERVABLE_RULES = ['destinations', 'limits', 'budgets', 'newSource'] as const;

/** How long the first login from an address is remembered after the last one, and so how long it can be new. */
export const LONGEST_NEW_SOURCE_HOURS = 720;

const newSource = v.strictObject({
  mode: v.exactOptional(
    v.pipe(
      v.picklist(['observe', 'enforce'], 'write observe or enforce'),
      v.description('observe, the default, only logs what enforce would refuse.'),
    ),
  ),
  hours: v.pipe(
    wholeNumber,
    v.minValue(1, `write hours, 1 to ${LONGEST_NEW_SOURCE_HOURS}`),
    v.maxValue(LONGEST_NEW_SOURCE_HOURS, `write hours, 1 to ${LONGEST_NEW_SOURCE_HOURS}`),
    v.description('An address is new for so long after the first login from it.'),
  ),
  allow: v.pipe(v.array(prefix), v.description('Prefixes that may be called from a new address.')),
});

/** The record as an admin writes it. `docs/customers.md` explains each field with an example. */
export const customerSchema = object({
  realm: v.pipe(text, v.check(isRealm, 'write a DNS name with a dot in it, such as sip.example.com')),
  username: v.pipe(
    text,
    v.check(isUsername, 'may not hold white space, control characters or any of " , : @'),
  ),
  description: v.exactOptional(v.pipe(text, v.description('For people.'))),
  enabled: v.exactOptional(v.pipe(flag, v.description('false: no registration and no calls. Default true.'))),
  customer: v.exactOptional(
    v.pipe(
      text,
      v.check(isUsername, 'write the username of a record of the same realm'),
      v.description('Use the call policy of that record of the same realm, where this one has no own.'),
    ),
  ),
  password: v.exactOptional(v.pipe(password, v.description('The SIP password, plain.'))),
  ha1: v.exactOptional(v.pipe(ha1, v.description('MD5(username:realm:password), instead of the password.'))),
  credentials: v.exactOptional(
    v.pipe(list(credential), v.description('Several credentials valid at once: rotation without an outage.')),
  ),
  registration: v.exactOptional(
    object({
      maxExpires: v.exactOptional(
        v.pipe(
          wholeNumber,
          v.minValue(60, 'write seconds, 60 to 86400'),
          v.maxValue(86400, 'write seconds, 60 to 86400'),
          v.description(
            'The longest registration granted, in seconds. Default 3600, and never more than that.',
          ),
        ),
      ),
      allowedAddresses: v.exactOptional(
        v.pipe(
          list(addressBlock),
          v.description('REGISTER and calls are accepted from these addresses only.'),
        ),
      ),
      callsFromAnywhere: v.exactOptional(
        v.pipe(flag, v.description('true: allowedAddresses holds for REGISTER only. Default false.')),
      ),
      users: v.exactOptional(
        v.pipe(
          list(
            v.pipe(
              text,
              v.check(isUsername, 'may not hold white space, control characters or any of " , : @'),
            ),
          ),
          v.description('Users of AORs that this login may register besides its own username.'),
        ),
      ),
      replay: v.exactOptional(
        v.pipe(
          v.picklist(['observe', 'enforce', 'off'], 'write observe, enforce or off'),
          v.description('What happens to a REGISTER whose digest was used before. Default observe.'),
        ),
      ),
      newSource: v.exactOptional(
        v.pipe(newSource, v.description('Which numbers may be called from an address that is new.')),
      ),
    }),
  ),
  callerId: v.exactOptional(
    v.pipe(callerId, v.description('The number shown to the callee, and the rules for it.')),
  ),
  techPrefix: v.exactOptional(
    v.pipe(techPrefix, v.description('Put before the number, so that the carrier knows whom to bill.')),
  ),
  outboundAuth: v.exactOptional(outboundAuthSchema),
  dialPlan: v.exactOptional(
    v.pipe(
      object({
        countryCode: v.exactOptional(
          v.pipe(text, v.regex(/^[1-9][0-9]{0,2}$/, 'write a country code such as 966')),
        ),
        internationalPrefix: v.exactOptional(
          v.pipe(text, v.regex(/^[0-9]{1,5}$/, 'write digits such as 00 or 011')),
        ),
        nationalPrefix: v.exactOptional(v.pipe(text, v.regex(/^[0-9]{1,4}$/, 'write digits such as 0'))),
        country: v.exactOptional(
          v.pipe(country, v.description('What is dialled is read as people of this country dial.')),
        ),
        rewrite: v.exactOptional(
          v.pipe(
            list(rewriteRule),
            v.description('Prefixes that are replaced before anything else; the first that fits, once.'),
          ),
        ),
        serviceCodes: v.exactOptional(
          v.pipe(flag, v.description('true lets * and # through, behind the own tech prefix.')),
        ),
      }),
      v.check(
        (it) => it.nationalPrefix === undefined || it.countryCode !== undefined,
        'nationalPrefix needs countryCode beside it',
      ),
      v.check(
        (it) =>
          it.country === undefined ||
          (it.countryCode ?? it.internationalPrefix ?? it.nationalPrefix) === undefined,
        'country says how people dial there: take countryCode, internationalPrefix and nationalPrefix out',
      ),
      v.description('How dialled digits become E.164.'),
    ),
  ),
  destinations: v.exactOptional(
    v.pipe(
      object({
        default: v.exactOptional(v.picklist(['allow', 'deny'], 'write allow or deny')),
        allow: v.exactOptional(list(prefix)),
        deny: v.exactOptional(list(prefix)),
      }),
      v.description('Which numbers may be called; the longest prefix wins.'),
    ),
  ),
  trunks: v.exactOptional(
    v.pipe(
      list(trunkSchema),
      v.description('The ways to the carrier, tried in this order for the prefixes they take.'),
    ),
  ),
  failover: v.exactOptional(
    object({
      stopCodes: v.exactOptional(
        v.pipe(list(sipCode), v.description('SIP codes after which no next trunk is tried.')),
      ),
    }),
  ),
  limits: v.exactOptional(
    v.pipe(
      object({
        maxConcurrentCalls: v.exactOptional(count(10_000)),
        callsPerMinute: v.exactOptional(count(100_000)),
        maxCallSeconds: v.exactOptional(
          v.pipe(
            wholeNumber,
            v.minValue(1, 'write seconds, 1 to 86400'),
            v.maxValue(86400, 'write seconds, 1 to 86400'),
          ),
        ),
        maxMinutesPerDay: v.exactOptional(
          v.pipe(minutesPerDay, v.description('Minutes of talking a day, never exceeded.')),
        ),
        timeZone: v.exactOptional(
          v.pipe(
            text,
            v.check(isTimeZone, 'write the name of a time zone, such as Asia/Riyadh'),
            v.description('Where the day of the budgets begins. Default UTC.'),
          ),
        ),
        budgets: v.exactOptional(
          v.pipe(
            v.array(
              v.strictObject({
                prefixes: v.pipe(v.array(prefix), v.minLength(1, 'write at least one prefix')),
                minutesPerDay,
              }),
            ),
            v.maxLength(20, 'write at most 20 budgets'),
            v.description('Minutes a day to numbers with one of these prefixes.'),
          ),
        ),
      }),
      v.description('Caps per customer, shared by its accounts.'),
    ),
  ),
  observe: v.exactOptional(
    v.pipe(
      v.array(v.picklist(OBSERVABLE_RULES, `write ${OBSERVABLE_RULES.slice(0, -1).join(', ')} or newSource`)),
      v.description('These rules only log what they would refuse.'),
    ),
  ),
  emergency: v.exactOptional(
    v.pipe(
      object({
        numbers: v.exactOptional(list(emergencyNumber)),
        country: v.exactOptional(
          v.pipe(emergencyCountry, v.description('The emergency numbers of this country, besides.')),
        ),
        callerId: v.exactOptional(number),
        trunk: v.exactOptional(label),
      }),
      v.forward(
        v.check((it) => it.numbers !== undefined || it.country !== undefined, 'is missing'),
        ['numbers'],
      ),
      v.description('Numbers that no rule or cap may stop.'),
    ),
  ),
  internalCalls: v.exactOptional(
    v.pipe(
      flag,
      v.description(
        "true: what is dialled is first looked for among the customer's own accounts. Default false.",
      ),
    ),
  ),
  shortDial: v.exactOptional(
    v.pipe(
      text,
      v.regex(/^[0-9]{1,15}$/, 'write the digits that colleagues dial, such as 2001'),
      v.description('The number by which its colleagues call this account. Default its username.'),
    ),
  ),
  forwardTo: v.exactOptional(
    v.pipe(
      number,
      v.description(
        'Where a call goes when this phone is not registered or does not answer, by the rules of this account.',
      ),
    ),
  ),
  dialMusic: v.exactOptional(
    v.pipe(
      music,
      v.description('What the caller hears while the carrier rings; instead of its announcements.'),
    ),
  ),
  version: v.exactOptional(
    v.pipe(
      count(Number.MAX_SAFE_INTEGER),
      v.description('Kept by the command line tool, against lost updates.'),
    ),
  ),
});

/** A record as its schema reads it. */
export type WrittenCustomer = v.InferOutput<typeof customerSchema>;
