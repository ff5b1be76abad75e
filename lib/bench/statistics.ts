/** A value that was measured several times. */
export interface Measured {
  /** The median. */
  readonly value: number;
  /** Half the distance between the quartiles, as a part of the median: what the machine's neighbours do to it. */
  readonly noise: number;
}

/** @throws RangeError without a value */
export function measured(values: readonly number[]): Measured {
  const value = quantile(values, 0.5);
  return { value, noise: Math.abs((quantile(values, 0.75) - quantile(values, 0.25)) / 2 / value) };
}

/** Of counts and bytes: the same each time. */
export function exact(value: number): Measured {
  return { value, noise: 0 };
}

/** @param part 0.5 is the median */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) throw new RangeError('nothing was measured');
  return below + (above - below) * (at - Math.floor(at));
}
