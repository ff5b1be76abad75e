import { FILES_BESIDE, type FileBeside } from '../stack/bundle';
import { bundleFileBeside, bundleLambda, LAMBDAS, type LambdaName } from './bundles';
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
  /** Beside the bundles: code, and the numbering plans as data. */
  readonly filesBeside: readonly {
    readonly name: FileBeside;
    readonly lambdas: readonly LambdaName[];
    readonly bytes: number;
    readonly gzipBytes: number;
    readonly dataBytes: number;
  }[];
  readonly gates: readonly Gate[];
}

export function measureSizes(): Sizes {
  const lambdas = LAMBDAS.map((lambda) => {
    const { bytes, gzipBytes, bytesByPackage } = bundleLambda(lambda);
    const packages = Object.entries(bytesByPackage).map(([name, bytes]) => ({ name, bytes }));
    return { lambda, bytes, gzipBytes, packages: packages.sort((a, b) => b.bytes - a.bytes) };
  });
  const filesBeside = FILES_BESIDE['call-hook'].map((name) => {
    const { bytes, gzipBytes, dataBytes } = bundleFileBeside(name);
    const lambdas = LAMBDAS.filter((lambda) => FILES_BESIDE[lambda].some((it) => it === name));
    return { name, lambdas, bytes, gzipBytes, dataBytes };
  });
  return {
    lambdas,
    filesBeside,
    gates: lambdas.map(({ lambda, gzipBytes }) => ({
      name: `bundle of ${lambda}, gzip`,
      unit: 'kB',
      limit: { atMost: MAX_GZIP_KB[lambda] },
      ...exact(Math.round(gzipBytes / 100) / 10),
    })),
  };
}

/** Without the files beside them. A validation library more, a tracer or the SDK does not fit. */
const MAX_GZIP_KB: Readonly<Record<LambdaName, number>> = { 'register-auth': 30, 'call-hook': 40 };
