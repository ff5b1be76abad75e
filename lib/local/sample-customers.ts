import samples from './sample-customers.json';

/** The two customers that a laptop starts with, in the nested form of a customers file. */
export const SAMPLE_CUSTOMERS: Readonly<
  Record<string, Readonly<Record<string, { readonly password: string }>>>
> = samples;

/** What jambonz would sign with on a laptop. It opens nothing anywhere else. */
export const DEVELOPMENT_SECRET = 'wh_secret_development_only';
