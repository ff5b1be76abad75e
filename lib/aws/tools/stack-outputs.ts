import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

const READ_BUDGET_MS = 10_000;

/**
 * The outputs of a deployed stack, by their names: how tools find its tables.
 * @throws Error of CloudFormation, for instance when there is no such stack in this Region
 */
export async function stackOutputs(stackName: string): Promise<Readonly<Record<string, string>>> {
  const client = new CloudFormationClient({ maxAttempts: 3 });
  const command = new DescribeStacksCommand({ StackName: stackName });
  const { Stacks } = await client.send(command, { abortSignal: AbortSignal.timeout(READ_BUDGET_MS) });
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(
    outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
  );
}
