import { ACCESS_LOG_FORMAT } from '../stack/access-log';
import type { FixedCost } from './fixed-cost';
import type { Gate } from './gate';
import { PRICES } from './prices';
import type { HookRequests } from './requests';
import { exact } from './statistics';

/** What Lambda bills of a warm auth: a network call or two, in whole ms. */
const BILLED_MS = 5;
const MEMORY_GB = 0.5;
/** What CloudWatch counts of each line besides the line. */
const EVENT_OVERHEAD_BYTES = 26;
/** The access log's line of one request, as API Gateway fills it in. */
const ACCESS_LOG_LINE = [
  ['$context.identity.sourceIp', '203.0.113.101'],
  ['$context.resourcePath', '/register-auth'],
  ['$context.status', '200'],
  ['$context.error.responseType', '-'],
  ['$context.responseLatency', '12'],
  ['$context.extendedRequestId', 'JKJaXmPLvHcESHA='],
].reduce((line, [name = '', value = '']) => line.replace(name, value), ACCESS_LOG_FORMAT);

/** A million hooks of one kind, in dollars. */
export interface CostOfAMillion {
  readonly hook: string;
  readonly gateway: number;
  readonly lambda: number;
  readonly reads: number;
  readonly writes: number;
  readonly logs: number;
  readonly accessLog: number;
  readonly total: number;
}

/** What a fleet costs a month, by how long a registration is granted. */
export interface CostOfExpires {
  readonly expires: number;
  readonly hooksPerMonth: number;
  /** Dollars, 10,000 devices. */
  readonly perMonth: number;
  /** How long a phone that was disabled stays registered at most. Its calls stop within a minute. */
  readonly revokedWithinSeconds: number;
}

/** What a deployment costs a month whose phones stay registered, and make no calls. */
export interface CostOfAMonth {
  readonly phones: number;
  readonly fixed: FixedCost;
  /** Dollars for the hooks of their REGISTERs. */
  readonly hooks: number;
  readonly total: number;
}

export interface Costs {
  readonly prices: typeof PRICES;
  readonly millions: readonly CostOfAMillion[];
  readonly expires: readonly CostOfExpires[];
  readonly months: readonly CostOfAMonth[];
  readonly gates: readonly Gate[];
}

const DEVICES = 10_000;
const MONTH_S = 30 * 24 * 3600;
/** A phone that stays registers again each hour, and its record was read an hour ago. */
const OBSERVED = 'REGISTER, each hour of a day, 10,000 phones';
const OFF = 'REGISTER without replay check, each hour of a day, 10,000 phones';

/** @param fixed of the stack as it is deployed by default */
export function costsOf(hooks: readonly HookRequests[], fixed: FixedCost): Costs {
  const millions = hooks.map(costOfAMillion);
  const total = (name: string) => millions.find(({ hook }) => hook === name)?.total ?? Number.NaN;
  return {
    prices: PRICES,
    millions,
    expires: [30, 60, 300, 600, 1800, 3600].map((expires) => costOfExpires(expires, total(OBSERVED))),
    months: [0, 1000, 10_000].map((phones) => costOfAMonth(phones, fixed, total(OBSERVED))),
    gates: [
      { name: 'fixed cost of a month', unit: '$', limit: { atMost: 15 }, ...exact(sumOf(fixed)) },
      {
        name: 'a million auths, replay observed',
        unit: '$',
        limit: { atMost: 4.65 },
        ...exact(total(OBSERVED)),
      },
      { name: 'a million auths, replay off', unit: '$', limit: { atMost: 4.03 }, ...exact(total(OFF)) },
    ],
  };
}

function costOfAMillion({ hook, readUnits, writeUnits, logBytes, logLines }: HookRequests): CostOfAMillion {
  const cost = {
    gateway: PRICES.gateway,
    lambda: PRICES.lambdaRequests + 1e6 * (BILLED_MS / 1000) * MEMORY_GB * PRICES.lambdaGbSecond,
    reads: readUnits * PRICES.readUnits,
    writes: writeUnits * PRICES.writeUnits,
    logs: dollarsOfLines(logBytes + (logLines - 1) * EVENT_OVERHEAD_BYTES),
    accessLog: dollarsOfLines(ACCESS_LOG_LINE.length),
  };
  return { hook, ...cost, total: sumOf(cost) };
}

/** jambonz asks once an hour of each phone; without phones no metric is written. */
function costOfAMonth(phones: number, fixed: FixedCost, perMillion: number): CostOfAMonth {
  const its = phones === 0 ? { ...fixed, customMetrics: 0 } : fixed;
  const hooks = (phones * (MONTH_S / 3600) * perMillion) / 1e6;
  return { phones, fixed: its, hooks, total: sumOf(its) + hooks };
}

function sumOf(parts: object): number {
  return Object.values(parts).reduce((sum, it) => sum + it, 0);
}

/** A million lines of so many bytes. */
function dollarsOfLines(bytes: number): number {
  return ((bytes + EVENT_OVERHEAD_BYTES) * 1e6 * PRICES.logGb) / 1e9;
}

/** jambonz asks once per granted period: what comes earlier it answers itself. */
function costOfExpires(expires: number, perMillion: number): CostOfExpires {
  const hooksPerMonth = (DEVICES * MONTH_S) / expires;
  return {
    expires,
    hooksPerMonth,
    perMonth: (hooksPerMonth * perMillion) / 1e6,
    revokedWithinSeconds: expires,
  };
}
