import type { Measured } from './statistics';

/** One promise about speed, size or cost, and what was measured of it. */
export interface Gate extends Measured {
  readonly name: string;
  readonly unit: string;
  readonly limit: { readonly atMost: number };
}

/** Missed is missed by more than the noise. */
export type Verdict = 'met' | 'within its noise' | 'MISSED';

export function verdictOf({ value, noise, limit }: Gate): Verdict {
  if (value <= limit.atMost) return 'met';
  return value - value * noise <= limit.atMost ? 'within its noise' : 'MISSED';
}

/** The limit in words: `<= 0.70`. */
export function limitOf({ limit }: Gate): string {
  return `<= ${limit.atMost}`;
}
