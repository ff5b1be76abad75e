import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A POST to `/` of a service of AWS, as the AWS JSON protocol sends it. */
export interface AwsRequest {
  /** `dynamodb` */
  readonly service: string;
  readonly region: string;
  /** With the port, unless it is that of the scheme. */
  readonly host: string;
  readonly contentType: string;
  /** `DynamoDB_20120810.GetItem` */
  readonly target: string;
  readonly body: string;
}

/**
 * The headers of a request signed with AWS Signature Version 4: all of them are signed
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 * @param now unix ms
 */
export function signedHeaders(
  { service, region, host, contentType, target, body }: AwsRequest,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  now: number,
): Record<string, string> {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const date = time.slice(0, 8);
  // In the order of their names, as the canonical request wants them.
  const headers = {
    'content-type': contentType,
    host,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = `POST\n/\n\n${lines.join('')}\n${names}\n${sha256(body)}`;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  const signature = hmac(signingKey(secretAccessKey, date, region, service), text).toString('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** One for each service, until the day or the credentials change. */
const keys = new Map<string, { readonly of: string; readonly key: Buffer }>();

function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  const of = `${secret} ${date} ${region}`;
  const known = keys.get(service);
  if (known?.of === of) return known.key;
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, date));
  keys.set(service, { of, key });
  return key;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
