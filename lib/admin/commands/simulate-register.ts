import { askRegisterAuth } from '../../local/jambonz-simulator';
import { register } from '../../local/sip-phone';
import { formatAor } from '../../registrar/record/aor';
import { type CommonOptions, plainCommand, run } from '../command-line';
import { wholeNumber } from '../option-values';
import type { Outcome, Shell } from '../shell';
import { LOCAL_URL, meaningOfAuth, prepareSimulation, report } from '../simulation';

interface Options extends CommonOptions {
  readonly url: string;
  /** Seconds. */
  readonly expires: number;
}

export const simulateRegisterCommand = () =>
  plainCommand('register <aor>', 'register the phone; --expires 0 takes it off again', [
    'simulate register AcmeInc@register.telecomsxchange.com',
    'simulate register AcmeInc@register.telecomsxchange.com --expires 0',
  ])
    .option('--url <url>', 'where the hooks are', LOCAL_URL)
    .option('--expires <seconds>', 'how long to register for', wholeNumber, 3600)
    .action((aor: string, options: Options) =>
      run(options, (shell) => simulateRegister(shell, aor, options)),
    );

/** `simulate register`: what a phone and jambonz send when the phone registers, and what the answer means. */
export async function simulateRegister(shell: Shell, aorText: string, options: Options): Promise<Outcome> {
  const { phone, target } = await prepareSimulation(shell, aorText, options.url);
  const reply = await askRegisterAuth(
    target.url,
    register(phone, Date.now(), options.expires),
    target.secret,
  );
  return report(shell, [{ what: `REGISTER ${formatAor(phone.aor)}`, reply, meaning: meaningOfAuth(reply) }]);
}
