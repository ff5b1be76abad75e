import { formatPhones } from '../../registrar/calls/internal-call';
import type { RingFallback, RingPlanned } from '../../registrar/calls/ring';
import { formatAor } from '../../registrar/record/aor';

/** What it is, and how it is. */
type Line = readonly [string, string];

/** A call that rings phones, line by line. */
export function linesOfRing(plan: RingPlanned): Line[] {
  const { called, because, callerId, steps, ringSeconds, overrideTo, fallback } = plan;
  const { number = 'anonymous', name, hidden } = callerId;
  return [
    ['called', `${called}   (${because})`],
    [
      'caller id',
      `${hidden ? 'anonymous, withheld' : number}${name === undefined ? '' : ` "${name}"`}   (${callerId.because})`,
    ],
    ...steps.map((phones, at): Line => [`step ${at + 1}`, `${formatPhones(phones)}, rings ${ringSeconds} s`]),
    ...(overrideTo === undefined
      ? []
      : [['Request-URI', `${overrideTo} instead of the phone's own name   (passNumber)`] as const]),
    ['nobody answers', describeFallback(fallback)],
  ];
}

function describeFallback(fallback: RingFallback): string {
  switch (fallback.kind) {
    case 'forward':
      return `on to ${fallback.number}, as a call of ${formatAor(fallback.payer)}   (then)`;
    case 'forward-of':
      return `on to the forwardTo of ${formatAor(fallback.account)}, if it has one, else SIP 480`;
    case 'end':
      return `the caller sees SIP ${fallback.status}`;
  }
}
