/** What stands first in a line, in this order and without its name. */
const HEADLINE = ['level', 'hook', 'answer', 'aor', 'because'];

/** A line of the journal as a person reads it at a terminal: the same facts, fewer quotes. */
export function readableLine(line: object): string {
  return '_aws' in line ? readableMetrics(line) : readableOutcome(line);
}

function readableOutcome(line: object): string {
  const facts = Object.entries(line).filter(([name, value]) => value !== undefined && name !== 'requestId');
  const headline = HEADLINE.flatMap((name) => facts.filter(([it]) => it === name).map(([, value]) => value));
  const rest = facts.filter(([name]) => !HEADLINE.includes(name)).map(([name, value]) => `${name}=${value}`);
  return [...headline, ...rest].join(' ');
}

/** Metrics are numbers; what they are split by are words. */
function readableMetrics(line: object): string {
  const facts = Object.entries(line).filter(([name]) => name !== '_aws');
  const words = facts.filter(([, value]) => typeof value === 'string').map(([, value]) => value);
  const numbers = facts
    .filter(([, value]) => typeof value !== 'string')
    .map(([name, value]) => `${name}=${value}`);
  return `  counted ${numbers.join(' ')}${words.length > 0 ? ` (${words.join(' ')})` : ''}`;
}
