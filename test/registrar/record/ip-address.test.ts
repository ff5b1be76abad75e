import { isAddressBlock, isInBlocks, subscriberOf } from '../../../lib/registrar/record/ip-address';

describe('an address list', () => {
  test.each([
    ['192.0.2.7', ['192.0.2.0/24'], true],
    ['192.0.3.7', ['192.0.2.0/24'], false],
    ['192.0.2.7', ['192.0.2.7'], true],
    ['192.0.2.8', ['192.0.2.7'], false],
    ['192.0.2.7', ['10.0.0.0/8', '192.0.2.0/29'], true],
    ['192.0.2.8', ['10.0.0.0/8', '192.0.2.0/29'], false],
    ['203.0.113.1', ['0.0.0.0/0'], true],
    ['2001:db8::1', ['2001:db8::/32'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['2001:DB8:0:0::1', ['2001:db8::1'], true],
    ['2001:db8::1', ['0.0.0.0/0'], false],
    ['::ffff:192.0.2.7', ['192.0.2.0/24'], true],
    ['192.0.2.7', [], false],
    ['192.0.2.7', ['not an address', '192.0.2.0/99'], false],
    ['', ['0.0.0.0/0'], false],
    ['192.0.2.7:5060', ['192.0.2.0/24'], false],
    ['192.0.2.007', ['192.0.2.0/24'], false],
    ['evil.example.com', ['0.0.0.0/0', '::/0'], false],
  ])('%s in %j: %s', (address, blocks, inside) => {
    expect(isInBlocks(address, blocks)).toBe(inside);
  });

  test.each([
    ['192.0.2.0/24', true],
    ['192.0.2.1', true],
    ['2001:db8::/32', true],
    ['192.0.2.0/33', false],
    ['2001:db8::/129', false],
    ['192.0.2.0/', false],
    ['192.0.2.0/24/8', false],
    ['192.0.2.0/-1', false],
    ['192.0.2', false],
    ['sip.example.com', false],
  ])('%s is a block: %s', (text, is) => {
    expect(isAddressBlock(text)).toBe(is);
  });
});

describe('who is one subscriber', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.7', '1:2:3:4::/64'],
  ])('%s counts as %s', (address, subscriber) => {
    expect(subscriberOf(address)).toBe(subscriber);
  });

  test.each(['', 'evil.example.com', '192.0.2.7:5060', '2001:db8:::1', '1.2.3'])(
    '%s is no address',
    (text) => {
      expect(subscriberOf(text)).toBeUndefined();
    },
  );
});
