import { type CredentialUse, readCredentialUses } from '../../aws/tools/credential-uses';
import type { Aor } from '../../registrar/record/aor';
import type { Deployment } from '../deployment';

/** The credentials that were used lately, the latest first, by `username@realm`; empty with only a Customers table. */
export async function credentialUsesOf(
  { dynamodb, memoryTable }: Deployment,
  aors: readonly Aor[],
): Promise<ReadonlyMap<string, readonly CredentialUse[]>> {
  return memoryTable === undefined ? new Map() : readCredentialUses(dynamodb, memoryTable, aors);
}

/** For people: `ha1, 2026-11-22T08:00:00.000Z`. */
export function describeUse({ label, at }: CredentialUse): string {
  return `${label}, ${new Date(at).toISOString()}`;
}
