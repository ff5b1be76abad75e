import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import dynalite from 'dynalite';
import { connectDocumentClient } from '../aws/tools/document-client';
import { ENV, HOOK_SETTINGS } from '../hooks/settings';
import { createTables, LOCAL_TABLES } from '../local/embedded-dynamodb';
import { putPhone, SECRET } from './phones';

/** What a Lambda finds around it: DocumentClient and Secrets Manager behind TLS, and the environment that leads there. */
export interface AwsStandIns {
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** Starts them on loopback, with two customers in the table: phone 1 has a country. */
export async function startAwsStandIns(): Promise<AwsStandIns> {
  const store = dynalite({ createTableMs: 0 });
  const plain = await listen(store);
  const client = connectDocumentClient(`http://localhost:${plain.port}`);
  await createTables(client);
  await putPhone(client, 0);
  await putPhone(client, 1, { dialPlan: { country: 'SA' } });
  client.destroy();
  const dynamodb = await listen(
    createTlsServer(certificate(), (request, response) => store.emit('request', request, response)),
  );
  const secrets = await listen(
    createTlsServer(certificate(), (_, response) => response.end(JSON.stringify({ SecretString: SECRET }))),
  );
  return {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: '/nonexistent',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'register-auth',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_SESSION_TOKEN: 'bench',
      AWS_ENDPOINT_URL_DYNAMODB: `https://localhost:${dynamodb.port}`,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `https://localhost:${secrets.port}`,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_NO_WARNINGS: '1',
      [ENV.customersTable]: LOCAL_TABLES.customers,
      [ENV.memoryTable]: LOCAL_TABLES.memory,
      [ENV.webhookSecretArn]: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:webhook',
      [ENV.outboundSipHost]: 'sip.carrier.example',
      // Calls are measured without the INVITE before them.
      [HOOK_SETTINGS.callGrant.env]: 'observe',
    },
    stop: async () => {
      await Promise.all([dynamodb.stop(), secrets.stop()]);
      await plain.stop();
    },
  };
}

/** The one that comes with dynalite. It has expired, so the clients are told not to look at it. */
function certificate(): { key: Buffer; cert: Buffer; noDelay: true } {
  const folder = join(dirname(require.resolve('dynalite')), 'ssl');
  return {
    noDelay: true,
    key: readFileSync(join(folder, 'server-key.pem')),
    cert: readFileSync(join(folder, 'server-crt.pem')),
  };
}

/** Starts a server on a free port of the loopback. */
export async function listen(server: Server): Promise<{ port: number; stop: () => Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
