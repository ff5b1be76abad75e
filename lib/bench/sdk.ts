import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { DynamoDB, Input, Output } from '../aws/client/dynamodb';
import type { ReadSecret } from '../aws/client/secrets-manager';

// What the hooks ask of AWS, through the SDK: their own clients are measured against it, and must answer as it does.

/** @param config of the SDK's client */
export function dynamodbOverSdk(config: ConstructorParameters<typeof DynamoDBClient>[0] = {}): DynamoDB {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ ...config, maxAttempts: 1 }));
  const command = (operation: Parameters<DynamoDB>[0], input: Input) => {
    switch (operation) {
      case 'GetItem':
        return new GetCommand(input as GetCommand['input']);
      case 'BatchGetItem':
        return new BatchGetCommand(input as BatchGetCommand['input']);
      case 'PutItem':
        return new PutCommand(input as PutCommand['input']);
      case 'UpdateItem':
        return new UpdateCommand(input as UpdateCommand['input']);
    }
  };
  return async (operation, input, signal) =>
    client.send(command(operation, input) as GetCommand, options(signal)) as Promise<Output>;
}

export function secretsOverSdk(): ReadSecret {
  const client = new SecretsManagerClient({ maxAttempts: 1 });
  return async (input, signal) => {
    const answer = await client.send(new GetSecretValueCommand(input), options(signal));
    return { ...answer, CreatedDate: answer.CreatedDate && answer.CreatedDate.getTime() / 1000 };
  };
}

function options(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
