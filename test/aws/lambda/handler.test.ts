import type { APIGatewayProxyEvent } from 'aws-lambda';
import { apiGatewayHandler } from '../../../lib/aws/lambda/handler';
import type { Hook } from '../../../lib/hooks/signed-hook';
import type { HookRequest } from '../../../lib/jambonz/webhook';
import { contextWith, NO_TELEMETRY } from '../../hook-context';

type Said = Partial<
  Pick<APIGatewayProxyEvent, 'resource' | 'headers' | 'body' | 'isBase64Encoded' | 'requestContext'>
>;

function event(said: Said): APIGatewayProxyEvent {
  return {
    resource: '/hook',
    headers: {},
    body: '{}',
    isBase64Encoded: false,
    requestContext: { extendedRequestId: 'r1', domainName: 'hooks.example.com', path: '/hook' },
    ...said,
  } as APIGatewayProxyEvent;
}

function handlerFor(hook: (request: HookRequest) => Promise<{ status: number; body: unknown }>) {
  const broken: unknown[] = [];
  const reported = { ...NO_TELEMETRY, failed: (cause: unknown) => broken.push(cause) };
  return { handler: apiGatewayHandler({ '/hook': hook }, contextWith([]), reported), broken };
}

describe('the handler', () => {
  test.each<[string, Said, string]>([
    ['a text', { body: '{"name":"Zoë"}' }, '{"name":"Zoë"}'],
    ['base64', { body: 'eyJuYW1lIjoiWm/DqyJ9', isBase64Encoded: true }, '{"name":"Zoë"}'],
    ['nothing', { body: null }, ''],
  ])('hands on the bytes of a body that came as %s', async (_how, said, expected) => {
    const { handler } = handlerFor(async ({ body }) => ({ status: 200, body: Buffer.from(body).toString() }));
    expect(JSON.parse((await handler(event(said))).body)).toBe(expected);
  });

  test.each(['Jambonz-Signature', 'jambonz-signature'])('finds the signature in %s', async (name) => {
    const { handler } = handlerFor(async ({ signature }) => ({ status: 200, body: signature }));
    const { body } = await handler(event({ headers: { Host: 'hooks.example.com', [name]: 't=1,v1=2' } }));
    expect(JSON.parse(body)).toBe('t=1,v1=2');
  });

  test.each([
    [
      'execute-api',
      'abc123.execute-api.eu-west-1.amazonaws.com',
      '/prod/hook',
      'https://abc123.execute-api.eu-west-1.amazonaws.com/prod',
    ],
    [
      'execute-api, with a slash at the end of the hook URL',
      'abc123.execute-api.eu-west-1.amazonaws.com',
      '/prod/hook/',
      'https://abc123.execute-api.eu-west-1.amazonaws.com/prod',
    ],
    ['a custom domain', 'hooks.example.com', '/hook', 'https://hooks.example.com'],
    ['a custom domain and a slash', 'hooks.example.com', '/hook/', 'https://hooks.example.com'],
    [
      'a custom domain with a base path',
      'hooks.example.com',
      '/voice/hook',
      'https://hooks.example.com/voice',
    ],
    ['the local gateway', '127.0.0.1:3000', '/hook', 'http://127.0.0.1:3000'],
    [
      'a domain that only begins like loopback',
      '127.0.0.1.example.com',
      '/hook',
      'https://127.0.0.1.example.com',
    ],
  ])('knows where it was reached, through %s', async (_how, domainName, path, baseUrl) => {
    const { handler } = handlerFor(async (request) => ({ status: 200, body: request.baseUrl }));
    const requestContext = { domainName, path } as APIGatewayProxyEvent['requestContext'];
    const headers = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http' };
    expect(JSON.parse((await handler(event({ headers, requestContext }))).body)).toBe(baseUrl);
  });

  test('answers JSON as JSON, which jambonz insists on', async () => {
    const { handler } = handlerFor(async () => ({ status: 200, body: [] }));
    expect(await handler(event({}))).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: '[]',
    });
  });

  test('answers 504 when anything inside fails, and reports it', async () => {
    const { handler, broken } = handlerFor(async () => {
      throw new Error('secret text of a stranger');
    });
    const { statusCode, body } = await handler(event({}));
    expect({ statusCode, body }).toEqual({ statusCode: 504, body: '{"error":"could not decide in time"}' });
    expect(broken).toHaveLength(1);
  });

  test('says 504 after 2 s to what does not end, and not before', async () => {
    jest.useFakeTimers();
    const { handler } = handlerFor(() => new Promise(() => {}));
    let answered = false;
    const answer = handler(event({})).finally(() => {
      answered = true;
    });
    await jest.advanceTimersByTimeAsync(1999);
    expect(answered).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect((await answer).statusCode).toBe(504);
    jest.useRealTimers();
  });

  test('reports no decision that came too late to be answered', async () => {
    jest.useFakeTimers();
    const reported: unknown[] = [];
    let finish = () => {};
    let isOverdue: boolean | undefined;
    const hook: Hook = (_request, context) =>
      new Promise((resolve) => {
        finish = () => {
          isOverdue = context.isOverdue();
          context.report({ hook: 'call-status', refused: 'not-json' });
          resolve({ status: 200, body: {} });
        };
      });
    const answer = apiGatewayHandler({ '/hook': hook }, contextWith([]), {
      ...NO_TELEMETRY,
      outcome: (it: unknown) => reported.push(it),
    })(event({}));
    await jest.advanceTimersByTimeAsync(2000);
    expect((await answer).statusCode).toBe(504);
    finish();
    expect({ isOverdue, reported }).toEqual({ isOverdue: true, reported: [] });
    jest.useRealTimers();
  });

  test('knows no other path', async () => {
    const { handler } = handlerFor(async () => ({ status: 200, body: [] }));
    expect((await handler(event({ resource: '/other' }))).statusCode).toBe(404);
  });
});
