import type { Measured } from './statistics';

/** One promise about speed, size or cost, and what was measured of it. */
export interface Gate extends Measured {
  readonly name: string;
  readonly unit: string;
  readonly limit: { readonly atMost: number } | { readonly atLeast: number };
}

/** Missed is missed by more than the noise. */
export type Verdict = 'met' | 'within its noise' | 'MISSED';

export function verdictOf({ value, noise, limit }: Gate): Verdict {
  const [by, margin] =
    'atMost' in limit ? [value - limit.atMost, value * noise] : [limit.atLeast - value, value * noise];
  if (by <= 0) return 'met';
  return by <= margin ? 'within its noise' : 'MISSED';
}

/** The limit in words: `<= 0.70`. */
export function limitOf({ limit }: Gate): string {
  return 'atMost' in limit ? `<= ${limit.atMost}` : `>= ${limit.atLeast}`;
}
