import { randomInt } from 'node:crypto';
import { Option } from 'commander';
import { hashCredentials } from '../../registrar/auth/digest';
import { formatAor } from '../../registrar/record/aor';
import { type CommonOptions, onDeployment, writingCommand } from '../command-line';
import type { Deployment } from '../deployment';
import { readAor, readSecret } from '../input';
import { duration } from '../option-values';
import { weakness } from '../records/password-strength';
import { change, findItem } from '../records/record-change';
import { allCredentials, type RecordCredential, written } from '../records/record-credentials';
import { type Outcome, Refused, type Shell } from '../shell';
import { suggestion } from '../suggestion';

interface Options extends CommonOptions {
  readonly overlap: number;
  readonly passwordFile?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export const rotateCommand = () =>
  writingCommand('rotate <aor>', 'a new password, valid beside the old one for a while', [
    'password rotate AcmeInc@register.telecomsxchange.com',
    'password rotate AcmeInc@register.telecomsxchange.com --overlap 12h --password-file new.txt',
  ])
    .addOption(
      new Option('--overlap <time>', 'how long the old one stays valid, such as 12h or 7d; 0: not at all')
        .argParser(duration)
        .default(7 * 86_400_000, '7d'),
    )
    .option('--password-file <file>', 'take the new one from here (-: standard input, or typed unseen)')
    .option('--force', 'even when it is weak')
    .action((aor: string, options: Options) =>
      onDeployment(options, (shell, deployment) => rotatePassword(shell, deployment, aor, options)),
    );

/**
 * `password rotate`: a new password beside the old one, which ends after the overlap.
 * @param options.overlap ms in which both are valid
 * @param options.passwordFile the file that holds the new one; without it, one is made and shown once
 */
export async function rotatePassword(
  shell: Shell,
  deployment: Deployment,
  aorText: string,
  options: Options,
): Promise<Outcome> {
  const aor = readAor(aorText);
  const seen = await findItem(deployment, aor);
  const { passwordFile: file } = options;
  const password =
    file === undefined ? generatePassword(aor.username) : await readSecret(shell, 'new password', file);
  const weak = weakness(password, aor.username);
  if (weak && !options.force)
    throw new Refused(`the new password ${weak}: choose a better one, let one be made, or pass --force`);
  const now = shell.now();
  const end = new Date(now + options.overlap).toISOString();
  const known = allCredentials(seen, aor);
  const label = newLabel(known, now);
  const old = options.overlap === 0 ? [] : endBy(known, end, now);
  const { password: _, ha1: __, ...rest } = seen;
  const fresh = { label, ha1: hashCredentials(aor.username, aor.realm, password) };
  const outcome = await change(
    shell,
    deployment,
    seen,
    { ...rest, credentials: [...old.map(written), fresh] },
    options,
  );
  if (options.dryRun) return outcome;
  shell.print(
    [
      ...(file === undefined ? [`The new password, shown this once: ${password}`] : []),
      old.length === 0 ? 'The old one is no longer valid.' : `The old one is valid too, until ${end}.`,
      ...(old.length === 0
        ? []
        : [
            `When no phone uses it any more: ${suggestion(shell, ['password', 'retire', formatAor(aor)], deployment)}`,
          ]),
    ].join('\n'),
  );
  const result = { aor: formatAor(aor), label, ...(old.length > 0 && { oldValidUntil: end }) };
  return { code: 0, json: file === undefined ? { ...result, password } : result };
}

/** The same, none of them valid for longer than `end`; those that have ended are dropped. */
function endBy(all: readonly RecordCredential[], end: string, now: number): RecordCredential[] {
  return all
    .filter(({ notAfter }) => notAfter === undefined || Date.parse(notAfter) > now)
    .map((it) => ({
      ...it,
      notAfter: it.notAfter !== undefined && Date.parse(it.notAfter) < Date.parse(end) ? it.notAfter : end,
    }));
}

/** The day, and a number when there is one of that day already. */
function newLabel(taken: readonly RecordCredential[], now: number): string {
  const day = new Date(now).toISOString().slice(0, 10);
  const ofDay = taken.filter(({ label }) => label === day || label.startsWith(`${day}.`)).length;
  return ofDay === 0 ? day : `${day}.${ofDay + 1}`;
}

/** Letters and digits that cannot be mistaken for each other on paper; 116 bits. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** Not one that happens to hold the username: a short username is in many of them. */
function generatePassword(username: string): string {
  const password = Array.from({ length: 20 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return weakness(password, username) ? generatePassword(username) : password;
}
