import { environmentOf, MEANINGS, readCallSettings, readHookSettings } from '../../lib/hooks/settings';

const DEFAULTS = {
  callGrant: 'enforce',
  callsWithoutMemory: 'allow',
  previousSecretHours: 24,
  staleIfErrorSeconds: 900,
  emergencyForDisabled: true,
  logLevel: 'INFO',
};
const OTHERS = {
  CALL_GRANT: 'observe',
  CALLS_WITHOUT_MEMORY: 'refuse',
  PREVIOUS_SECRET_HOURS: '0',
  STALE_IF_ERROR_SECONDS: '86400',
  EMERGENCY_FOR_DISABLED: 'false',
  LOG_LEVEL: 'WARN',
};

describe('the settings of the hooks', () => {
  test('have a default where the environment has none', () => {
    expect(readHookSettings({})).toEqual(DEFAULTS);
  });

  test('are read from the environment by their names', () => {
    expect(readHookSettings(OTHERS)).toEqual({
      callGrant: 'observe',
      callsWithoutMemory: 'refuse',
      previousSecretHours: 0,
      staleIfErrorSeconds: 86400,
      emergencyForDisabled: false,
      logLevel: 'WARN',
    });
  });

  test('go into an environment that reads the same', () => {
    expect(environmentOf(readHookSettings(OTHERS))).toEqual(OTHERS);
    expect(readHookSettings(environmentOf(readHookSettings({})))).toEqual(DEFAULTS);
  });

  test.each([
    ['CALL_GRANT', 'on', 'write off, observe or enforce'],
    ['CALLS_WITHOUT_MEMORY', '', 'write allow or refuse'],
    ['PREVIOUS_SECRET_HOURS', '8761', 'write a whole number, 0 to 8760'],
    ['STALE_IF_ERROR_SECONDS', '1e3', 'write a whole number, 0 to 86400'],
    ['EMERGENCY_FOR_DISABLED', 'False', 'write true or false'],
    ['LOG_LEVEL', 'DEBUG', 'write INFO, WARN or ERROR'],
  ])('%s="%s" is refused: %s', (name, text, fix) => {
    expect(() => readHookSettings({ [name]: text })).toThrow(`${name} is "${text}": ${fix}`);
  });

  test('that are wrong are named all at once', () => {
    expect(() => readHookSettings({ CALL_GRANT: 'on', LOG_LEVEL: 'all' })).toThrow(
      /^CALL_GRANT.*\nLOG_LEVEL.*$/,
    );
  });

  test('have a meaning each', () => {
    expect(Object.keys(MEANINGS).sort()).toEqual(Object.keys(DEFAULTS).sort());
  });

  test('of calls have the example host where the environment has none', () => {
    expect(readCallSettings({})).toEqual({
      outboundSipHost: 'sip.carrier.example',
      callGrant: 'enforce',
      emergencyForDisabled: true,
    });
  });
});
