/** What never stands in a log line: passwords of the tests, webhook secrets, HA1s, digests, and what holds one. */
const SECRETS =
  /wonderland|elsewhere|trunk-pass|fat-fingered|(alice|bob|sip|new|old|first)-pass|sip-password|siptrunk\d-password|wh_secret|\b[0-9a-f]{32}\b|\b[0-9a-f]{64}\b|Digest \w+=|nonce=|response=/i;

/** The text around a secret in what was printed, without the secret; undefined: there is none. */
export function secretIn(printed: unknown): string | undefined {
  const text = typeof printed === 'string' ? printed : (JSON.stringify(printed) ?? '');
  const found = SECRETS.exec(text);
  return found ? `${text.slice(Math.max(0, found.index - 60), found.index)}…` : undefined;
}

/** For the places through which the tests' worlds print: a secret there fails the test that made it. */
export function withoutSecrets<Line>(line: Line): Line {
  const leak = secretIn(line);
  if (leak !== undefined) throw new Error(`a secret was printed after: ${leak}`);
  return line;
}
