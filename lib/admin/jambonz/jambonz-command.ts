import type { Command } from 'commander';
import { ROUTES } from '../../jambonz/routes';
import { type CommonOptions, deploymentCommand } from '../command-line';
import type { Deployment, DeploymentOptions, HookUrls } from '../deployment';
import { WrongUsage } from '../shell';
import type { JambonzOptions } from './jambonz-api';

/** What every `jambonz` command takes. */
export interface JambonzCommandOptions extends CommonOptions, DeploymentOptions, JambonzOptions {
  readonly hooks?: string;
}

/** A command that works on an account in jambonz and on a deployment. */
export function jambonzCommand(usage: string, description: string, examples: readonly string[]): Command {
  return deploymentCommand(usage, description, examples)
    .requiredOption('--api <url>', "jambonz's REST API, such as https://jambonz.example.com/api/v1")
    .requiredOption('--account <sid>', 'the account')
    .option('--hooks <url>', "under which URL jambonz reaches the hooks; otherwise the stack's")
    .option('--plain-http', 'let the API key travel without TLS');
}

/** The options as words, for commands that are suggested. */
export function wordsOf({ api, account, hooks, plainHttp }: JambonzCommandOptions): string[] {
  return [
    ...['--api', api, '--account', account],
    ...(hooks === undefined ? [] : ['--hooks', hooks]),
    ...(plainHttp ? ['--plain-http'] : []),
  ];
}

/**
 * The URLs below a base, else those of the stack.
 * @throws WrongUsage when jambonz could not call them
 */
export function hookUrls(deployment: Deployment, base: string | undefined): HookUrls {
  if (base === undefined) {
    if (deployment.hooks) return deployment.hooks;
    throw new WrongUsage(
      'pass --hooks with the URL at which jambonz reaches the hooks, such as https://hooks.example.com',
    );
  }
  if (!URL.canParse(base) || !/^https?:/.test(base))
    throw new WrongUsage(`"${base}" is not a URL: write one such as https://hooks.example.com`);
  const root = base.replace(/\/+$/, '');
  return {
    registration: root + ROUTES.registerAuth,
    call: root + ROUTES.callHook,
    callStatus: root + ROUTES.callStatus,
  };
}
