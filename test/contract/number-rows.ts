import { rows } from './call-rows';

const AT = '@sip.carrier.example auth t:p as +18005550100';
const ANY = 'default (all-numbers)';
const read = (because: string) => `${because}; default; default; ${ANY}`;
const country = (code: string, more: object = {}) => ({ dialPlan: { country: code }, ...more });
const TO_A = '@a.example as +18005550100';
const trunk = (fields: object) => ({ trunks: [{ name: 'main', host: 'a.example', ...fields }] });
const DENY = (...prefixes: string[]) => ({ destinations: { deny: prefixes } });

// biome-ignore format: a row is a line
export const COUNTRIES = rows([
  ['Italy: a mobile number that begins with 39', country('IT'), '3911234567', `sip:77#393911234567${AT}`, read('country')],
  ['Italy: the zero stays', country('IT'), '0612345678', `sip:77#390612345678${AT}`, read('country')],
  ['what is no number of the country stays', country('IT'), '112', `sip:77#112${AT}`, read('as-dialled')],
  ['a short code stays, and no format touches it', country('US', trunk({ numberFormat: '+e164' })), '411', `sip:411${TO_A}`, 'impossible-in-country; default; default; main (all-numbers)'],
  ['+e164', country('US', trunk({ numberFormat: '+e164' })), '2125550123', `sip:+12125550123${TO_A}`, 'country; default; default; main (all-numbers)'],
  ['00e164', country('US', trunk({ numberFormat: '00e164' })), '2125550123', `sip:0012125550123${TO_A}`, 'country; default; default; main (all-numbers)'],
  ['national, inside', country('AU', trunk({ numberFormat: 'national' })), '+61255501234', `sip:0255501234${TO_A}`, 'plus; default; default; main (all-numbers)'],
  ['national, a service number has no 0', country('AU', trunk({ numberFormat: 'national' })), '1300 975 707', `sip:1300975707${TO_A}`, 'country; default; default; main (all-numbers)'],
  ['national, abroad', country('AU', trunk({ numberFormat: 'national' })), '+442079460000', `sip:0011442079460000${TO_A}`, 'plus; default; default; main (all-numbers)'],
  ['denied however it is dialled: ten digits', country('US', DENY('1212')), '2125550123', 'decline 403', 'destination-denied'],
  ['denied however it is dialled: 011', country('US', DENY('44')), '011447911123456', 'decline 403', 'destination-denied'],
  ['denied however it is dialled: 00', country('US', DENY('44')), '00447911123456', 'decline 403', 'destination-denied'],
  ['denied however it is dialled: bare', country('US', DENY('44')), '447911123456', 'decline 403', 'destination-denied'],
  ['a pattern sees the country code', country('SA', { callerId: { default: '1', patterns: [{ match: '^966', callerId: '2' }] } }), '0501234567', 'sip:77#966501234567@sip.carrier.example auth t:p as 2', `country; default; patterns[0]; ${ANY}`],
  ['a caller id is read so too', country('SA', { callerId: '0112345678', ...trunk({ callerIdFormat: '+e164' }) }), '0501234567', 'sip:966501234567@a.example as +966112345678', 'country; default; default; main (all-numbers)'],
  ['a shared-cost number at home', country('DE'), '01801234567', `sip:77#491801234567${AT}`, read('country')],
  ['a shared-cost number abroad', country('AT'), '00491801234567', 'decline 403', 'high-risk-destination'],
  ['a country that cannot be read denies', country('UK'), '02079460000', 'decline 403', 'destination-denied'],
  ['a country beside prefixes denies: nobody knows which is meant', { dialPlan: { country: 'GB', countryCode: '44' } }, '02079460000', 'decline 403', 'destination-denied'],
  ['a service code with a number of the country in it', { dialPlan: { country: 'US', serviceCodes: true } }, '*67*8765550123', 'decline 403', 'high-risk-destination'],
  ['a North American service code and a number right behind it', { dialPlan: { country: 'US', serviceCodes: true } }, '*678765550123', 'decline 403', 'high-risk-destination'],
  ['the same with 1', { dialPlan: { country: 'US', serviceCodes: true } }, '*82 1 900 555 0123', 'decline 403', 'high-risk-destination'],
  ['New York behind *67 is not Norfolk Island (672)', { dialPlan: { country: 'US', serviceCodes: true } }, '*672125550123', `sip:77#*672125550123${AT}`, read('service-code')],
  ['a service code and a denied number right behind it', { dialPlan: { serviceCodes: true }, ...DENY('44') }, '*67447911123456', 'decline 403', 'destination-denied'],
]);

const OUTSIDE = { dialPlan: { rewrite: [{ from: '9', to: '' }] } };
const rewritten = (rule: object, more: object = {}) => ({ dialPlan: { rewrite: [rule], ...more } });

// biome-ignore format: a row is a line
export const REWRITINGS = rows([
  ['an outside line', OUTSIDE, '900966501234567', `sip:77#966501234567${AT}`, read('international-prefix')],
  ['an outside line, then a country', rewritten({ from: '9', to: '' }, { country: 'US' }), '92125550123', `sip:77#12125550123${AT}`, read('country')],
  ['seven digits', rewritten({ from: '', digits: 7, to: '212' }, { country: 'US' }), '555-0123', `sip:77#12125550123${AT}`, read('country')],
  ['one of several international prefixes', rewritten({ from: '0011', to: '+' }), '0011442079460000', `sip:77#442079460000${AT}`, read('plus')],
  ['a service code', { dialPlan: { serviceCodes: true, rewrite: [{ from: '*9', to: '*21*' }] } }, '*9966501234567', `sip:77#*21*966501234567${AT}`, read('service-code')],
  ['nothing is left', OUTSIDE, '9', 'decline 484', 'no-number'],
  ['once', OUTSIDE, '9966501234567', `sip:77#966501234567${AT}`, read('as-dialled')],
  ['911 stays 911 where nobody lists it', OUTSIDE, '911', `sip:77#911${AT}`, read('as-dialled')],
  ['9911 is 911 where nobody lists it', OUTSIDE, '9911', `sip:77#911${AT}`, read('as-dialled')],
  ['911 stays 911 behind an international prefix of 9', { dialPlan: { internationalPrefix: '9' } }, '911', `sip:77#911${AT}`, read('as-dialled')],
  ['a denied number by way of a rule', { ...OUTSIDE, ...DENY('44') }, '9447911123456', 'decline 403', 'destination-denied'],
  ['rules that cannot be read deny', { dialPlan: { rewrite: '9' } }, '966501234567', 'decline 403', 'destination-denied'],
]);

const SOS = () => 'emergency; emergency; default; default (emergency)';
const LISTED = { emergency: { numbers: ['911'] } };

// biome-ignore format: a row is a line
export const EMERGENCY_ALIASES = rows([
  ['an alias', { emergency: { numbers: [{ dialled: '9911', number: '911' }] } }, '9911', `sip:77#911${AT}`, SOS()],
  ['an alias with a star', { emergency: { numbers: [{ dialled: '*911', number: '911' }] } }, '*911', `sip:77#911${AT}`, SOS()],
  ["the number of an alias alone is not one", { emergency: { numbers: [{ dialled: '9911', number: '911' }] }, destinations: { default: 'deny' } }, '911', 'decline 403', 'destination-denied'],
  ["a country's numbers", { emergency: { country: 'US' } }, '911', `sip:77#911${AT}`, SOS()],
  ["a country's numbers besides", { emergency: { country: 'US', numbers: ['222'] } }, '222', `sip:77#222${AT}`, SOS()],
  ["another country's is none", { emergency: { country: 'US' }, destinations: { default: 'deny' } }, '999', 'decline 403', 'destination-denied'],
  ['behind an outside line', { ...OUTSIDE, ...LISTED, destinations: { default: 'deny' } }, '9911', `sip:77#911${AT}`, SOS()],
  ['under an outside line', { ...OUTSIDE, ...LISTED }, '911', `sip:77#911${AT}`, SOS()],
  ['behind an international prefix of 9', { dialPlan: { internationalPrefix: '9' }, ...LISTED }, '9911', `sip:77#911${AT}`, SOS()],
  ['with separators', LISTED, '9-1-1', `sip:77#911${AT}`, SOS()],
  ['with escapes', LISTED, '%39%31%31', `sip:77#911${AT}`, SOS()],
  ['with trailing blanks', LISTED, '911%20%20', `sip:77#911${AT}`, SOS()],
  ['with invisible marks', LISTED, '\u202d911\u202c', `sip:77#911${AT}`, SOS()],
  ["a trunk's own caller id", { ...LISTED, ...trunk({ callerId: '+18005550177' }) }, '911', 'sip:911@a.example as +18005550177', 'emergency; emergency; trunk; main (emergency)'],
  ["emergency.callerId before a trunk's own", { emergency: { numbers: ['911'], callerId: '+18005550199' }, ...trunk({ callerId: '+18005550177' }) }, '911', 'sip:911@a.example as +18005550199', 'emergency; emergency; emergency; main (emergency)'],
  ['no music instead of what the centre plays', { ...LISTED, dialMusic: 'tone_stream://L=20;%(2000,4000,440,480)' }, '911', `sip:77#911${AT}`, SOS()],
]);

const ON_A = 'as-dialled; default; default; main (all-numbers)';
const asked = (callerId: object, dialled = '966501234567') => ({ dialled, from: 'plain', ...callerId });

// biome-ignore format: a row is a line
export const TRUNK_IDENTITIES = rows([
  ['the login in From', trunk({ fromUser: 'login7' }), '966501234567', 'sip:966501234567@a.example as +18005550100 from login7@*', ON_A],
  ['a host in From', trunk({ fromHost: 'pbx.example' }), '966501234567', 'sip:966501234567@a.example as +18005550100 from *@pbx.example', ON_A],
  ['both, and the number asserted', trunk({ fromUser: 'login7', fromHost: 'pbx.example' }), '966501234567', 'sip:966501234567@a.example as +18005550100 from login7@pbx.example', ON_A],
  ['the login in From of a hidden caller', { callerId: { default: '+18005550100', privacy: 'honour' }, ...trunk({ fromUser: 'login7' }) }, { dialled: '966501234567', from: 'anonymous' }, 'sip:966501234567@a.example as Anonymous <anonymous> asserted <sip:+18005550100@a.example> privacy id from login7@*', ON_A],
  ['another number for this carrier', trunk({ callerId: '+18005550177' }), '966501234567', 'sip:966501234567@a.example as +18005550177', 'as-dialled; default; trunk; main (all-numbers)'],
  ['another number, in the form of the trunk', trunk({ callerId: '+18005550177', callerIdFormat: 'e164' }), '966501234567', 'sip:966501234567@a.example as 18005550177', 'as-dialled; default; trunk; main (all-numbers)'],
  ['a trunk with a number of its own needs no rule', { callerId: { fallback: 'decline' }, ...trunk({ callerId: '+18005550177' }) }, asked({}), 'sip:966501234567@a.example as +18005550177', 'as-dialled; default; trunk; main (all-numbers)'],
  ['only such trunks are dialled where the rules decline', { callerId: { fallback: 'decline' }, trunks: [{ name: 'a', host: 'a.example' }, { name: 'b', host: 'b.example', callerId: '+18005550177' }] }, asked({}), 'sip:966501234567@b.example as +18005550177', 'as-dialled; default; trunk; b (all-numbers)'],
  ['a name and privacy hold for it too', { callerId: { default: '+18005550100', name: 'Acme', privacy: 'honour' }, ...trunk({ callerId: '+18005550177' }) }, { dialled: '966501234567', from: 'anonymous' }, 'sip:966501234567@a.example as Anonymous <anonymous> asserted <sip:+18005550177@a.example> privacy id', 'as-dialled; default; trunk; main (all-numbers)'],
  ['# as %23 in the prefix', trunk({ techPrefix: '444242#', escapeHash: true }), '966501234567', 'sip:444242%23966501234567@a.example as +18005550100', ON_A],
  ['# as %23 in prefix and number alike', { dialPlan: { serviceCodes: true }, ...trunk({ techPrefix: '444242#', escapeHash: true }) }, '*21*966501234567#', 'sip:444242%23*21*966501234567%23@a.example as +18005550100', 'service-code; default; default; main (all-numbers)'],
  ['# as %23 of what came as %23', { dialPlan: { serviceCodes: true }, ...trunk({ techPrefix: '444242#', escapeHash: true }) }, '*21*966501234567%23', 'sip:444242%23*21*966501234567%23@a.example as +18005550100', 'service-code; default; default; main (all-numbers)'],
  ['# raw', trunk({ techPrefix: '444242#', escapeHash: false }), '966501234567', 'sip:444242#966501234567@a.example as +18005550100', ON_A],
  ['ringback', { dialMusic: 'https://media.example/ring.wav' }, '966501234567', `sip:77#966501234567${AT} music https://media.example/ring.wav`, read('as-dialled')],
  ["the customer's ringback", { username: 'phone', customer: 'plain', techPrefix: undefined, outboundAuth: undefined, callerId: undefined }, '966501234567', `sip:77#966501234567${AT} music tone_stream://L=20;%(2000,4000,440,480)`, read('as-dialled'), { dialMusic: 'tone_stream://L=20;%(2000,4000,440,480)' }],
  ['music that cannot be read is none', { dialMusic: 'ring.wav' }, '966501234567', `sip:77#966501234567${AT}`, read('as-dialled')],
]);
