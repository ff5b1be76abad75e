import { bundleLambda, bundleLazyModule, LAMBDAS, type LambdaName } from './bundles';
import type { Gate } from './gate';
import { exact } from './statistics';

/** How large the Lambdas are. */
export interface Sizes {
  readonly lambdas: readonly {
    readonly lambda: LambdaName;
    readonly bytes: number;
    readonly gzipBytes: number;
    /** The largest first. */
    readonly packages: readonly { readonly name: string; readonly bytes: number }[];
  }[];
  /** What call-hook loads when a record first names a country: code, and the plans as data. */
  readonly numberingPlans: { readonly bytes: number; readonly gzipBytes: number; readonly dataBytes: number };
  readonly gates: readonly Gate[];
}

export function measureSizes(): Sizes {
  const lambdas = LAMBDAS.map((lambda) => {
    const { bytes, gzipBytes, bytesByPackage } = bundleLambda(lambda);
    const packages = Object.entries(bytesByPackage).map(([name, bytes]) => ({ name, bytes }));
    return { lambda, bytes, gzipBytes, packages: packages.sort((a, b) => b.bytes - a.bytes) };
  });
  const { bytes, gzipBytes, dataBytes } = bundleLazyModule();
  return {
    lambdas,
    numberingPlans: { bytes, gzipBytes, dataBytes },
    gates: lambdas.map(({ lambda, gzipBytes }) => ({
      name: `bundle of ${lambda}, gzip`,
      unit: 'kB',
      limit: { atMost: MAX_GZIP_KB },
      ...exact(Math.round(gzipBytes / 100) / 10),
    })),
  };
}

/** Twice of what they are: a validation library, a tracer or the SDK does not fit. */
const MAX_GZIP_KB = 40;
