/** The stack's outputs, by which the command line tool finds what a deployment is made of. */
export const OUTPUTS = {
  registrationHook: 'RegistrationHook',
  callHook: 'CallHook',
  callStatusHook: 'CallStatusHook',
  customersTable: 'CustomersTable',
  memoryTable: 'MemoryTable',
  webhookSecretArn: 'WebhookSecretArn',
  outboundSipHost: 'OutboundSipHost',
  callGrant: 'CallGrant',
  emergencyForDisabled: 'EmergencyForDisabled',
  domainTarget: 'DomainTarget',
  /** ARNs of log groups, with commas between them. */
  hookLogs: 'HookLogs',
} as const;
