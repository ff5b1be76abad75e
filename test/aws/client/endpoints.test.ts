import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { regionalEndpoint } from '../../../lib/aws/client/endpoints';

/** The SDK's own table of partitions, for the names of all Regions that it knows. */
const PARTITIONS = join(
  dirname(require.resolve('@aws-sdk/core/client')),
  '../../../dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
);
const KNOWN = [...readFileSync(PARTITIONS, 'utf8').matchAll(/"([a-z]{2,4}(?:-[a-z]+)+-\d+)": \{/g)].map(
  ([, region = '']) => region,
);

/** Regions that are not there yet: the SDK tells the partition by the beginning of the name. */
const NEW = ['eu-north-9', 'cn-east-7', 'us-gov-central-3', 'us-iso-north-9', 'us-isob-south-9'];
const NEWER = ['eu-isoe-east-9', 'us-isof-north-9', 'eusc-de-south-9', 'mx-south-9', 'xx-somewhere-1'];

const config = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
const SDK = {
  dynamodb: new DynamoDBClient(config).config.endpointProvider,
  secretsmanager: new SecretsManagerClient(config).config.endpointProvider,
};

test('the SDK knows Regions of all eight partitions', () => {
  expect(KNOWN.length).toBeGreaterThan(40);
  for (const begin of ['eu-', 'cn-', 'us-gov-', 'us-iso-', 'us-isob-', 'eu-isoe-', 'us-isof-', 'eusc-'])
    expect(KNOWN.some((region) => region.startsWith(begin))).toBe(true);
});

test.each([...KNOWN, ...NEW, ...NEWER])('%s has the endpoints that the SDK resolves', (Region) => {
  for (const service of ['dynamodb', 'secretsmanager'] as const) {
    const { url } = SDK[service]({ Region, UseFIPS: false, UseDualStack: false });
    expect([service, regionalEndpoint(service, Region).href]).toEqual([service, url.href]);
  }
});

test.each([
  ['eu-central-1', 'https://dynamodb.eu-central-1.amazonaws.com/'],
  ['cn-north-1', 'https://dynamodb.cn-north-1.amazonaws.com.cn/'],
  ['us-gov-west-1', 'https://dynamodb.us-gov-west-1.amazonaws.com/'],
  ['eusc-de-east-1', 'https://dynamodb.eusc-de-east-1.amazonaws.eu/'],
])('DynamoDB of %s is at %s', (region, href) => {
  expect(regionalEndpoint('dynamodb', region).href).toBe(href);
});
