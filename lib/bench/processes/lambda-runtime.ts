import { Agent, request } from 'node:http';

// A Lambda's life: load the handler, then ask for events and answer them, over the Runtime API
// (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Each message tells how much CPU went by until then.

const API = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const { handler } = require(process.env.HANDLER_FILE ?? '');

async function live(): Promise<void> {
  for (;;) {
    const { id, body } = await ask('GET', 'next', cpu());
    const atEvent = cpu();
    const result = await handler(JSON.parse(body));
    await ask('POST', `${id}/response`, atEvent, JSON.stringify(result));
  }
}

/** Milliseconds since the process started. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function ask(
  method: string,
  path: string,
  cpu: number,
  body?: string,
): Promise<{ id: string; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'bench-cpu': String(cpu) };
    const outgoing = request(`${API}/${path}`, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ id: String(response.headers['lambda-runtime-aws-request-id']), body: text }),
      );
    });
    outgoing.on('error', reject).end(body);
  });
}

live().catch(() => process.exit(1));
