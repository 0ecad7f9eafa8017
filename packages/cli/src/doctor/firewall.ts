import { existsSync } from 'node:fs';
import { type Finding, unknown } from './finding.ts';

/** What lets a port into this machine. Whether it is needed can only be seen from outside. */
export function firewallFinding(port: number, platform: NodeJS.Platform): Finding {
  return unknown(
    `If others do not reach this machine, its firewall may keep port ${port} closed: ${remedy(port, platform)}`,
  );
}

function remedy(port: number, platform: NodeJS.Platform): string {
  switch (platform) {
    case 'win32':
      return `netsh advfirewall firewall add rule name=Sceneport dir=in action=allow protocol=TCP localport=${port}`;
    case 'darwin':
      return 'System Settings > Network > Firewall > Options, and allow node.';
    default:
      if (existsSync('/usr/sbin/ufw')) return `sudo ufw allow ${port}/tcp`;
      if (existsSync('/usr/bin/firewall-cmd'))
        return `sudo firewall-cmd --permanent --add-port=${port}/tcp && sudo firewall-cmd --reload`;
      return `sudo nft add rule inet filter input tcp dport ${port} accept, or whatever manages it here.`;
  }
}
