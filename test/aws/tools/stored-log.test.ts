import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { storedCallLines } from '../../../lib/aws/tools/stored-log';

const GROUPS = [
  'arn:aws:logs:eu-central-1:123456789012:log-group:edge-registrar-registerauthLog1A2B-xyz',
  'arn:aws:logs:eu-central-1:123456789012:log-group:edge-registrar-callhookLog3C4D-xyz',
];
const PAGES: readonly object[] = [
  {
    events: [
      { timestamp: 1, message: '{"hook":"call-hook","answer":"dial"}\n' },
      { timestamp: 2, message: 'not JSON' },
    ],
    nextToken: 'page-2',
  },
  { events: [], nextToken: 'page-3' },
  {
    events: [
      { timestamp: 3, message: '{"hook":"call-status"}' },
      { timestamp: 4, message: '"a text"' },
    ],
  },
];

/** What was asked of CloudWatch Logs. */
const requests: Record<string, unknown>[] = [];
let server: Server;
const before = { ...process.env };

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    requests.push({ target: request.headers['x-amz-target'], ...body });
    const page = Number(String(body.nextToken ?? 'page-1').slice(5)) - 1;
    response
      .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify(PAGES[page]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
});

afterAll(() => {
  process.env = before;
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

test("the lines of calls are read page by page, from the call hook's log only", async () => {
  const lines = [];
  for await (const line of storedCallLines(GROUPS, 1000, 2000)) lines.push(line);
  expect(lines).toEqual([
    { at: 1, line: { hook: 'call-hook', answer: 'dial' } },
    { at: 3, line: { hook: 'call-status' } },
  ]);
  const asked = {
    target: 'Logs_20140328.FilterLogEvents',
    logGroupIdentifier: GROUPS[1],
    filterPattern: '{ $.hook = "call-hook" || $.hook = "call-status" }',
    startTime: 1000,
    endTime: 1999,
  };
  expect(requests).toEqual([asked, { ...asked, nextToken: 'page-2' }, { ...asked, nextToken: 'page-3' }]);
});

test('all logs are read where none is known by its name', async () => {
  requests.splice(0);
  for await (const _ of storedCallLines(['arn:one', 'arn:two'], 0, 1));
  expect(new Set(requests.map(({ logGroupIdentifier }) => logGroupIdentifier))).toEqual(
    new Set(['arn:one', 'arn:two']),
  );
});
