/** What a running local stack reports to other programs on this machine. It has no secrets. */
export interface AboutLocalStack {
  readonly edgeRegistrar: 'local';
  readonly dynamodbEndpoint: string;
  /** The settings that it runs with, by the names of their environment variables. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Where nothing listens the connection is refused at once; a busy machine may take long. */
const ANSWER_WITHIN_MS = 10_000;

/** Asks whether a local stack runs at this URL; undefined: no, or something else does. */
export async function askLocalStack(url: string): Promise<AboutLocalStack | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const about: unknown = await response.json();
    return isAbout(about) ? about : undefined;
  } catch {
    return undefined;
  }
}

function isAbout(value: unknown): value is AboutLocalStack {
  return (
    typeof value === 'object' &&
    value !== null &&
    'edgeRegistrar' in value &&
    value.edgeRegistrar === 'local' &&
    'dynamodbEndpoint' in value &&
    typeof value.dynamodbEndpoint === 'string' &&
    'settings' in value &&
    typeof value.settings === 'object' &&
    value.settings !== null &&
    Object.values(value.settings).every((it) => typeof it === 'string')
  );
}
