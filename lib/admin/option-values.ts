import { InvalidArgumentError } from 'commander';

/** A whole number of seconds. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('write a whole number of seconds.');
  return Number(text);
}

/** The number of a version. */
export function versionNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('write the number of a version.');
  return Number(text);
}

/** A whole number of days, at least one. */
export function days(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError('write a whole number of days, 1 to 9999.');
  return Number(text);
}

/** An ISO 8601 time as unix ms. */
export function time(text: string): number {
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('write an ISO 8601 time such as 2026-12-31T00:00:00Z.');
  return at;
}

const UNITS_MS: Readonly<Record<string, number>> = { '': 0, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `7d`, `12h`, `30m` or `0`, in ms. */
export function duration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$|^0$/.exec(text) ?? [];
  if (text !== '0' && count === undefined)
    throw new InvalidArgumentError('write a time such as 30m, 12h, 7d, or 0.');
  return Number(count ?? 0) * (UNITS_MS[unit] ?? 0);
}
