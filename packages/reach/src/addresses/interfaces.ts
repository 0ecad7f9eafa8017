import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** The interfaces of a machine by their names, each with its addresses. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** What every machine has. */
const LOOPBACK: Interfaces = {
  lo: [
    {
      address: '127.0.0.1',
      netmask: '255.0.0.0',
      family: 'IPv4',
      mac: '00:00:00:00:00:00',
      internal: true,
      cidr: '127.0.0.1/8',
    },
  ],
};

/**
 * The interfaces of this machine. A sandbox may keep them from the program, as a systemd unit without AF_NETLINK does: it
 * then knows only its loopback.
 */
export function machineInterfaces(read: () => Interfaces = networkInterfaces): Interfaces {
  try {
    return read();
  } catch {
    return LOOPBACK;
  }
}
