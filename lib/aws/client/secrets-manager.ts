import { callAws, connectionTo } from './aws-json';

/** GetSecretValue (AWS Secrets Manager API reference). */
export type ReadSecret = (
  input: { readonly SecretId: string; readonly VersionStage: string },
  signal?: AbortSignal,
) => Promise<{
  readonly SecretString?: unknown;
  /** When this version was made: unix seconds. */
  readonly CreatedDate?: unknown;
}>;

const PROTOCOL = {
  service: 'secretsmanager',
  targetPrefix: 'secretsmanager',
  contentType: 'application/x-amz-json-1.1',
};

/** Secrets Manager of this Region. */
export function secretsManager(): ReadSecret {
  const connection = connectionTo('SECRETS_MANAGER');
  return (input, signal) => callAws(connection, PROTOCOL, 'GetSecretValue', input, signal);
}
