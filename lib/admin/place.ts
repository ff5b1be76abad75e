import { type CustomerRecords, customerRecords } from '../aws/tools/customer-records';
import { connectDocumentClient, type DocumentClient } from '../aws/tools/document-client';
import { stackOutputs } from '../aws/tools/stack-outputs';
import type { Environment } from '../hooks/settings';
import { askLocalStack } from '../local/about';
import { LOCAL_TABLES } from '../local/embedded-dynamodb';
import type { CallSettings } from '../registrar/calls/call';
import { OUTPUTS } from '../stack/output-names';
import { callSettings, callSettingsOfStack } from './call-settings';
import { type Shell, WrongUsage } from './shell';

/** Which deployment an admin means. */
export interface PlaceOptions {
  /** A CloudFormation stack: its outputs name everything else. */
  readonly stack?: string;
  /** The Customers table itself. */
  readonly table?: string;
}

/** The hooks of a deployment, as jambonz has to call them: whole URLs. */
export interface HookUrls {
  readonly registration: string;
  readonly call: string;
  readonly callStatus: string;
}

/** The deployment that a command works on. */
export interface Place {
  /** For people: what is about to be read or changed. */
  readonly name: string;
  readonly dynamodb: DocumentClient;
  readonly records: CustomerRecords;
  /** undefined when only the Customers table is known. */
  readonly memoryTable: string | undefined;
  readonly settings: CallSettings;
  /** Where the webhook secret is kept; undefined when only the Customers table is known. */
  readonly webhookSecret: { readonly arn: string } | 'local' | undefined;
  /** The hooks as the stack's outputs name them. */
  readonly hooks: HookUrls | undefined;
}

/**
 * Finds the deployment: the one that was named, else the DynamoDB that DYNAMODB_ENDPOINT names, else the local
 * stack that runs on this machine (PORT, 3000).
 * @throws WrongUsage when there is none of them
 */
export async function findPlace(shell: Shell, { stack, table }: PlaceOptions): Promise<Place> {
  const { DYNAMODB_ENDPOINT: endpoint, PORT: port = '3000' } = shell.env;
  if (stack !== undefined) return deployed(stack, await stackOutputs(stack), table);
  if (endpoint) return local({ dynamodbEndpoint: endpoint, settings: shell.env }, table);
  if (table !== undefined) return onlyTable(table, shell.env);
  const url = `http://127.0.0.1:${port}/`;
  const about = await askLocalStack(url);
  if (about) return local(about);
  throw new WrongUsage(
    `no local stack answers at ${url}: start one with "npx edge-registrar start", or say where the records are with --stack NAME or --table NAME`,
  );
}

function local(about: { dynamodbEndpoint: string; settings: Environment }, table?: string): Place {
  const customersTable = table ?? LOCAL_TABLES.customers;
  const dynamodb = connectDocumentClient(about.dynamodbEndpoint);
  return {
    name: `table ${customersTable} at ${about.dynamodbEndpoint}`,
    dynamodb,
    records: customerRecords(dynamodb, customersTable),
    memoryTable: LOCAL_TABLES.memory,
    settings: callSettings(about.settings),
    webhookSecret: 'local',
    hooks: undefined,
  };
}

function deployed(
  stack: string,
  outputs: Readonly<Record<string, string>>,
  table: string | undefined,
): Place {
  const customersTable = table ?? outputs[OUTPUTS.customersTable];
  if (!customersTable)
    throw new WrongUsage(
      `stack ${stack} has no output ${OUTPUTS.customersTable}: is it a stack of edge-registrar, of this version?`,
    );
  const arn = outputs[OUTPUTS.webhookSecretArn];
  const dynamodb = connectDocumentClient();
  return {
    name: `table ${customersTable} of stack ${stack}`,
    dynamodb,
    records: customerRecords(dynamodb, customersTable),
    memoryTable: outputs[OUTPUTS.memoryTable],
    settings: callSettingsOfStack(outputs),
    webhookSecret: arn ? { arn } : undefined,
    hooks: hooksOf(outputs),
  };
}

function hooksOf(outputs: Readonly<Record<string, string>>): HookUrls | undefined {
  const [registration, call, callStatus] = [
    outputs[OUTPUTS.registrationHook],
    outputs[OUTPUTS.callHook],
    outputs[OUTPUTS.callStatusHook],
  ];
  return registration && call && callStatus ? { registration, call, callStatus } : undefined;
}

function onlyTable(customersTable: string, env: Environment): Place {
  const dynamodb = connectDocumentClient();
  return {
    name: `table ${customersTable}`,
    dynamodb,
    records: customerRecords(dynamodb, customersTable),
    memoryTable: undefined,
    settings: callSettings(env),
    webhookSecret: undefined,
    hooks: undefined,
  };
}
