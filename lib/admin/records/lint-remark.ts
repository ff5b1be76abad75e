/** The record is valid, but probably not what was meant. */
export interface Warning {
  readonly username: string;
  readonly realm: string;
  readonly path: string;
  readonly what: string;
  readonly fix: string;
  /** The words of a command of this tool that fixes it. */
  readonly command?: readonly string[];
}

/** A warning about the record at hand. */
export type Remark = Omit<Warning, 'username' | 'realm'>;

export function warn(path: string, what: string, fix: string, command?: readonly string[]): Remark {
  return { path, what, fix, ...(command && { command }) };
}
