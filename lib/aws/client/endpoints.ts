/** Where a partition of AWS has its own DNS suffix, by the beginning of its Regions' names (partitions.json of the AWS SDKs). */
const SUFFIXES: readonly (readonly [region: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
  ['us-isof-', 'csp.hci.ic.gov'],
];

/**
 * The Regional endpoint of a service, as the SDK resolves it with neither FIPS nor dual stack.
 * @param service as in its host name: `dynamodb`, `secretsmanager`
 */
export function regionalEndpoint(service: string, region: string): URL {
  const [, suffix = 'amazonaws.com'] = SUFFIXES.find(([begin]) => region.startsWith(begin)) ?? [];
  return new URL(`https://${service}.${region}.${suffix}`);
}
