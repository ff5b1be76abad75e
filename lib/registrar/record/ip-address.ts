import { BlockList, isIP } from 'node:net';

/** Is this an IP address, or a CIDR block such as 192.0.2.0/24 or 2001:db8::/32 (RFC 4632, RFC 4291)? */
export function isAddressBlock(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const width = widthOf(address);
  return (
    more.length === 0 &&
    width > 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width))
  );
}

/**
 * Does one of these blocks hold the address? IPv4 addresses written as IPv6 (::ffff:192.0.2.1) count as IPv4.
 * @param address as it is in a hook: anything that is not an address is in no block
 */
export function isInBlocks(address: string, blocks: readonly string[]): boolean {
  if (isIP(address) === 0) return false;
  const list = new BlockList();
  for (const block of blocks.filter(isAddressBlock)) {
    const [network = '', bits] = block.split('/');
    list.addSubnet(network, bits === undefined ? widthOf(network) : Number(bits), familyOf(network));
  }
  return list.check(address, familyOf(address));
}

function widthOf(address: string): number {
  return { 4: 32, 6: 128 }[isIP(address)] ?? 0;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/**
 * The part of an address that one subscriber holds: IPv4 whole, IPv6 its /64 (RFC 6177 section 2: a site gets at
 * least that many), so that one host does not count as 2^64 addresses.
 * @returns undefined when it is not an address
 */
export function subscriberOf(address: string): string | undefined {
  if (isIP(address) === 4) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  if (isIP(mapped) !== 6) return isIP(mapped) === 4 ? mapped : undefined;
  const [head = '', tail] = mapped.toLowerCase().replace(/%.*$/, '').split('::');
  const [left, right] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = tail === undefined ? [] : Array(Math.max(0, 8 - left.length - right.length)).fill('0');
  const network = [...left, ...zeros, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}

/** A dotted IPv4 address at the end replaces the last two groups, which are not part of the /64. */
function groupsOf(text: string): string[] {
  return text
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
}
