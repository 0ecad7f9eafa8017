import assert from 'node:assert/strict';
import test from 'node:test';
import { gatewayOfLinux, gatewayOfMac, gatewayOfWindows } from '../src/gateway/route-tables.ts';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const linux = (...lines: string[]): string => [HEAD, ...lines, ''].join('\n');

test('reads the default gateway of Linux, that with the smallest metric', () => {
  const text = linux(
    'wlan0\t00000000\tFE01A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0',
    'eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
    'eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0',
  );
  assert.equal(gatewayOfLinux(text, true), '192.168.1.1');
  assert.equal(
    gatewayOfLinux(linux('eth0\t00000000\tC0A80101\t0003\t0\t0\t0\t00000000'), false),
    '192.168.1.1',
  );
});

test('finds no gateway of Linux where there is only a tunnel, a half of the internet, or nothing', () => {
  assert.equal(gatewayOfLinux(linux('tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000'), true), null);
  assert.equal(gatewayOfLinux(linux('tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080'), true), null);
  assert.equal(gatewayOfLinux('', true), null);
  assert.equal(gatewayOfLinux(linux('garbage', '\t\t\t'), true), null);
});

test('reads the default gateway of macOS', () => {
  const text = [
    '   route to: default',
    'destination: default',
    '    gateway: 192.168.1.1',
    '  interface: en0',
  ];
  assert.equal(gatewayOfMac(text.join('\n')), '192.168.1.1');
  assert.equal(gatewayOfMac('    gateway: utun3\n'), null);
  assert.equal(gatewayOfMac('route: writing to routing socket: not in table\n'), null);
});

test('reads the default gateway of Windows in whatever language, that with the smallest metric', () => {
  const text = [
    'IPv4-Routentabelle',
    'Aktive Routen:',
    '     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik',
    '          0.0.0.0          0.0.0.0      10.0.0.138      10.0.0.5     55',
    '          0.0.0.0          0.0.0.0     192.168.1.1  192.168.1.10     25',
    '          0.0.0.0          0.0.0.0   Auf Verbindung  10.8.0.2     5',
  ];
  assert.equal(gatewayOfWindows(text.join('\r\n')), '192.168.1.1');
  assert.equal(gatewayOfWindows('nothing'), null);
});
