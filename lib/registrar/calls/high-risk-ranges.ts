/** Numbers that fraud is paid through. They are denied unless a record allows them by the name of their prefix. */
export interface HighRiskRange {
  /** Digits from the country code on. */
  readonly prefix: string;
  readonly kind: 'satellite' | 'international-network' | 'premium' | 'revenue-share';
  /** Who it is, and so why it is here. */
  readonly reason: string;
}

/**
 * Sources: ITU-T E.164 lists of assigned country codes and of shared codes (satellite, international networks);
 * national numbering plans (premium); the destinations that CFCA and carriers' fraud reports name again and again
 * for international revenue share fraud, and that ordinary businesses seldom call (revenue-share).
 */
export const HIGH_RISK_RANGES: readonly HighRiskRange[] = [
  // satellite
  { prefix: '870', kind: 'satellite', reason: 'Inmarsat' },
  { prefix: '881', kind: 'satellite', reason: 'global mobile satellite systems: Iridium, Globalstar' },

  // international networks: no country, any price
  { prefix: '878', kind: 'international-network', reason: 'universal personal telecommunications' },
  { prefix: '882', kind: 'international-network', reason: 'international networks' },
  { prefix: '883', kind: 'international-network', reason: 'international networks' },
  { prefix: '888', kind: 'international-network', reason: 'disaster relief, unassigned otherwise' },
  { prefix: '991', kind: 'international-network', reason: 'trial of a new international service' },

  // premium
  { prefix: '979', kind: 'premium', reason: 'international premium rate service' },
  { prefix: '1900', kind: 'premium', reason: 'North America, premium rate' },
  { prefix: '3090', kind: 'premium', reason: 'Greece, premium rate' },
  { prefix: '31900', kind: 'premium', reason: 'Netherlands, premium rate' },
  { prefix: '31906', kind: 'premium', reason: 'Netherlands, premium rate' },
  { prefix: '31909', kind: 'premium', reason: 'Netherlands, premium rate' },
  { prefix: '3290', kind: 'premium', reason: 'Belgium, premium rate' },
  { prefix: '3389', kind: 'premium', reason: 'France, premium rate' },
  { prefix: '34803', kind: 'premium', reason: 'Spain, premium rate' },
  { prefix: '34806', kind: 'premium', reason: 'Spain, premium rate' },
  { prefix: '34807', kind: 'premium', reason: 'Spain, premium rate' },
  { prefix: '34905', kind: 'premium', reason: 'Spain, mass calling' },
  { prefix: '351760', kind: 'premium', reason: 'Portugal, premium rate' },
  { prefix: '39892', kind: 'premium', reason: 'Italy, premium rate' },
  { prefix: '39899', kind: 'premium', reason: 'Italy, premium rate' },
  { prefix: '41900', kind: 'premium', reason: 'Switzerland, premium rate' },
  { prefix: '41901', kind: 'premium', reason: 'Switzerland, premium rate' },
  { prefix: '41906', kind: 'premium', reason: 'Switzerland, premium rate' },
  { prefix: '43900', kind: 'premium', reason: 'Austria, premium rate' },
  { prefix: '43930', kind: 'premium', reason: 'Austria, premium rate' },
  { prefix: '4470', kind: 'premium', reason: 'United Kingdom, personal numbers that look like mobiles' },
  { prefix: '449', kind: 'premium', reason: 'United Kingdom, premium rate' },
  { prefix: '4870', kind: 'premium', reason: 'Poland, premium rate' },
  { prefix: '49137', kind: 'premium', reason: 'Germany, mass calling' },
  { prefix: '49900', kind: 'premium', reason: 'Germany, premium rate' },
  { prefix: '61190', kind: 'premium', reason: 'Australia, premium rate' },

  // revenue share: the Caribbean looks like a call inside North America
  { prefix: '1242', kind: 'revenue-share', reason: 'Bahamas' },
  { prefix: '1246', kind: 'revenue-share', reason: 'Barbados' },
  { prefix: '1264', kind: 'revenue-share', reason: 'Anguilla' },
  { prefix: '1268', kind: 'revenue-share', reason: 'Antigua and Barbuda' },
  { prefix: '1284', kind: 'revenue-share', reason: 'British Virgin Islands' },
  { prefix: '1345', kind: 'revenue-share', reason: 'Cayman Islands' },
  { prefix: '1473', kind: 'revenue-share', reason: 'Grenada' },
  { prefix: '1649', kind: 'revenue-share', reason: 'Turks and Caicos Islands' },
  { prefix: '1658', kind: 'revenue-share', reason: 'Jamaica' },
  { prefix: '1664', kind: 'revenue-share', reason: 'Montserrat' },
  { prefix: '1721', kind: 'revenue-share', reason: 'Sint Maarten' },
  { prefix: '1758', kind: 'revenue-share', reason: 'Saint Lucia' },
  { prefix: '1767', kind: 'revenue-share', reason: 'Dominica' },
  { prefix: '1784', kind: 'revenue-share', reason: 'Saint Vincent and the Grenadines' },
  { prefix: '1809', kind: 'revenue-share', reason: 'Dominican Republic' },
  { prefix: '1829', kind: 'revenue-share', reason: 'Dominican Republic' },
  { prefix: '1849', kind: 'revenue-share', reason: 'Dominican Republic' },
  { prefix: '1868', kind: 'revenue-share', reason: 'Trinidad and Tobago' },
  { prefix: '1869', kind: 'revenue-share', reason: 'Saint Kitts and Nevis' },
  { prefix: '1876', kind: 'revenue-share', reason: 'Jamaica' },

  // revenue share: Africa and the Indian Ocean
  { prefix: '216', kind: 'revenue-share', reason: 'Tunisia' },
  { prefix: '220', kind: 'revenue-share', reason: 'Gambia' },
  { prefix: '222', kind: 'revenue-share', reason: 'Mauritania' },
  { prefix: '224', kind: 'revenue-share', reason: 'Guinea' },
  { prefix: '226', kind: 'revenue-share', reason: 'Burkina Faso' },
  { prefix: '231', kind: 'revenue-share', reason: 'Liberia' },
  { prefix: '232', kind: 'revenue-share', reason: 'Sierra Leone' },
  { prefix: '235', kind: 'revenue-share', reason: 'Chad' },
  { prefix: '236', kind: 'revenue-share', reason: 'Central African Republic' },
  { prefix: '239', kind: 'revenue-share', reason: 'Sao Tome and Principe' },
  { prefix: '240', kind: 'revenue-share', reason: 'Equatorial Guinea' },
  { prefix: '245', kind: 'revenue-share', reason: 'Guinea-Bissau' },
  { prefix: '246', kind: 'revenue-share', reason: 'Diego Garcia' },
  { prefix: '247', kind: 'revenue-share', reason: 'Ascension Island' },
  { prefix: '248', kind: 'revenue-share', reason: 'Seychelles' },
  { prefix: '252', kind: 'revenue-share', reason: 'Somalia' },
  { prefix: '257', kind: 'revenue-share', reason: 'Burundi' },
  { prefix: '261', kind: 'revenue-share', reason: 'Madagascar' },
  { prefix: '263', kind: 'revenue-share', reason: 'Zimbabwe' },
  { prefix: '269', kind: 'revenue-share', reason: 'Comoros' },
  { prefix: '290', kind: 'revenue-share', reason: 'Saint Helena and Tristan da Cunha' },
  { prefix: '960', kind: 'revenue-share', reason: 'Maldives' },

  // revenue share: the Americas and the Pacific
  { prefix: '500', kind: 'revenue-share', reason: 'Falkland Islands' },
  { prefix: '53', kind: 'revenue-share', reason: 'Cuba' },
  { prefix: '592', kind: 'revenue-share', reason: 'Guyana' },
  { prefix: '597', kind: 'revenue-share', reason: 'Suriname' },
  { prefix: '670', kind: 'revenue-share', reason: 'Timor-Leste' },
  { prefix: '672', kind: 'revenue-share', reason: 'Norfolk Island, Antarctic stations' },
  { prefix: '674', kind: 'revenue-share', reason: 'Nauru' },
  { prefix: '675', kind: 'revenue-share', reason: 'Papua New Guinea' },
  { prefix: '676', kind: 'revenue-share', reason: 'Tonga' },
  { prefix: '677', kind: 'revenue-share', reason: 'Solomon Islands' },
  { prefix: '678', kind: 'revenue-share', reason: 'Vanuatu' },
  { prefix: '680', kind: 'revenue-share', reason: 'Palau' },
  { prefix: '681', kind: 'revenue-share', reason: 'Wallis and Futuna' },
  { prefix: '682', kind: 'revenue-share', reason: 'Cook Islands' },
  { prefix: '683', kind: 'revenue-share', reason: 'Niue' },
  { prefix: '685', kind: 'revenue-share', reason: 'Samoa' },
  { prefix: '686', kind: 'revenue-share', reason: 'Kiribati' },
  { prefix: '688', kind: 'revenue-share', reason: 'Tuvalu' },
  { prefix: '690', kind: 'revenue-share', reason: 'Tokelau' },
  { prefix: '691', kind: 'revenue-share', reason: 'Micronesia' },
  { prefix: '692', kind: 'revenue-share', reason: 'Marshall Islands' },
  { prefix: '850', kind: 'revenue-share', reason: 'North Korea' },
];
