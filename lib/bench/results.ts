import type { AdminTool } from './admin-tool';
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
  /** Absent where there is no valgrind. */
  readonly instructions?: Instructions;
}

export interface Machine {
  readonly node: string;
  readonly cores: number;
  readonly cpu: string;
}

export function gatesOf(results: Results): Gate[] {
  const { sizes, coldStarts, instructions, requests, costs, adminTool } = results;
  return [sizes, coldStarts, instructions, requests, costs, adminTool].flatMap((it) => it?.gates ?? []);
}
