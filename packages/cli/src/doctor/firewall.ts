import { existsSync } from 'node:fs';
import { type Finding, unknown } from './finding.ts';

/** The ports of a server, from the first to the last. */
export interface Ports {
  readonly first: number;
  readonly last: number;
}

/** What lets the ports into this machine. Whether it is needed can only be seen from outside. */
export function firewallFinding(
  { first, last }: Ports,
  platform: NodeJS.Platform,
  exists: (path: string) => boolean = existsSync,
): Finding {
  const named = first === last ? `port ${first}` : `ports ${first} to ${last}`;
  const range = (separator: string): string => (first === last ? `${first}` : `${first}${separator}${last}`);
  return unknown(
    `If others do not reach this machine, its firewall may keep ${named} closed: ${remedy(range, platform, exists)}`,
  );
}

/** `range` writes the ports, with what stands between the first and the last. */
function remedy(
  range: (separator: string) => string,
  platform: NodeJS.Platform,
  exists: (path: string) => boolean,
): string {
  switch (platform) {
    case 'win32':
      return `netsh advfirewall firewall add rule name=Sceneport dir=in action=allow protocol=TCP localport=${range('-')}`;
    case 'darwin':
      return 'System Settings > Network > Firewall > Options, and allow node.';
    default:
      if (exists('/usr/sbin/ufw')) return `sudo ufw allow ${range(':')}/tcp`;
      if (exists('/usr/bin/firewall-cmd'))
        return `sudo firewall-cmd --permanent --add-port=${range('-')}/tcp && sudo firewall-cmd --reload`;
      return `sudo nft insert rule inet filter input tcp dport ${range('-')} accept, and the same line in /etc/nftables.conf, or whatever manages it here.`;
  }
}
