import { connect, type Socket } from 'node:net';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Post } from './phones';

/** What came back from a load. */
export interface Load {
  readonly answers: number;
  /** Answers that were not as expected, and connections that broke. */
  readonly errors: number;
  readonly seconds: number;
  /** Microseconds from the last byte sent to the answer read. */
  readonly latency: RecordableHistogram;
}

export interface LoadPlan {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Between an answer and the connection's next request. */
  readonly pauseMs?: number;
  /** Over which the connections begin, one after the other. */
  readonly rampMs?: number;
  /** The next request of a connection. */
  readonly next: (connection: number) => Buffer;
  readonly expected: RegExp;
}

/**
 * Keep-alive connections that each post, wait for the answer and post again. Plain sockets: a full HTTP client
 * costs more CPU than the servers that it would measure.
 */
export async function load(plan: LoadPlan): Promise<Load> {
  const latency = createHistogram();
  const started = performance.now();
  const ends = started + plan.seconds * 1000;
  const counts = { answers: 0, errors: 0 };
  await Promise.all(
    Array.from({ length: plan.connections }, (_, at) => keepPosting(at, plan, ends, counts, latency)),
  );
  return { ...counts, seconds: (performance.now() - started) / 1000, latency };
}

/** The bytes of a webhook. */
export function bytesOf({ path, headers, body }: Post): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    ...lines,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function keepPosting(
  connection: number,
  { port, connections, next, pauseMs = 0, rampMs = 0, expected }: LoadPlan,
  ends: number,
  counts: { answers: number; errors: number },
  latency: RecordableHistogram,
): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1').setNoDelay();
    let sent = 0;
    let text = '';
    const post = () => {
      const bytes = next(connection);
      sent = performance.now();
      socket.write(bytes);
    };
    socket.once('connect', () => setTimeout(post, (rampMs * connection) / connections));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (!isWhole(text)) return;
      const now = performance.now();
      latency.record(Math.max(1, Math.round((now - sent) * 1000)));
      counts.answers++;
      if (!expected.test(text)) counts.errors++;
      text = '';
      if (now >= ends) socket.end();
      else if (pauseMs > 0) setTimeout(post, pauseMs);
      else post();
    });
    socket.once('error', () => counts.errors++);
    socket.once('close', () => resolve());
  });
}

/** An answer is one JSON text, sent with its length or in chunks (RFC 9112 sections 6.2 and 7.1). */
function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, head))?.[1];
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= head + 4 + Number(length);
}
