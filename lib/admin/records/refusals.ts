import type { CallRefusal } from '../../registrar/calls/plan';

/** Why a call is refused, in words. */
export const REFUSALS: Readonly<Record<CallRefusal, string>> = {
  'trunk-call': 'it comes from a carrier, not from a phone',
  'no-caller': 'no phone authenticated for it',
  'no-grant': 'register-auth saw no INVITE for it',
  'unknown-account': 'there is no such record; usernames are case-sensitive',
  'unknown-customer': 'the record that "customer" names is not there',
  disabled: 'the account, or the customer it belongs to, is disabled',
  'no-number': 'nothing was dialled',
  'not-a-number': 'what was dialled is not a number',
  'number-too-long': 'what was dialled is longer than a number can be',
  'service-code-not-allowed':
    '* and # need dialPlan.serviceCodes, and a tech prefix that ends in a sign of its own',
  'destination-denied': 'destinations says no',
  'high-risk-destination': 'allow its prefix under destinations, if the customer may call there',
  'no-caller-id': 'no rule of callerId leaves a number to show',
  'no-trunk': 'no trunk takes this number',
  'phone-disabled': 'the account that is called is disabled',
  'unknown-number': 'there is no record of this number',
  'number-disabled': 'the number is disabled',
  'rings-nobody': 'no phone in ring can be read',
  'realm-of-another-account': 'the webhook secret does not cover every realm that the number is about',
  'forward-to-emergency': 'no call is forwarded to an emergency number',
  'forward-without-limit':
    'a call from outside goes on to a trunk only where the account that pays has limits.maxConcurrentCalls or minutes a day',
  'forward-not-counted':
    'a call from outside goes on to a trunk only if it is counted, and the memory table is unavailable',
  'new-source': 'registration.newSource allows no such number from an address that is new',
  'too-many-calls': 'limits.maxConcurrentCalls is reached',
  'too-many-calls-per-minute': 'limits.callsPerMinute is reached',
  'budget-spent': 'the minutes of the day are spent (limits.maxMinutesPerDay, limits.budgets)',
};
