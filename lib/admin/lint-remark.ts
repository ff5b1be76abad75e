/** What a reviewer would ask about: the record is legal, and probably not what was meant. */
export interface Warning {
  readonly username: string;
  readonly realm: string;
  readonly path: string;
  readonly what: string;
  readonly fix: string;
}

export type Remark = Omit<Warning, 'username' | 'realm'>;

/** A remark about the field at this path: what is odd there, and what to write instead. */
export function warn(path: string, what: string, fix: string): Remark {
  return { path, what, fix };
}
