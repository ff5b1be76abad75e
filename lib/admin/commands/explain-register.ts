import { parseAuthHook } from '../../jambonz/auth-hook';
import { authHookPayload } from '../../local/jambonz-simulator';
import { register } from '../../local/sip-phone';
import { type Admission, type AdmissionRefusal, admit } from '../../registrar/auth/admission';
import { digestResponse } from '../../registrar/auth/digest';
import { type Aor, formatAor } from '../../registrar/record/aor';
import type { Customer } from '../../registrar/record/customer';
import { type Fact, facts } from '../columns';
import { type CommonOptions, deploymentCommand, onRecords } from '../command-line';
import { readAor } from '../input';
import { time } from '../option-values';
import type { KnownRecords } from '../records/known-records';
import { type RecordCredential, recordCredentials } from '../records/record-credentials';
import { type Outcome, Refused, type Shell } from '../shell';
import { suggestion } from '../suggestion';

interface Options extends CommonOptions {
  readonly address?: string;
  /** Unix ms. */
  readonly at?: number;
}

export const explainRegisterCommand = () =>
  deploymentCommand('register <aor>', 'what would refuse a registration', [
    'explain register AcmeInc@register.telecomsxchange.com',
    'explain register AcmeInc@register.telecomsxchange.com --address 192.0.2.7 --at 2026-12-31T00:00:00Z',
  ])
    .option('--address <ip>', 'as if the phone were there')
    .option('--at <time>', 'at another time than now, ISO 8601', time)
    .option('--records <file>', 'by the records of this file')
    .action((aor: string, options: Options) =>
      onRecords(options, (shell, known) => explainRegister(shell, known, aor, options)),
    );

/** `explain register`: for each credential of the record, what register-auth would say to a phone that has it. */
export async function explainRegister(
  shell: Shell,
  known: KnownRecords,
  aorText: string,
  options: Options,
): Promise<Outcome> {
  const aor = readAor(aorText);
  const customer = await known.find(aor);
  if (!customer)
    throw new Refused(
      `${known.name} has no record of ${formatAor(aor)}: unknown-account; usernames are case-sensitive`,
    );
  const at = options.at ?? shell.now();
  const address =
    options.address ?? customer.registration?.allowedAddresses?.[0]?.split('/')[0] ?? '127.0.0.1';
  const answers = recordCredentials(customer, aor).map((credential) => ({
    credential: credential.knownAs,
    admission: admissionWith(credential, customer, aor, address, at),
  }));
  const enable = suggestion(shell, ['customers', 'enable', formatAor(aor)], known);
  shell.print(
    [
      `REGISTER of ${formatAor(aor)} at ${new Date(at).toISOString()}, by the records of ${known.name}`,
      ...facts(
        [
          ...answers.map(
            ({ credential, admission }): Fact => [`with ${credential}`, describeAdmission(admission, enable)],
          ),
          ...(answers.length === 0
            ? fact(
                'refused',
                `no-credential: ${suggestion(shell, ['password', 'rotate', formatAor(aor)], known)}`,
              )
            : []),
          ['addresses', customer.registration?.allowedAddresses?.join(', ') ?? 'any'],
          ...(customer.registration?.allowedAddresses
            ? fact(
                'calls',
                customer.registration.callsFromAnywhere ? 'from any address' : 'from these addresses too',
              )
            : []),
          ...(customer.registration?.users
            ? fact('other users', customer.registration.users.join(', ') || 'none')
            : []),
          ['used twice', REPLAY[customer.registration?.replay ?? 'observe']],
        ],
        shell.width,
      ),
    ].join('\n'),
  );
  const admitted = answers.some(({ admission }) => admission.admitted);
  return { code: admitted ? 0 : 1, json: { aor: formatAor(aor), answers } };
}

const REPLAY = {
  observe: 'a digest that was used before is accepted, and logged (registration.replay observe)',
  enforce: 'a digest that was used before is refused (registration.replay enforce)',
  off: 'not checked (registration.replay off)',
} as const;

/** What the phone would send with this credential, read and judged by the code that judges phones. */
function admissionWith(
  { ha1 }: RecordCredential,
  customer: Customer,
  aor: Aor,
  address: string,
  at: number,
): Admission {
  const request = register({ aor, password: '', address }, at);
  const { authorization: _, ...headers } = request.headers;
  const response = digestResponse('REGISTER', request.digest, 'MD5', ha1);
  const payload = authHookPayload({ ...request, headers, digest: { ...request.digest, response } });
  const attempt = parseAuthHook({ ...payload });
  if (!attempt) throw new Error('the simulated REGISTER was not understood');
  return admit(attempt, customer, at);
}

function describeAdmission(admission: Admission, enable: string): string {
  if (admission.admitted) return `admitted for ${admission.expires} s`;
  const fix = admission.because === 'disabled' ? `: ${enable}` : (ADMISSION_FIXES[admission.because] ?? '');
  return `refused, ${admission.because}${fix}`;
}

const ADMISSION_FIXES: Partial<Record<AdmissionRefusal, string>> = {
  'wrong-digest': ': this credential is not valid at this time',
  'no-credential': ': no credential is valid at this time',
  'address-not-allowed': ': registration.allowedAddresses does not hold it',
};

function fact(name: string, text: string): readonly Fact[] {
  return [[name, text]];
}
