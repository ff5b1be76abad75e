import { stackOutputs } from '../aws/tools/stack-outputs';
import { ENV, type Environment, HOOK_SETTINGS, readCallSettings, WrongEnvironment } from '../hooks/settings';
import type { CallSettings } from '../registrar/calls/call';
import { OUTPUTS } from '../stack/output-names';
import { type Shell, WrongUsage } from './shell';

/**
 * The settings of calls, from the environment.
 * @throws WrongUsage
 */
export function callSettings(env: Environment): CallSettings {
  try {
    return readCallSettings(env);
  } catch (cause) {
    throw cause instanceof WrongEnvironment ? new WrongUsage(cause.message) : cause;
  }
}

/**
 * The same, from the outputs of a deployed stack. A stack of an earlier version lacks some outputs; they have defaults.
 * @param outputs of the stack
 */
export function callSettingsOfStack(outputs: Readonly<Record<string, string>>): CallSettings {
  return callSettings({
    [ENV.outboundSipHost]: outputs[OUTPUTS.outboundSipHost],
    [HOOK_SETTINGS.callGrant.env]: outputs[OUTPUTS.callGrant],
    [HOOK_SETTINGS.emergencyForDisabled.env]: outputs[OUTPUTS.emergencyForDisabled],
  });
}

/** The settings for records of a file: those of the stack in `--stack`, else of the environment. */
export async function callSettingsForFile(
  { env }: Shell,
  { stack }: { readonly stack?: string },
): Promise<CallSettings> {
  return stack === undefined ? callSettings(env) : callSettingsOfStack(await stackOutputs(stack));
}
