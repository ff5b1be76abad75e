import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from './aws-stand-ins';
import type { LambdaNode } from './lambda-node';

/** Milliseconds: by the clock, and of the process's own CPU time. */
export interface Duration {
  readonly wall: number;
  readonly cpu: number;
}

/** One start of a Lambda. */
export interface LambdaStart {
  /** From the start of the process to its first wish for an event. */
  readonly init: Duration;
  /** From the event to its answer; by CPU, to the wish for the next one. */
  readonly first: Duration;
  /** From the start of the process to the first answer. */
  readonly whole: Duration;
}

const GIVE_UP_MS = 20_000;

/**
 * Starts a process that lives as a Lambda does, and plays the Runtime API to it.
 * @param runtime the bundled `processes/lambda-runtime.ts`
 * @param restMs between init and the event: 0 is a request that waits for the cold start
 * @throws Error when the answer is not HTTP 200 with status ok, or with a dial
 */
export async function startLambda(
  { path }: LambdaNode,
  runtime: string,
  env: Readonly<Record<string, string>>,
  event: object,
  restMs: number,
): Promise<LambdaStart> {
  const times = { wish: now(), event: now(), answer: now(), nextWish: now() };
  let wishes = 0;
  let finish: (cause?: Error) => void = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    finish = (cause) => (cause ? reject(cause) : resolve());
  });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const cpu = Number(request.headers['bench-cpu']);
    if (request.method === 'POST') {
      times.answer = { wall: now().wall, cpu };
      if (!isOk(await textOf(request))) finish(new Error('the Lambda did not answer ok'));
      response.end();
    } else if (wishes++ === 0) {
      times.wish = { wall: now().wall, cpu };
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
      times.event = now();
      response.setHeader('lambda-runtime-aws-request-id', 'id').end(JSON.stringify(event));
    } else {
      times.nextWish = { wall: now().wall, cpu };
      finish();
    }
  };
  const api = await listen(createServer(serve));
  const started = now();
  const child = spawn(path, [runtime], {
    env: { ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${api.port}` },
    stdio: 'ignore',
    timeout: GIVE_UP_MS,
    killSignal: 'SIGKILL',
  });
  child.once('exit', () => finish(new Error('the Lambda ended before it answered')));
  try {
    await finished;
  } finally {
    child.kill('SIGKILL');
    await api.stop();
  }
  return {
    init: { wall: times.wish.wall - started.wall, cpu: times.wish.cpu },
    // What the process says of its CPU in the answer is from when it got the event.
    first: { wall: times.answer.wall - times.event.wall, cpu: times.nextWish.cpu - times.answer.cpu },
    whole: { wall: times.answer.wall - started.wall, cpu: times.nextWish.cpu },
  };
}

function now(): Duration {
  return { wall: performance.now(), cpu: 0 };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function isOk(text: string): boolean {
  const { statusCode, body } = JSON.parse(text);
  const answer = JSON.parse(body);
  const dials = Array.isArray(answer) && answer.some(({ verb }) => verb === 'dial');
  return statusCode === 200 && (dials || answer.status === 'ok');
}
