import { stackOutputs } from '../aws/tools/stack-outputs';
import { ENV, type Environment, HOOK_SETTINGS, readCallSettings, WrongEnvironment } from '../hooks/settings';
import type { CallSettings } from '../registrar/calls/call';
import { OUTPUTS } from '../stack/output-names';
import { type Shell, WrongUsage } from './shell';

/**
 * What a deployment adds to every record, as its environment says.
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
 * The same of a deployed stack. A stack that an earlier version deployed lacks some outputs: these have the defaults.
 * @param outputs of the stack
 */
export function callSettingsOfStack(outputs: Readonly<Record<string, string>>): CallSettings {
  return callSettings({
    [ENV.outboundSipHost]: outputs[OUTPUTS.outboundSipHost],
    [HOOK_SETTINGS.callGrant.env]: outputs[OUTPUTS.callGrant],
    [HOOK_SETTINGS.emergencyForDisabled.env]: outputs[OUTPUTS.emergencyForDisabled],
  });
}

/** The settings for records of a file: those of the stack that is named, else of the environment. */
export async function callSettingsForFile(
  { env }: Shell,
  { stack }: { readonly stack?: string },
): Promise<CallSettings> {
  return stack === undefined ? callSettings(env) : callSettingsOfStack(await stackOutputs(stack));
}
