/** Numbers that fraud is paid through. They are denied unless a record allows them by the name of their prefix. */
export interface HighRiskRange {
  /** Digits from the country code on. */
  readonly prefix: string;
  readonly kind:
    | 'satellite'
    | 'international-network'
    | 'revenue-share'
    | 'premium-rate'
    | 'shared-cost'
    | 'personal';
  /** Who it is, and why it is here. */
  readonly reason: string;
}

/**
 * What no numbering plan says: country codes without a country, and destinations that public reports of fraud name.
 * `docs/high-risk-ranges.md` says which reports. Premium-rate, shared-cost and personal numbers are in
 * `high-risk-number-types`.
 */
export const HIGH_RISK_RANGES: readonly HighRiskRange[] = [
  { prefix: '870', kind: 'satellite', reason: 'Inmarsat' },
  { prefix: '881', kind: 'satellite', reason: 'global mobile satellite systems: Iridium, Globalstar' },
  { prefix: '878', kind: 'international-network', reason: 'personal numbers of no country, resold' },
  { prefix: '882', kind: 'international-network', reason: 'networks of no country, any price' },
  { prefix: '883', kind: 'international-network', reason: 'networks of no country, any price' },
  { prefix: '888', kind: 'international-network', reason: 'assigned to nobody' },
  { prefix: '991', kind: 'international-network', reason: 'assigned to nobody' },

  // The Caribbean looks like a call inside North America.
  { prefix: '1246', kind: 'revenue-share', reason: 'Barbados' },
  { prefix: '1264', kind: 'revenue-share', reason: 'Anguilla' },
  { prefix: '1268', kind: 'revenue-share', reason: 'Antigua and Barbuda' },
  { prefix: '1284', kind: 'revenue-share', reason: 'British Virgin Islands' },
  { prefix: '1473', kind: 'revenue-share', reason: 'Grenada' },
  { prefix: '1649', kind: 'revenue-share', reason: 'Turks and Caicos Islands' },
  { prefix: '1658', kind: 'revenue-share', reason: 'Jamaica, the overlay of 876' },
  { prefix: '1664', kind: 'revenue-share', reason: 'Montserrat' },
  { prefix: '1767', kind: 'revenue-share', reason: 'Dominica' },
  { prefix: '1809', kind: 'revenue-share', reason: 'Dominican Republic' },
  { prefix: '1829', kind: 'revenue-share', reason: 'Dominican Republic' },
  { prefix: '1849', kind: 'revenue-share', reason: 'Dominican Republic' },
  { prefix: '1876', kind: 'revenue-share', reason: 'Jamaica' },

  { prefix: '216', kind: 'revenue-share', reason: 'Tunisia' },
  { prefix: '220', kind: 'revenue-share', reason: 'Gambia' },
  { prefix: '222', kind: 'revenue-share', reason: 'Mauritania' },
  { prefix: '224', kind: 'revenue-share', reason: 'Guinea' },
  { prefix: '232', kind: 'revenue-share', reason: 'Sierra Leone' },
  { prefix: '236', kind: 'revenue-share', reason: 'Central African Republic' },
  { prefix: '239', kind: 'revenue-share', reason: 'Sao Tome and Principe' },
  { prefix: '248', kind: 'revenue-share', reason: 'Seychelles' },
  { prefix: '252', kind: 'revenue-share', reason: 'Somalia' },
  { prefix: '263', kind: 'revenue-share', reason: 'Zimbabwe' },
  { prefix: '53', kind: 'revenue-share', reason: 'Cuba' },
  { prefix: '850', kind: 'revenue-share', reason: 'North Korea' },
  { prefix: '960', kind: 'revenue-share', reason: 'Maldives' },

  // A few thousand people or none: calls in any number are not for them.
  { prefix: '246', kind: 'revenue-share', reason: 'Diego Garcia, a military base' },
  { prefix: '247', kind: 'revenue-share', reason: 'Ascension Island, 900 people' },
  { prefix: '290', kind: 'revenue-share', reason: 'Saint Helena and Tristan da Cunha, 5,000 people' },
  { prefix: '500', kind: 'revenue-share', reason: 'Falkland Islands, 4,000 people' },
  { prefix: '672', kind: 'revenue-share', reason: 'Norfolk Island and Antarctic stations, 2,000 people' },
  { prefix: '683', kind: 'revenue-share', reason: 'Niue, 2,000 people' },
  { prefix: '688', kind: 'revenue-share', reason: 'Tuvalu, 11,000 people' },
  { prefix: '690', kind: 'revenue-share', reason: 'Tokelau, 2,000 people' },
];
