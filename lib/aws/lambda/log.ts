import { type Count, count } from '../../hooks/metrics';
import { LOG_LEVELS } from '../../hooks/settings';
import {
  type Degradation,
  type Level,
  type LogLine,
  lineOfBroken,
  lineOfDegradation,
  linesOfProblems,
  reportOf,
  type Telemetry,
} from '../../hooks/telemetry';
import { meter } from './emf';

/** Where lines go: one JSON object each. */
export type Print = (line: object) => void;

/**
 * Telemetry as JSON lines. Counts are written whatever the level: those of what went wrong at once, those of what went
 * well up to 10 s later together, because a line of metrics costs more than the line of an ok. A Lambda that gets no
 * more requests keeps the last of them to itself.
 * @param namespace of the metrics
 * @param level the least that gets a line
 */
export function telemetryLog(print: Print, namespace: string, level: Level, now: () => number): Telemetry {
  const waiting = meter(namespace);
  const least = LOG_LEVELS.indexOf(level);
  const write = (at: Level, line: LogLine, always = false) => {
    if (always || LOG_LEVELS.indexOf(at) >= least) print(at === 'INFO' ? line : { level: at, ...line });
  };
  let countedAt = -Infinity;
  const end = (counts: readonly Count[], at: Level) => {
    counts.forEach(waiting.add);
    if (at === 'INFO' && now() - countedAt < QUIET_MS) return;
    countedAt = now();
    waiting.lines(countedAt).forEach(print);
  };
  return {
    outcome: (outcome, { requestId, milliseconds }) => {
      const { level, line, more, counts } = reportOf(outcome);
      write(level, { ...line, ms: milliseconds, requestId: shortened(requestId) }, line.emergency === true);
      for (const it of more ?? []) write('WARN', it);
      end(counts, level);
    },
    failed: (cause, { requestId, milliseconds }) => {
      write('ERROR', { ...lineOfBroken(cause), ms: milliseconds, requestId: shortened(requestId) });
      end([count('undecided')], 'ERROR');
    },
    degraded: (degradation) => {
      write('WARN', lineOfDegradation(degradation));
      end([count(DEGRADATION_METRICS[degradation.what])], 'WARN');
    },
    badRecord: (aor, problems) => {
      for (const line of linesOfProblems(aor, problems)) write('WARN', line);
      end([count('badRecords')], 'WARN');
    },
    lookedUp: (milliseconds) => waiting.add({ metric: 'lookupTime', value: milliseconds }),
  };
}

/** How long counts of what went well may wait. */
const QUIET_MS = 10_000;

/** Enough to find the request in the access log, which has all of it. */
function shortened(requestId: string): string {
  return requestId.slice(0, 8);
}

const DEGRADATION_METRICS: Readonly<Record<Degradation['what'], Count['metric']>> = {
  'stale-record-served': 'staleServed',
  'old-secrets-kept': 'staleServed',
  'previous-secret-not-read': 'staleServed',
  'replay-not-checked': 'unchecked',
  'guessing-not-checked': 'unchecked',
  'grant-not-checked': 'unchecked',
  'limits-not-checked': 'unchecked',
  'end-of-call-not-noted': 'unchecked',
};
