/** A prefix of what was dialled is replaced: an outside line, an area code, an international prefix of many. */
export interface RewriteRule {
  readonly from: string;
  readonly to: string;
  /** The rule fits numbers of so many digits only, `from` included; undefined: of any length. */
  readonly digits?: number;
}

/** What a rule made of a dialled number. */
export interface Rewriting {
  readonly text: string;
  /** Its place in `dialPlan.rewrite`, from 0. */
  readonly rule: number;
}

/**
 * Applies the first rule that fits, once.
 * @param text cleaned: digits, `*`, `#` and a leading +
 * @returns undefined when none fits
 */
export function rewrite(text: string, rules: readonly RewriteRule[]): Rewriting | undefined {
  const digits = text.replace(/^\+/, '').length;
  const rule = rules.findIndex(
    (it) => text.startsWith(it.from) && (it.digits === undefined || it.digits === digits),
  );
  const chosen = rules[rule];
  return chosen && { text: chosen.to + text.slice(chosen.from.length), rule };
}
