/** SIP passwords are guessed by machines, day and night: 12 characters that are not the account's own name. */
const SHORTEST = 12;

/** Why a password is easily guessed, and how to fix it; undefined when it is not. */
export function weakness(password: string, username: string): string | undefined {
  if (password.toLowerCase().includes(username.toLowerCase())) return 'holds the username';
  if (password.length < SHORTEST) return `is shorter than ${SHORTEST} characters`;
  if (/^\d+$/.test(password)) return 'holds nothing but digits';
  if (new Set(password).size < 5) return 'holds fewer than 5 different characters';
  return undefined;
}
