import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Deployment, findDeployment } from '../../lib/admin/deployment';
import type { Shell } from '../../lib/admin/shell';
import { connectDocumentClient } from '../../lib/aws/tools/document-client';
import { createTables, LOCAL_TABLES, startEmbeddedDynamoDB } from '../../lib/local/embedded-dynamodb';

/** An admin's desk for tests: tables of its own, a terminal that is written down, and a clock that stands. */
export interface Desk {
  readonly deployment: Deployment;
  readonly shell: Shell;
  /** What was printed since the last look, with the changing endpoint as ENDPOINT. */
  readonly printed: () => string;
  /** Puts items into the Customers table as another tool would. */
  readonly put: (...items: object[]) => Promise<void>;
  /** Notes in the memory table that a credential was used. */
  readonly use: (aor: string, label: string, at: string) => Promise<void>;
  /** Puts an item into the memory table. */
  readonly remember: (item: object) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** When everything in these tests happens. */
export const NOW = Date.parse('2026-11-23T12:00:00.000Z');

export async function openDesk(terminal: Partial<Shell> = {}): Promise<Desk> {
  const dynamodb = await startEmbeddedDynamoDB(0, undefined);
  const lines: string[] = [];
  const shell: Shell = {
    now: () => NOW,
    tool: 'edge-registrar',
    user: 'ann@laptop',
    paint: (_colour, text) => text,
    watched: false,
    width: undefined,
    print: (text) => lines.push(text),
    complain: (text) => lines.push(`! ${text}`),
    readLine: async () => undefined,
    readAll: async () => Buffer.from(''),
    askSecret: async () => undefined,
    confirm: async () => undefined,
    edit: async () => {},
    progress: () => ({ advance: () => {}, stop: () => {} }),
    interrupted: () => new Promise(() => {}),
    unread: () => new Promise(() => {}),
    ...terminal,
    env: { DYNAMODB_ENDPOINT: dynamodb.endpoint, ...terminal.env },
  };
  const deployment = await findDeployment(shell, {});
  const client = connectDocumentClient(dynamodb.endpoint);
  await createTables(client);
  return {
    deployment,
    shell,
    printed: () => lines.splice(0).join('\n').replaceAll(dynamodb.endpoint, 'ENDPOINT'),
    put: async (...items) => {
      for (const Item of items)
        await client.send(new PutCommand({ TableName: LOCAL_TABLES.customers, Item }));
    },
    use: async (aor, label, at) => {
      const [username, realm] = aor.split('@');
      const Item = { key: `successes ${realm} ${username}`, [`used ${label}`]: Date.parse(at) };
      await client.send(new PutCommand({ TableName: LOCAL_TABLES.memory, Item }));
    },
    remember: async (Item) => {
      await client.send(new PutCommand({ TableName: LOCAL_TABLES.memory, Item }));
    },
    stop: async () => {
      client.destroy();
      deployment.dynamodb.destroy();
      await dynamodb.stop();
    },
  };
}
