import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import test from 'node:test';
import { localAddresses, machineInterfaces, vpnOf } from '../src/index.ts';

const address = (text: string): NetworkInterfaceInfo =>
  ({ address: text, family: text.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;

const interfaces = {
  lo: [address('127.0.0.1'), address('::1')],
  eth0: [address('192.168.1.7'), address('fe80::1'), address('2001:db8::7'), address('fd00::7')],
  wan: [address('203.0.113.9'), address('100.64.0.1'), address('172.32.0.1')],
};

test('lists the addresses that a server is reached by, the farthest reaching first', () => {
  assert.deepEqual(
    localAddresses('::', interfaces).map(({ host, reach }) => `${host} ${reach}`),
    [
      '203.0.113.9 internet',
      '172.32.0.1 internet',
      '2001:db8::7 internet',
      '192.168.1.7 network',
      '100.64.0.1 network',
      'fd00::7 network',
      '127.0.0.1 machine',
      '::1 machine',
    ],
  );
});

test('lists only the addresses that the server is bound to', () => {
  const hosts = (bind: string) => localAddresses(bind, interfaces).map(({ host }) => host);
  assert.deepEqual(hosts('127.0.0.1'), ['127.0.0.1']);
  assert.deepEqual(hosts('localhost'), ['127.0.0.1', '::1']);
  assert.ok(hosts('0.0.0.0').every((host) => !host.includes(':')));
});

test('names the VPN that an address belongs to by its interface, else by its range', () => {
  for (const [name, host, vpn] of [
    ['tailscale0', '100.101.1.2', 'Tailscale'],
    ['utun4', '100.101.1.2', 'Tailscale'],
    ['eth0', '100.101.1.2', null],
    ['en0', 'fd7a:115c:a1e0::1', 'Tailscale'],
    ['ztabcdef12', '10.147.17.5', 'ZeroTier'],
    ['ZeroTier One [8056c2e21c000001]', '10.147.17.5', 'ZeroTier'],
    ['ham0', '25.1.2.3', 'Hamachi'],
    ['Ethernet 3', '25.1.2.3', 'Hamachi'],
    ['wg0', '10.8.0.2', 'WireGuard'],
    ['wg-office', '10.8.0.2', 'WireGuard'],
    ['tun0', '10.8.0.2', null],
    ['eth0', '192.168.1.7', null],
    ['wlan0', '25.1.2.3', 'Hamachi'],
  ] as const) {
    assert.equal(vpnOf(name, host), vpn, `${name} ${host}`);
  }
});

test('an address of a VPN reaches its members, wherever they are, and is listed as such', () => {
  const [first, second] = localAddresses('0.0.0.0', {
    ham0: [address('25.1.2.3')],
    eth0: [address('192.168.1.7')],
  });
  assert.deepEqual(first, { host: '25.1.2.3', reach: 'network', vpn: 'Hamachi' });
  assert.deepEqual(second, { host: '192.168.1.7', reach: 'network', vpn: null });
});

test('lists the networks of containers and virtual machines after those that others are in', () => {
  const hosts = localAddresses('::', {
    docker0: [address('172.17.0.1')],
    'br-0123456789ab': [address('172.18.0.1')],
    virbr0: [address('192.168.122.1')],
    'br-lan': [address('192.168.1.7')],
    tailscale0: [address('100.101.1.2'), address('fd7a:115c:a1e0::1')],
  }).map(({ host }) => host);
  assert.deepEqual(hosts.slice(0, 3), ['192.168.1.7', '100.101.1.2', 'fd7a:115c:a1e0::1']);
});

test('a program that may not see the interfaces of its machine knows the loopback', () => {
  const read = () => {
    throw new Error('uv_interface_addresses');
  };
  assert.deepEqual(
    localAddresses('::', machineInterfaces(read)).map(({ host }) => host),
    ['127.0.0.1'],
  );
  assert.ok(localAddresses('::', machineInterfaces()).length > 0);
});
