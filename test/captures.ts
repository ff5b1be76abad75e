import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HookRequest } from '../lib/jambonz/hook';
import { BASE_URL } from './world';

export interface Capture {
  /** When it was sent, unix ms. */
  readonly at: number;
  readonly secret: string;
  readonly request: HookRequest;
  readonly rawBody: string;
}

/** One webhook as a real jambonz sent it; `test/captures/README.md` says how they were taken. */
export function capture(name: string): Capture {
  const { at, webhookSecret, headers, rawBody } = JSON.parse(
    readFileSync(join(__dirname, 'captures', `${name}.json`), 'utf8'),
  ) as { at: string; webhookSecret: string; headers: Record<string, string>; rawBody: string };
  return {
    at: Date.parse(at),
    secret: webhookSecret,
    request: { signature: headers['Jambonz-Signature'], body: rawBody, baseUrl: BASE_URL },
    rawBody,
  };
}
