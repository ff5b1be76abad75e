/** The word that stands where an account's item has its realm. No realm is called so, because a realm has a dot. */
export const NUMBERS = 'numbers';

/** The key of the item for a called number, with or without +; undefined: no number of ours can be called so. */
export function numberKey(called: string): string | undefined {
  return /^\+?([0-9]{1,24})$/.exec(called)?.[1];
}
