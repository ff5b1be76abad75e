/** The paths that jambonz calls, POST only. */
export const ROUTES = {
  registerAuth: '/register-auth',
  callHook: '/call-hook',
  dialAction: '/dial-action',
  callStatus: '/call-status',
} as const;
