import { type Credential, credentialsOf } from '../../registrar/auth/credentials';
import { hashCredentials } from '../../registrar/auth/digest';
import { type Aor, formatAor } from '../../registrar/record/aor';
import { type CommonOptions, deploymentCommand, onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { readAor, readSecret } from '../input';
import { findItem } from '../records/record-change';
import { readCustomer } from '../records/record-credentials';
import type { Outcome, Shell } from '../shell';

interface Options extends CommonOptions {
  readonly passwordFile: string;
}

export const passwordCheckCommand = () =>
  deploymentCommand('check <aor>', 'is this its password?', [
    'password check AcmeInc@register.telecomsxchange.com',
    'password check AcmeInc@register.telecomsxchange.com --password-file password.txt',
  ])
    .option('--password-file <file>', 'the file that holds it (-: standard input, or typed unseen)', '-')
    .action((aor: string, options: Options) =>
      onDeployment(options, (shell, deployment) => checkPassword(shell, deployment, aor, options)),
    );

/** `password check`: is what is typed or piped in a valid password now, and under which label? */
export async function checkPassword(
  shell: Shell,
  deployment: Deployment,
  aorText: string,
  options: Options,
): Promise<Outcome> {
  const aor = readAor(aorText);
  const customer = readCustomer(await findItem(deployment, aor), aor);
  const password = await readSecret(shell, 'password', options.passwordFile);
  const opens = (credential: Credential) => isPasswordOf(credential, password, aor);
  const valid = credentialsOf(customer, shell.now()).filter(opens);
  const untimed = customer.credentials?.map(({ notBefore, notAfter, ...it }) => it);
  const ever = credentialsOf({ ...customer, ...(untimed && { credentials: untimed }) }, shell.now()).filter(
    opens,
  );
  const labels = (valid.length > 0 ? valid : ever).map(({ label }) => label);
  const answer = valid.length > 0 ? 'matches' : ever.length > 0 ? 'not-valid-now' : 'wrong';
  shell.print(
    {
      matches: `Correct: it is ${labels.join(' and ')} of ${formatAor(aor)}.`,
      'not-valid-now': `It is ${labels.join(' and ')} of ${formatAor(aor)}, which is not valid at this time.`,
      wrong: `Wrong: it is not a password of ${formatAor(aor)}.`,
    }[answer],
  );
  if (customer.enabled === false) shell.print('The account is disabled.');
  return { code: answer === 'matches' ? 0 : 1, json: { aor: formatAor(aor), answer, labels } };
}

function isPasswordOf({ secret }: Credential, password: string, { username, realm }: Aor): boolean {
  return 'password' in secret
    ? secret.password === password
    : secret.ha1.toLowerCase() === hashCredentials(username, realm, password);
}
