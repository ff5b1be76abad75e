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
 * @param address what stands in a hook: anything that is no address is in no block
 */
export function isInside(address: string, blocks: readonly string[]): boolean {
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
