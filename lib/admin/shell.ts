/** What a command may touch of the terminal it runs in. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** To standard output. */
  readonly print: (text: string) => void;
  /** To standard error. */
  readonly complain: (text: string) => void;
  /** The first line of standard input, when something is piped into it; undefined at a terminal. */
  readonly readLine: () => Promise<string | undefined>;
  /** Resolves when the user stops the program. */
  readonly interrupted: () => Promise<void>;
}

/** What a person can mend: printed as it is, exit code 2. */
export class WrongUsage extends Error {}
