import { illegalSip } from './sip-grammar';

// Every list of verbs that any test makes is read by a strict SIP parser: a test cannot forget to ask it.
jest.mock('../lib/jambonz/verbs', () => {
  const verbs = jest.requireActual('../lib/jambonz/verbs');
  return {
    ...verbs,
    dialVerbs: (...given: unknown[]) => {
      const written = verbs.dialVerbs(...given);
      const illegal = illegalSip(written.verbs);
      if (illegal.length > 0) throw new Error(`not legal SIP: ${illegal.join('; ')}`);
      return written;
    },
  };
});
