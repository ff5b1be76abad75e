/** A finite automaton over digits. */
export interface Automaton {
  readonly start: ReadonlySet<State>;
  readonly end: State;
}

export interface State {
  /** Where it leads without a digit. */
  readonly free: State[];
  readonly byDigit: { readonly digits: string; readonly to: State }[];
}

/** No telephone number is longer. */
const LONGEST = 17;

/**
 * Makes an automaton of a pattern such as numbering plans are written in: digits, `\d`, classes, groups, `|`, `?`
 * and `{m,n}`; nothing else, so that every question about prefixes has an exact answer (Thompson, 1968).
 * @throws Error at anything else
 */
export function automatonOf(pattern: string): Automaton {
  let at = 0;
  const { from, to } = readChoice();
  if (at !== pattern.length) throw new Error(`cannot read ${pattern.slice(at)}`);
  return { start: closure([from]), end: to };

  function readChoice(): Part {
    const whole = { from: state(), to: state() };
    do {
      const part = readSequence();
      whole.from.free.push(part.from);
      part.to.free.push(whole.to);
    } while (pattern[at] === '|' && at++ >= 0);
    return whole;
  }

  function readSequence(): Part {
    const from = state();
    let to = from;
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') to = readRepeated(to);
    return { from, to };
  }

  function readRepeated(from: State): State {
    const begin = at;
    const parts = [readAtom()];
    const [text = '', range, least, most] = /^(?:\?|\{((\d+)(?:,(\d+))?)\})/.exec(pattern.slice(at)) ?? [];
    const end = at + text.length;
    const [low, high] = range ? [Number(least), Number(most ?? least)] : [text === '?' ? 0 : 1, 1];
    while (parts.length < high) {
      at = begin;
      parts.push(readAtom());
    }
    at = end;
    return chain(from, parts, low);
  }

  function readAtom(): Part {
    if (pattern[at] === '(') {
      at += pattern.startsWith('(?:', at) ? 3 : 1;
      const group = readChoice();
      if (pattern[at] !== ')') throw new Error(`a group does not end in ${pattern}`);
      at++;
      return group;
    }
    const [text] = /^(?:\d|\\d|\[[\d-]+\])/.exec(pattern.slice(at)) ?? [];
    if (text === undefined) throw new Error(`cannot read ${pattern.slice(at)}`);
    at += text.length;
    const digits = [...'0123456789'].filter((digit) => new RegExp(text).test(digit)).join('');
    const part = { from: state(), to: state() };
    part.from.byDigit.push({ digits, to: part.to });
    return part;
  }
}

/** The states after one more digit; none: no number begins so. */
export function after(states: ReadonlySet<State>, digit: string): ReadonlySet<State> {
  const next = [...states].flatMap(({ byDigit }) =>
    byDigit.filter(({ digits }) => digits.includes(digit)).map(({ to }) => to),
  );
  return closure(next);
}

/** How many digits may follow to complete a number. */
export function acceptedLengths({ end }: Automaton, states: ReadonlySet<State>): number[] {
  const lengths: number[] = [];
  let now = states;
  for (let length = 0; length <= LONGEST && now.size > 0; length++) {
    if (now.has(end)) lengths.push(length);
    now = closure([...now].flatMap(({ byDigit }) => byDigit.map(({ to }) => to)));
  }
  return lengths;
}

interface Part {
  readonly from: State;
  readonly to: State;
}

function state(): State {
  return { free: [], byDigit: [] };
}

/** One part after the other, of which those behind the first `low` may be left out. */
function chain(from: State, parts: readonly Part[], low: number): State {
  const end = state();
  let last = from;
  parts.forEach((part, at) => {
    if (at >= low) last.free.push(end);
    last.free.push(part.from);
    last = part.to;
  });
  last.free.push(end);
  return end;
}

function closure(states: readonly State[]): ReadonlySet<State> {
  const reached = new Set(states);
  for (const one of reached) for (const next of one.free) reached.add(next);
  return reached;
}
