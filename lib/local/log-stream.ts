import { isObject } from '../registrar/record/json';

/** Where the local stack streams its log: not a path of the deployment. */
export const TAIL_PATH = '/tail';

/**
 * Follows the log of a local stack, until it is aborted or the stack stops.
 * @param url of its gateway
 * @throws Error when no local stack answers there
 */
export async function* tailLocalStack(
  url: string,
  signal: AbortSignal,
): AsyncIterable<Readonly<Record<string, unknown>>> {
  try {
    const response = await fetch(new URL(TAIL_PATH, url), { signal });
    if (!response.ok || !response.body) throw new Error(`no local stack answers at ${url}`);
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) {
        // Empty lines keep an idle connection open.
        const line: unknown = text === '' ? undefined : JSON.parse(text);
        if (isObject(line)) yield line;
      }
    }
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}
