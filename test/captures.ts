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
  const lowered = Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]),
  );
  return {
    at: Date.parse(at),
    secret: webhookSecret,
    request: { headers: lowered, body: Buffer.from(rawBody), baseUrl: BASE_URL },
    rawBody,
  };
}
