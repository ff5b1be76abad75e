import { rewrite } from '../../../lib/registrar/calls/rewrite-rules';

describe('rewriting what was dialled', () => {
  test.each([
    ['an outside line is taken off', '92125550123', [{ from: '9', to: '' }], '2125550123', 0],
    ['an area code is put before', '5550123', [{ from: '', digits: 7, to: '212' }], '2125550123', 0],
    ['a prefix is replaced', '0011442079460000', [{ from: '0011', to: '+' }], '+442079460000', 0],
    [
      'the first that fits',
      '0055',
      [
        { from: '1', to: '2' },
        { from: '00', to: '3' },
        { from: '0', to: '4' },
      ],
      '355',
      1,
    ],
    ['once', '99123', [{ from: '9', to: '' }], '9123', 0],
    ['digits are counted without +', '+123', [{ from: '+', digits: 3, to: '00' }], '00123', 0],
    ['a prefix and a length', '9123', [{ from: '9', digits: 4, to: '8' }], '8123', 0],
  ])('%s', (_what, text, rules, expected, rule) => {
    expect(rewrite(text, rules)).toEqual({ text: expected, rule });
  });

  test.each([
    ['no rule', '123', []],
    ['another prefix', '123', [{ from: '9', to: '' }]],
    ['another length', '55501234', [{ from: '', digits: 7, to: '212' }]],
  ])('%s: stays as it is', (_what, text, rules) => {
    expect(rewrite(text, rules)).toBeUndefined();
  });
});
