/** What a command may touch of the terminal it runs in. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Unix ms. */
  readonly now: () => number;
  /** To standard output, for people; silent under --json. */
  readonly print: (text: string) => void;
  /** Is standard output a terminal? */
  readonly watched: boolean;
  /** To standard error. */
  readonly complain: (text: string) => void;
  /** The first line of standard input, when something is piped into it; undefined at a terminal. */
  readonly readLine: () => Promise<string | undefined>;
  /** All of standard input. */
  readonly readAll: () => Promise<string>;
  /** What a person types unseen; undefined where standard input is not a terminal. */
  readonly askSecret: (question: string) => Promise<string | undefined>;
  /** Yes or no; undefined where standard input is not a terminal. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  /** Opens a file in the user's editor, until it is closed. */
  readonly edit: (file: string) => Promise<void>;
  /** Shows how far a long work has come, on standard error. */
  readonly progress: (what: string, total: number) => Progress;
  /** Resolves when the user stops the program. */
  readonly interrupted: () => Promise<void>;
}

export interface Progress {
  readonly advance: (by: number) => void;
  readonly stop: () => void;
}

/** How a command ended: 0 done, 1 refused or found problems; and all that it has to say, for scripts. */
export interface Outcome {
  readonly code: 0 | 1;
  readonly json: unknown;
}

/** The command was used wrongly: the message is printed as it is, exit code 2. */
export class WrongUsage extends Error {}

/** The command would do harm, or cannot be done: the message is printed as it is, exit code 1. */
export class Refused extends Error {}
