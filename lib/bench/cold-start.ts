import { startAwsStandIns } from './aws-stand-ins';
import { bundleLambda, bundleOverSdk, bundleProcess } from './bundles';
import type { Gate } from './gate';
import type { LambdaNode } from './lambda-node';
import { type LambdaStart, startLambda } from './lambda-process';
import { callPost, eventOf, type Post, registerPost } from './phones';
import { type Measured, measured } from './statistics';

/** What it takes to start register-auth, and call-hook for a record without and with a country. */
export interface ColdStarts {
  readonly rounds: number;
  readonly starts: Readonly<Record<Kind, Start>>;
  readonly gates: readonly Gate[];
}

/**
 * A handler that does nothing; register-auth as deployed; the same over the SDK, as the CDK bundles it by default;
 * call-hook as deployed, for a record without a country and for one that makes it load the numbering plans.
 */
type Kind = 'bare' | 'ours' | 'cdkDefault' | 'callHook' | 'callHookWithCountry';

/** In ms. */
interface Start {
  /** Process start, init and the first answer, when the request waits for them: CPU and clock. */
  readonly whole: Measured;
  readonly wholeByClock: Measured;
  /** The first answer alone, when init was over before. */
  readonly first: Measured;
  readonly firstByClock: Measured;
}

/** A Lambda that is not asked at once has time to finish what it began at init. */
const REST_MS = 200;

/**
 * Starts them by turns, each in a process of its own that talks to the Runtime API, DynamoDB and Secrets
 * Manager as in AWS, the latter two over TLS. Ratios are of the process's own CPU time: that is what a Lambda of
 * 512 MB has too little of, and on shared cores the clock would measure the neighbours.
 */
export async function measureColdStarts(node: LambdaNode, rounds: number): Promise<ColdStarts> {
  const surroundings = await startAwsStandIns();
  const runtime = bundleProcess('lambda-runtime');
  const files: Readonly<Record<Kind, string>> = {
    bare: bundleProcess('bare-lambda'),
    ours: bundleLambda('register-auth').file,
    cdkDefault: bundleOverSdk().file,
    callHook: bundleLambda('call-hook').file,
    callHookWithCountry: bundleLambda('call-hook').file,
  };
  const startBoth = async (kind: Kind): Promise<Starts> => {
    const env = { ...surroundings.env, HANDLER_FILE: files[kind] };
    const start = (restMs: number) => startLambda(node, runtime, env, eventOf(postFor(kind)), restMs);
    return { atOnce: await start(0), rested: await start(REST_MS) };
  };
  try {
    const all: Record<Kind, Starts>[] = [];
    // The first round warms the disk's cache and the stand-ins, and does not count.
    for (let round = 0; round <= rounds; round++) {
      const it = {
        bare: await startBoth('bare'),
        ours: await startBoth('ours'),
        cdkDefault: await startBoth('cdkDefault'),
        callHook: await startBoth('callHook'),
        callHookWithCountry: await startBoth('callHookWithCountry'),
      };
      if (round > 0) all.push(it);
    }
    return {
      rounds,
      starts: {
        bare: startOf(all.map((it) => it.bare)),
        ours: startOf(all.map((it) => it.ours)),
        cdkDefault: startOf(all.map((it) => it.cdkDefault)),
        callHook: startOf(all.map((it) => it.callHook)),
        callHookWithCountry: startOf(all.map((it) => it.callHookWithCountry)),
      },
      gates: [
        {
          name: "cold start over a bare handler's, against the CDK's default bundle",
          unit: 'x',
          limit: { atMost: 0.4 },
          ...measured(all.map((it) => over(it.ours, it.bare) / over(it.cdkDefault, it.bare))),
        },
        {
          name: "first request after init, against a bare handler's",
          unit: 'x',
          limit: { atMost: 6.5 },
          ...measured(all.map((it) => it.ours.rested.first.cpu / it.bare.rested.first.cpu)),
        },
      ],
    };
  } finally {
    await surroundings.stop();
  }
}

/** Phone 0 has no dial plan, phone 1 has a country. */
function postFor(kind: Kind): Post {
  if (kind === 'callHook') return callPost(0, '0501234567');
  return kind === 'callHookWithCountry' ? callPost(1, '0501234567') : registerPost(0);
}

interface Starts {
  readonly atOnce: LambdaStart;
  readonly rested: LambdaStart;
}

function over(one: Starts, other: Starts): number {
  return one.atOnce.whole.cpu - other.atOnce.whole.cpu;
}

function startOf(starts: readonly Starts[]): Start {
  return {
    whole: measured(starts.map((it) => it.atOnce.whole.cpu)),
    wholeByClock: measured(starts.map((it) => it.atOnce.whole.wall)),
    first: measured(starts.map((it) => it.rested.first.cpu)),
    firstByClock: measured(starts.map((it) => it.rested.first.wall)),
  };
}
