import type { CallSettings } from '../registrar/calls/call';

/** What explanations show when the deployment's outbound SIP host is not known. */
const UNKNOWN_HOST = 'sip.carrier.example';

/** What a deployment adds to every record, as far as it is known here; the rest as a deployment has it by default. */
export function callSettings(outboundSipHost: string | undefined): CallSettings {
  return {
    outboundSipHost: outboundSipHost ?? UNKNOWN_HOST,
    callGrant: 'enforce',
    emergencyForDisabled: true,
  };
}
