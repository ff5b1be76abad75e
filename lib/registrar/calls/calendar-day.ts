/** Is this the name of a time zone of the IANA Time Zone Database, such as `Asia/Riyadh` or `UTC`? */
export function isTimeZone(text: string): boolean {
  // Offsets such as +03:00 are taken by newer Nodes only.
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    return calendarOf(text) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The calendar day at a time in a time zone, as `2026-11-23`: days compare as texts do.
 * @param timeZone IANA name
 * @param now unix ms
 */
export function dayIn(timeZone: string, now: number): string {
  if (timeZone === 'UTC') return new Date(now).toISOString().slice(0, 10);
  const parts = calendarOf(timeZone).formatToParts(now);
  const [year, month, day] = (['year', 'month', 'day'] as const).map(
    (type) => parts.find((it) => it.type === type)?.value ?? '',
  );
  return `${year}-${month}-${day}`;
}

/** Making one takes longer than using it a hundred times; there are some hundred time zones. */
const calendars = new Map<string, Intl.DateTimeFormat>();

function calendarOf(timeZone: string): Intl.DateTimeFormat {
  const known = calendars.get(timeZone);
  if (known) return known;
  const calendar = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  calendars.set(timeZone, calendar);
  return calendar;
}
