import { announceCarrierCall } from '../../local/jambonz-simulator';
import { type CommonOptions, plainCommand, run } from '../command-line';
import type { Outcome, Shell } from '../shell';
import { LOCAL_URL, meaningOfVerbs, report, targetAt } from '../simulation';

interface Options extends CommonOptions {
  readonly url: string;
  readonly from: string;
}

export const simulateRingCommand = () =>
  plainCommand('ring <number>', 'call a number of yours from outside', [
    'simulate ring +966112223300',
    'simulate ring +966112223300 --from +12025550123',
  ])
    .option('--url <url>', 'where the hooks are', LOCAL_URL)
    .option('--from <number>', "the caller's number, or anonymous", '+12025550123')
    .action((number: string, options: Options) =>
      run(options, (shell) => simulateRing(shell, number, options)),
    );

/** `simulate ring`: announces a call as jambonz does for one that a carrier sends. */
export async function simulateRing(shell: Shell, called: string, options: Options): Promise<Outcome> {
  const target = await targetAt(shell, options.url);
  const reply = await announceCarrierCall(target.url, { called, from: options.from }, target.secret);
  return report(shell, [
    { what: `call from ${options.from} to ${called}`, reply, meaning: meaningOfVerbs(reply) },
  ]);
}
