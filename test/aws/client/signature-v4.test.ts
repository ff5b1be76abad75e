import { sign } from 'aws4';
import { type AwsRequest, signedHeaders } from '../../../lib/aws/client/signature-v4';

const AT = Date.parse('2026-11-26T00:30:05.999Z');
const REQUEST: AwsRequest = {
  service: 'dynamodb',
  region: 'eu-central-1',
  host: 'dynamodb.eu-central-1.amazonaws.com',
  contentType: 'application/x-amz-json-1.0',
  target: 'DynamoDB_20120810.GetItem',
  body: '{"TableName":"Customers","Key":{"name":{"S":"Grüße ☎"}}}',
};
// The example keys of AWS's documentation.
const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const LATER = AT + 24 * 3600_000;

// By another implementation of Signature Version 4: the npm package aws4.
test.each<[string, Partial<AwsRequest>, { sessionToken?: string; secretAccessKey?: string }, number]>([
  ["a Lambda's temporary credentials", {}, { sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLE==' }, AT],
  ['no session token', {}, {}, AT],
  ['the next day', {}, {}, LATER],
  ['another Region', { region: 'us-east-1', host: 'dynamodb.us-east-1.amazonaws.com' }, {}, LATER],
  ['another secret key', {}, { secretAccessKey: 'another' }, LATER],
  [
    'another service',
    {
      service: 'secretsmanager',
      contentType: 'application/x-amz-json-1.1',
      target: 'secretsmanager.GetSecretValue',
    },
    {},
    AT,
  ],
  ['a host with a port', { host: '127.0.0.1:8000' }, {}, AT],
])('signs with %s as aws4 does', (_, otherRequest, otherCredentials, now) => {
  const request = { ...REQUEST, ...otherRequest };
  const credentials = { ...CREDENTIALS, ...otherCredentials };
  const { service, region, host, body, contentType, target } = request;
  const headers = {
    'Content-Type': contentType,
    'X-Amz-Target': target,
    'X-Amz-Date': new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, ''),
  };
  // Node writes Content-Length; the signature covers the body itself.
  const extraHeadersToIgnore = { 'content-length': true };
  const unsigned = { service, region, method: 'POST', path: '/', host, headers, body, extraHeadersToIgnore };
  const expected = sign(unsigned, credentials);
  const { authorization } = signedHeaders(request, credentials, now);
  expect(authorization).toBe(expected.headers?.Authorization);
});
