/**
 * A user part with its escapes undone, all of them and once (RFC 3261 section 19.1.4): `%2B966` is `+966`.
 * @returns the text as it is where an escape is malformed or the bytes are not UTF-8
 */
export function withoutEscapes(user: string): string {
  if (!user.includes('%')) return user;
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
