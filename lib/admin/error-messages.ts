import { NoHistoryTable } from '../aws/tools/customer-history';
import { Refused, WrongUsage } from './shell';

/** An error as one line for people; what AWS and the network say, in words that help. */
export function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof WrongUsage || cause instanceof Refused) return cause.message;
  if (cause instanceof NoHistoryTable)
    return `there is no table ${cause.tableName} to keep the version before this change: deploy the stack of this version, or pass --no-history`;
  const fix = FIXES[cause.name] ?? FIXES[cause.message];
  if (fix !== undefined) return fix;
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}

const FIXES: Readonly<Record<string, string>> = {
  TimeoutError: 'no answer within 10 s',
  CredentialsProviderError: 'there are no AWS credentials here: log in (aws sso login), or set AWS_PROFILE',
  ExpiredTokenException: 'your AWS credentials have expired: log in again (aws sso login)',
  'Region is missing': 'no AWS Region is set: set AWS_REGION, or AWS_PROFILE',
  AccessDeniedException: 'your AWS credentials do not allow this',
  ResourceNotFoundException: 'there is no such table or secret in this Region: is AWS_REGION right?',
};
