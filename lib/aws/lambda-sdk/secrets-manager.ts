import { ask, type ClientConfig, type Connection, connectionTo } from './ask';

const PROTOCOL = {
  service: 'secretsmanager',
  targetPrefix: 'secretsmanager',
  contentType: 'application/x-amz-json-1.1',
};

/** In the Lambdas' bundles this stands for `@aws-sdk/client-secrets-manager`. */
export class SecretsManagerClient {
  private readonly connection: Connection;

  constructor(config: ClientConfig = {}) {
    this.connection = connectionTo('SECRETS_MANAGER', config);
  }

  send(
    { operation, input }: GetSecretValueCommand,
    { abortSignal }: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<Record<string, unknown>> {
    return ask(this.connection, PROTOCOL, operation, input, abortSignal);
  }
}

export class GetSecretValueCommand {
  readonly operation = 'GetSecretValue';
  constructor(readonly input: { readonly SecretId: string; readonly VersionStage?: string }) {}
}
