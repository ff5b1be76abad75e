/** The paths that jambonz calls, POST only. */
export const ROUTES = {
  registerAuth: '/register-auth',
  callHook: '/call-hook',
  dialAction: '/dial-action',
  callStatus: '/call-status',
  refer: '/refer',
} as const;

/** What the gateway answers on any other path or method. */
export const NO_SUCH_ROUTE = `there is nothing here: send POST to ${Object.values(ROUTES).join(', ')}`;

/** Which Lambda answers which paths. */
export const LAMBDA_ROUTES = {
  'register-auth': [ROUTES.registerAuth],
  'call-hook': [ROUTES.callHook, ROUTES.dialAction, ROUTES.callStatus, ROUTES.refer],
} as const;
