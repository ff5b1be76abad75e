/**
 * SIP codes after which no next trunk is tried, unless the record has its own (`failover.stopCodes`): the callee, or its
 * network, refused for itself, so another trunk would only ring it again. sbc-outbound cannot pass on 607 and 608
 * (drachtio-srf has no such codes): they are here for an edge that can.
 */
export const STOP_CODES: readonly number[] = [486, 600, 603, 604, 607, 608];
