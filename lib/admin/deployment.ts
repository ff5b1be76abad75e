import { historyTableOf } from '../aws/stores/tables';
import { type CustomerHistory, customerHistory, withHistory } from '../aws/tools/customer-history';
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
import { suggestion } from './suggestion';

/** Options that name a deployment. */
export interface DeploymentOptions {
  /** A CloudFormation stack: its outputs name everything else. */
  readonly stack?: string;
  /** The Customers table itself. */
  readonly table?: string;
  /** false: writes keep no earlier versions. */
  readonly history?: boolean;
}

/** The hooks of a deployment, as jambonz has to call them: whole URLs. */
export interface HookUrls {
  readonly registration: string;
  readonly call: string;
  readonly callStatus: string;
}

/** The deployment that a command works on. */
export interface Deployment {
  /** For people: which table is read or changed. */
  readonly name: string;
  /** The options that name it, for commands that are suggested. */
  readonly options: readonly string[];
  /** On this machine: no customer's calls depend on it. */
  readonly isLocal: boolean;
  readonly dynamodb: DocumentClient;
  readonly records: CustomerRecords;
  /** Earlier versions of the records. */
  readonly history: CustomerHistory;
  /** undefined when only the Customers table is known. */
  readonly memoryTable: string | undefined;
  readonly settings: CallSettings;
  /** Where the webhook secret is stored; undefined when only the Customers table is known. */
  readonly webhookSecret: { readonly arn: string } | 'local' | undefined;
  /** The hooks as the stack's outputs name them. */
  readonly hooks: HookUrls | undefined;
  /** Where the hooks write a line for each decision: a local stack, or log groups by their ARNs. */
  readonly log: { readonly url: string } | { readonly groups: readonly string[] } | undefined;
}

/**
 * Finds the deployment: the one that was named, else the DynamoDB that DYNAMODB_ENDPOINT names, else the local
 * stack that runs on this machine (PORT, 3000).
 * @throws WrongUsage when there is none of them
 */
export async function findDeployment(shell: Shell, options: DeploymentOptions): Promise<Deployment> {
  const { stack, table } = options;
  const { DYNAMODB_ENDPOINT: endpoint, PORT: port = '3000' } = shell.env;
  const open = (customersTable: string, dynamodb: DocumentClient) =>
    openRecords(shell, dynamodb, customersTable, options);
  if (stack !== undefined) return deployed(open, stack, await stackOutputs(stack), table);
  const url = `http://127.0.0.1:${port}/`;
  if (endpoint) return local(open, { dynamodbEndpoint: endpoint, settings: shell.env }, url, table);
  if (table !== undefined) return onlyTable(open, table, shell.env);
  const about = await askLocalStack(url);
  if (about) return local(open, about, url);
  throw new WrongUsage(
    `no local stack answers at ${url}: start one with "${suggestion(shell, ['start'])}", or name the deployment with --stack NAME or --table NAME`,
  );
}

type Open = (
  customersTable: string,
  dynamodb: DocumentClient,
) => Pick<Deployment, 'dynamodb' | 'records' | 'history'>;

function openRecords(
  { user, now }: Shell,
  dynamodb: DocumentClient,
  customersTable: string,
  options: DeploymentOptions,
): ReturnType<Open> {
  const records = customerRecords(dynamodb, customersTable);
  const history = customerHistory(dynamodb, historyTableOf(customersTable), user, now);
  return {
    dynamodb,
    records: options.history === false ? records : withHistory(records, history),
    history,
  };
}

function local(
  open: Open,
  about: { dynamodbEndpoint: string; settings: Environment },
  url: string,
  table?: string,
): Deployment {
  const customersTable = table ?? LOCAL_TABLES.customers;
  return {
    name: `table ${customersTable} at ${about.dynamodbEndpoint}`,
    options: table === undefined ? [] : ['--table', table],
    isLocal: true,
    ...open(customersTable, connectDocumentClient(about.dynamodbEndpoint)),
    memoryTable: LOCAL_TABLES.memory,
    settings: callSettings(about.settings),
    webhookSecret: 'local',
    hooks: undefined,
    log: { url },
  };
}

function deployed(
  open: Open,
  stack: string,
  outputs: Readonly<Record<string, string>>,
  table: string | undefined,
): Deployment {
  const customersTable = table ?? outputs[OUTPUTS.customersTable];
  if (!customersTable)
    throw new WrongUsage(
      `stack ${stack} has no output ${OUTPUTS.customersTable}: is it a stack of edge-registrar, of this version?`,
    );
  const arn = outputs[OUTPUTS.webhookSecretArn];
  return {
    name: `table ${customersTable} of stack ${stack}`,
    options: ['--stack', stack, ...(table === undefined ? [] : ['--table', table])],
    isLocal: false,
    ...open(customersTable, connectDocumentClient()),
    memoryTable: outputs[OUTPUTS.memoryTable],
    settings: callSettingsOfStack(outputs),
    webhookSecret: arn ? { arn } : undefined,
    hooks: hooksOf(outputs),
    log: logOf(outputs),
  };
}

function logOf(outputs: Readonly<Record<string, string>>): Deployment['log'] {
  const groups = outputs[OUTPUTS.hookLogs]?.split(',');
  return groups && { groups };
}

function hooksOf(outputs: Readonly<Record<string, string>>): HookUrls | undefined {
  const [registration, call, callStatus] = [
    outputs[OUTPUTS.registrationHook],
    outputs[OUTPUTS.callHook],
    outputs[OUTPUTS.callStatusHook],
  ];
  return registration && call && callStatus ? { registration, call, callStatus } : undefined;
}

function onlyTable(open: Open, customersTable: string, env: Environment): Deployment {
  return {
    name: `table ${customersTable}`,
    options: ['--table', customersTable],
    isLocal: false,
    ...open(customersTable, connectDocumentClient()),
    memoryTable: undefined,
    settings: callSettings(env),
    webhookSecret: undefined,
    hooks: undefined,
    log: undefined,
  };
}
