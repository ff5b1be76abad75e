import { announceCall, askRegisterAuth } from '../../local/jambonz-simulator';
import { invite } from '../../local/sip-phone';
import { formatAor } from '../../registrar/record/aor';
import { type CommonOptions, plainCommand, run } from '../command-line';
import type { Outcome, Shell } from '../shell';
import {
  type Exchange,
  LOCAL_URL,
  meaningOfAuth,
  meaningOfVerbs,
  prepareSimulation,
  report,
} from '../simulation';

interface Options extends CommonOptions {
  readonly url: string;
  readonly from?: string;
}

export const simulateCallCommand = () =>
  plainCommand('call <aor> <number>', 'dial a number', [
    'simulate call AcmeInc@register.telecomsxchange.com 00966501234567',
    'simulate call AcmeInc@register.telecomsxchange.com 00966501234567 --from 0501234567',
  ])
    .option('--url <url>', 'where the hooks are', LOCAL_URL)
    .option('--from <user>', "the device's From user")
    .action((aor: string, number: string, options: Options) =>
      run(options, (shell) => simulateCall(shell, aor, number, options)),
    );

/** `simulate call`: the INVITE's digest is checked first, then the call is announced, as jambonz does it. */
export async function simulateCall(
  shell: Shell,
  aorText: string,
  dialled: string,
  options: Options,
): Promise<Outcome> {
  const { phone, target } = await prepareSimulation(shell, aorText, options.url);
  const request = invite(phone, dialled, Date.now());
  const auth = await askRegisterAuth(target.url, request, target.secret);
  const admitted: Exchange = {
    what: `INVITE ${dialled} by ${formatAor(phone.aor)}`,
    reply: auth,
    meaning: meaningOfAuth(auth),
  };
  if (!admitted.meaning.good) return report(shell, [admitted]);
  const call = { invite: request, dialled, ...(options.from !== undefined && { from: options.from }) };
  const reply = await announceCall(target.url, call, target.secret);
  return report(shell, [admitted, { what: `call to ${dialled}`, reply, meaning: meaningOfVerbs(reply) }]);
}
