/** What a command may use of the terminal it runs in. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Unix ms. */
  readonly now: () => number;
  /** How the user runs this tool: `edge-registrar` or `npx edge-registrar`. */
  readonly tool: string;
  /** Who runs it: `user@host`. */
  readonly user: string;
  /** To standard output, for people; silent under --json. */
  readonly print: (text: string) => void;
  /** The same text in a colour, where standard output shows colours. */
  readonly paint: (colour: Colour, text: string) => string;
  /** Is standard output a terminal? */
  readonly watched: boolean;
  /** Columns of the terminal; undefined: no limit, because standard output is not a terminal. */
  readonly width: number | undefined;
  /** To standard error. */
  readonly complain: (text: string) => void;
  /** The first line of standard input, when something is piped into it; undefined at a terminal. */
  readonly readLine: () => Promise<string | undefined>;
  /** All bytes of standard input. */
  readonly readAll: () => Promise<Uint8Array>;
  /** What a person types unseen; undefined where standard input is not a terminal. */
  readonly askSecret: (question: string) => Promise<string | undefined>;
  /** Yes or no; undefined where standard input is not a terminal. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  /** Opens a file in the user's editor, until it is closed. @throws Refused when the editor fails */
  readonly edit: (file: string) => Promise<void>;
  /** Shows how far a long work has come, on standard error. */
  readonly progress: (what: string, total: number) => Progress;
  /** Resolves when the user stops the program. */
  readonly interrupted: () => Promise<void>;
  /** Resolves when nobody reads standard output any more (`| head`). */
  readonly unread: () => Promise<void>;
}

export type Colour = 'red' | 'green' | 'yellow' | 'bold';

export interface Progress {
  readonly advance: (by: number) => void;
  readonly stop: () => void;
}

/** How a command ended, and its result for scripts. */
export interface Outcome {
  /** 0 done, 1 refused or found problems, 130 interrupted. */
  readonly code: 0 | 1 | 130;
  readonly json: unknown;
}

/** The command was used wrongly: the message is printed as it is, exit code 2. */
export class WrongUsage extends Error {}

/** The command would do harm, or cannot be done: the message is printed as it is, exit code 1. */
export class Refused extends Error {}
