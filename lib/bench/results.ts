import type { AdminTool } from './admin-tool';
import type { AuthTime } from './auth-time';
import type { ColdStarts } from './cold-start';
import type { Costs } from './cost';
import type { Gate } from './gate';
import type { Instructions } from './instructions';
import type { Requests } from './requests';
import type { Sizes } from './sizes';

/** All that one run of the bench measured: what `docs/performance.json` holds. */
export interface Results {
  readonly machine: Machine;
  readonly sizes: Sizes;
  readonly requests: Requests;
  readonly costs: Costs;
  readonly coldStarts: ColdStarts;
  readonly adminTool: AdminTool;
  readonly authTime: AuthTime;
  /** Absent where there is no valgrind. */
  readonly instructions?: Instructions;
}

export interface Machine {
  readonly node: string;
  /** That of the cold starts and of the CPU of an auth; where the Lambdas' own could not be had, `node`. */
  readonly lambdaNode: string;
  readonly cores: number;
  readonly cpu: string;
}

export function gatesOf(results: Results): Gate[] {
  const { sizes, coldStarts, instructions, requests, costs, adminTool, authTime } = results;
  return [sizes, coldStarts, authTime, instructions, requests, costs, adminTool].flatMap(
    (it) => it?.gates ?? [],
  );
}
