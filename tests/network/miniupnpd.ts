import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from '../harness/process-end.ts';
import { type Cleanup, temporaryFolder } from '../harness/temporary-folder.ts';
import type { NetworkLab } from './lab.ts';

/** In which ways the router can be asked to open ports. */
export interface RouterDaemonOptions {
  readonly upnp?: boolean;
  /** NAT-PMP, and PCP with it. */
  readonly natPmp?: boolean;
}

/** The tables into which the daemon writes what it opens. */
const TABLES = `table inet miniupnpd {
  chain forward { }
  chain prerouting { }
  chain postrouting { }
  chain prerouting_hook {
    type nat hook prerouting priority -100
    jump prerouting
  }
}`;

/** A router that opens ports when it is asked: a real miniupnpd on router A of the lab. */
export class RouterDaemon {
  readonly #lab: NetworkLab;
  readonly #stop: () => Promise<void>;

  private constructor(lab: NetworkLab, stop: () => Promise<void>) {
    this.#lab = lab;
    this.#stop = stop;
  }

  /** Starts it and waits until it listens. */
  static async start(
    t: Cleanup,
    lab: NetworkLab,
    { upnp = true, natPmp = true }: RouterDaemonOptions = {},
  ): Promise<RouterDaemon> {
    const folder = temporaryFolder(t);
    const configuration = join(folder, 'miniupnpd.conf');
    writeFileSync(configuration, configurationText(upnp, natPmp));
    lab.run('routerA', 'nft', ['-f', '-'], TABLES);
    const args = ['-d', '-f', configuration, '-P', join(folder, 'pid')];
    const child = lab.start('routerA', 'miniupnpd', args);
    let said = '';
    const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
    const hear = (text: Buffer): void => {
      said = (said + text.toString()).slice(-20_000);
      if (/Listening for NAT-PMP|HTTP listening on port/i.test(said)) resolve();
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', () => reject(new Error(`miniupnpd has ended: ${said}`)));
    await listening;
    return new RouterDaemon(lab, () => endProcess(child, 'SIGKILL'));
  }

  /** The ports that are open, as `EXTERNAL PORT to HOST:PORT`. */
  get open(): readonly string[] {
    const rules = this.#lab.run('routerA', 'nft', ['list', 'chain', 'inet', 'miniupnpd', 'prerouting']);
    return [...rules.matchAll(/th dport (\d+) .*dnat ip to ([\d.]+:\d+)/g)].map(
      ([, port, target]) => `${port} to ${target}`,
    );
  }

  /** As when its plug is pulled: all that was open is forgotten. */
  async pull(): Promise<void> {
    await this.#stop();
    this.#lab.run('routerA', 'nft', ['delete', 'table', 'inet', 'miniupnpd']);
  }
}

function configurationText(upnp: boolean, natPmp: boolean): string {
  const word = (is: boolean): string => (is ? 'yes' : 'no');
  return [
    'ext_ifname=wan',
    'listening_ip=lan',
    'http_port=5000',
    `enable_upnp=${word(upnp)}`,
    `enable_natpmp=${word(natPmp)}`,
    'secure_mode=yes',
    'min_lifetime=120',
    'max_lifetime=86400',
    'uuid=00000000-0000-0000-0000-000000000001',
    'system_uptime=yes',
    'notify_interval=30',
    'upnp_table_name=miniupnpd',
    'upnp_nat_table_name=miniupnpd',
    'upnp_forward_chain=forward',
    'upnp_nat_chain=prerouting',
    'upnp_nat_postrouting_chain=postrouting',
    'allow 1024-65535 192.168.1.0/24 1024-65535',
    'deny 0-65535 0.0.0.0/0 0-65535',
    '',
  ].join('\n');
}
