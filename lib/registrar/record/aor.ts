/** An address of record: who a phone is. `realm` keeps the letters' case that the device used. */
export interface Aor {
  readonly username: string;
  readonly realm: string;
}

/** `username@realm`, the way people and logs write it. */
export function formatAor({ username, realm }: Aor): string {
  return `${username}@${realm}`;
}

/**
 * Reads `username@realm`. Usernames may not hold `@`, so a second one is a trick, not a name.
 * @returns undefined when it is not exactly one username and one realm
 */
export function parseAor(text: string): Aor | undefined {
  const [username, realm, ...more] = text.split('@');
  return username && realm && more.length === 0 && isUsername(username) && isRealm(realm)
    ? { username, realm }
    : undefined;
}

/** Realms are DNS names: their case means nothing (RFC 4343). Usernames are compared to the letter. */
export function sameRealm(a: string, b: string): boolean {
  return realmKey(a) === realmKey(b);
}

/** The realm as records are keyed by it. */
export function realmKey(realm: string): string {
  return realm.toLowerCase();
}

/** What jambonz's header parser hands on whole: no white space, control character, `"` `,` `:` or `@`. */
export function isUsername(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return text.length <= 128 && /^[^\s\x00-\x20\x7f",:@]+$/.test(text);
}

/** A DNS name of ASCII labels, two at least: names without a dot are free for other items (RFC 1123 section 2.1). */
export function isRealm(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)+$/.test(text)
  );
}
