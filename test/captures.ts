import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HookRequest } from '../lib/jambonz/webhook';
import { BASE_URL } from './hook-context';

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
    request: { signature: signatureIn(headers), body: rawBody, baseUrl: BASE_URL },
    rawBody,
  };
}

function signatureIn(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'jambonz-signature')?.[1];
}

/** The names of all of them. */
export const CAPTURES = readdirSync(join(__dirname, 'captures')).flatMap((file) =>
  file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : [],
);
