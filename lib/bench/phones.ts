import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { DocumentClient } from '../aws/tools/document-client';
import { ROUTES } from '../jambonz/routes';
import { signatureHeader } from '../jambonz/signature';
import { LOCAL_TABLES } from '../local/embedded-dynamodb';
import { authHookPayload, callHookPayload } from '../local/jambonz-simulator';
import { invite, type Phone, register, type SipRequest } from '../local/sip-phone';
import { hashCredentials } from '../registrar/auth/digest';
import { NUMBERS } from '../registrar/record/number-key';

export const SECRET = 'wh_secret_bench_0123456789';
const REALM = 'register.telecomsxchange.com';

/** The phones of the bench differ in their number only; each calls from an address of its own. */
export function phoneOf(number: number): Phone {
  return {
    aor: { username: `phone-${number}`, realm: REALM },
    password: `sip-pass-${number}`,
    address: `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`,
  };
}

/** A phone's record in the form that the command line writes: an HA1, a prefix, a trunk, caller ids. */
export function recordOf(number: number, replay: 'observe' | 'off' = 'observe'): Record<string, unknown> {
  const { aor, password } = phoneOf(number);
  return {
    ...aor,
    ha1: hashCredentials(aor.username, aor.realm, password),
    registration: { replay },
    techPrefix: '444242#',
    outboundAuth: { username: 'siptrunk1-username', password: 'siptrunk1-password' },
    callerId: {
      default: '+18009992222',
      patterns: [
        { match: '^966', callerId: '0598888833' },
        { match: '^971', callerId: '045677777' },
      ],
    },
  };
}

/** Writes a phone's record into the local customers table. */
export async function putPhone(
  dynamodb: DocumentClient,
  number: number,
  otherwise: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const Item = { ...recordOf(number), ...otherwise };
  await dynamodb.send(new PutCommand({ TableName: LOCAL_TABLES.customers, Item }));
}

/** Writes a number of ours that rings one phone. */
export async function putNumber(dynamodb: DocumentClient, digits: string, phone: string): Promise<void> {
  const Item = { realm: NUMBERS, username: digits, ring: [phone] };
  await dynamodb.send(new PutCommand({ TableName: LOCAL_TABLES.customers, Item }));
}

/** A webhook as jambonz posts it. */
export interface Post {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The registration hook of a request. */
export function authPost(request: SipRequest, now = Date.now()): Post {
  return signed(ROUTES.registerAuth, authHookPayload(request), now);
}

/** A REGISTER of a phone, with a fresh nonce. */
export function registerPost(number: number): Post {
  return authPost(register(phoneOf(number), Date.now()));
}

/** The call hook of a phone that dials. */
export function callPost(number: number, dialled: string): Post {
  const now = Date.now();
  const request = invite(phoneOf(number), dialled, now);
  return signed(ROUTES.callHook, callHookPayload({ invite: request, dialled }), now);
}

/** @param now unix ms */
export function signed(path: string, payload: object, now: number): Post {
  const body = JSON.stringify(payload);
  const signature = signatureHeader(Buffer.from(body), SECRET, Math.floor(now / 1000));
  return {
    path,
    headers: { 'content-type': 'application/json', 'jambonz-signature': signature, 'user-agent': 'jambonz' },
    body,
  };
}

/** What API Gateway makes of a webhook for the Lambda. */
export function eventOf({ path, headers, body }: Post): APIGatewayProxyEvent {
  return {
    resource: path,
    path,
    httpMethod: 'POST',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      resourcePath: path,
      path: `/hooks${path}`,
      httpMethod: 'POST',
      stage: 'hooks',
      extendedRequestId: 'JKJaXmPLvHcESHA=',
      domainName: 'hooks.example.com',
    } as APIGatewayProxyEvent['requestContext'],
    body,
    isBase64Encoded: false,
  };
}
