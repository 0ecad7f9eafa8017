import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { endProcess } from '../harness/process-end.ts';
import type { Cleanup } from '../harness/temporary-folder.ts';
import { runCommand } from './commands.ts';
import { removeNamespace } from './lab-problem.ts';
import { routerRules } from './router-rules.ts';

/** The machines of the lab: each is a network namespace. */
export const PLACES = ['host', 'routerA', 'internet', 'routerB', 'joiner', 'relay'] as const;
export type Place = (typeof PLACES)[number];

/** What is not the usual in the network. */
export interface LabOptions {
  /** Both routers choose another port for every connection, so that no hole can be punched. */
  readonly isSymmetric?: boolean;
  /** Router A has an address that its provider shares among customers (100.64.0.0/10). */
  readonly isShared?: boolean;
}

/** The addresses of the machines. The public ones are taken from 11.0.0.0/8, which a router takes for public. */
export interface LabAddresses {
  readonly host: string;
  readonly joiner: string;
  readonly relay: string;
  /** Of the router of the host, inside and outside. */
  readonly insideA: string;
  readonly outsideA: string;
  /** Of the router of the joiner. */
  readonly insideB: string;
  readonly outsideB: string;
}

/** The internet's ends of the wires, by the machine at the other end. */
const WIRES = { routerA: 'na', routerB: 'nb', relay: 'nr' } as const;

/**
 * A home network behind router A (`host`), another behind router B (`joiner`), and a machine with a public address
 * (`relay`), joined by an `internet` that only forwards. Made of network namespaces, which go with the test.
 */
export class NetworkLab {
  /** Those that are up: they go also where this process ends without waiting for its tests. */
  static readonly #labs = new Set<NetworkLab>();

  static {
    process.once('exit', () => {
      for (const lab of NetworkLab.#labs) lab.#removeNamespaces();
    });
  }

  readonly addresses: LabAddresses;
  readonly #prefix = `sceneport-${process.pid}-${randomBytes(3).toString('hex')}`;
  readonly #children: ChildProcess[] = [];

  private constructor(options: LabOptions) {
    this.addresses = {
      host: '192.168.1.10',
      joiner: '192.168.2.10',
      relay: '11.0.9.10',
      insideA: '192.168.1.1',
      outsideA: options.isShared === true ? '100.64.1.2' : '11.0.1.2',
      insideB: '192.168.2.1',
      outsideB: '11.0.2.2',
    };
  }

  /** Builds the network; it is removed, with all that runs in it, when the test is over, however it ends. */
  static create(t: Cleanup, options: LabOptions = {}): NetworkLab {
    const lab = new NetworkLab(options);
    t.after(() => lab.#remove());
    NetworkLab.#labs.add(lab);
    lab.#build(options);
    return lab;
  }

  /** Runs a command at a place to its end and gives what it printed. */
  run(place: Place, command: string, args: readonly string[], input = ''): string {
    return runCommand('ip', ['netns', 'exec', this.namespace(place), command, ...args], input);
  }

  /** Starts a program at a place; it ends with the test. */
  start(place: Place, command: string, args: readonly string[], environment = process.env): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.namespace(place), command, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment,
    });
    this.#children.push(child);
    return child;
  }

  /** What a command line begins with that runs at a place. */
  enter(place: Place): readonly string[] {
    return ['ip', 'netns', 'exec', this.namespace(place)];
  }

  /** The name of the namespace that a place is. */
  namespace(place: Place): string {
    return `${this.#prefix}-${place}`;
  }

  /** Takes the wire of a machine from the internet away: nothing passes, and nobody is told. */
  cut(place: keyof typeof WIRES): void {
    this.#setWire(place, 'down');
  }

  /** Puts the wire back. */
  heal(place: keyof typeof WIRES): void {
    this.#setWire(place, 'up');
  }

  /** As when its user forwards a TCP port of router A to the host by hand. */
  forward(port: number): void {
    const rules = `table ip forward {
      chain prerouting {
        type nat hook prerouting priority -100
        iifname "wan" tcp dport ${port} dnat to ${this.addresses.host}
      }
    }`;
    this.run('routerA', 'nft', ['-f', '-'], rules);
  }

  /** Whether a place has a TCP connection with an address. */
  isConnected(place: Place, address: string): boolean {
    return this.run(place, 'ss', ['-tnH', 'state', 'established', 'dst', address]).trim() !== '';
  }

  /** Drops what goes through a place from or to an address, until {@link unblock}. */
  block(place: Place, address: string): void {
    const rules = `table ip block {
      chain forward {
        type filter hook forward priority -20
        ip saddr ${address} drop
        ip daddr ${address} drop
      }
    }`;
    this.run(place, 'nft', ['-f', '-'], rules);
  }

  /** Takes all blocks of a place back. */
  unblock(place: Place): void {
    this.run(place, 'nft', ['delete', 'table', 'ip', 'block']);
  }

  #build({ isSymmetric = false }: LabOptions): void {
    const { host, joiner, relay, insideA, outsideA, insideB, outsideB } = this.addresses;
    for (const place of PLACES) {
      runCommand('ip', ['netns', 'add', this.namespace(place)]);
      this.#ip(place, 'link', 'set', 'dev', 'lo', 'up');
    }
    this.#join('host', 'eth0', `${host}/24`, 'routerA', 'lan', `${insideA}/24`);
    this.#join('joiner', 'eth0', `${joiner}/24`, 'routerB', 'lan', `${insideB}/24`);
    this.#join('routerA', 'wan', `${outsideA}/30`, 'internet', WIRES.routerA, `${before(outsideA)}/30`);
    this.#join('routerB', 'wan', `${outsideB}/30`, 'internet', WIRES.routerB, `${before(outsideB)}/30`);
    this.#join('relay', 'eth0', `${relay}/24`, 'internet', WIRES.relay, '11.0.9.1/24');
    this.#routeBy('host', insideA);
    this.#routeBy('joiner', insideB);
    this.#routeBy('routerA', before(outsideA));
    this.#routeBy('routerB', before(outsideB));
    this.#routeBy('relay', '11.0.9.1');
    for (const place of ['internet', 'routerA', 'routerB'] as const)
      this.run(place, 'sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
    for (const place of ['routerA', 'routerB'] as const)
      this.run(place, 'nft', ['-f', '-'], routerRules({ inside: 'lan', outside: 'wan', isSymmetric }));
  }

  async #remove(): Promise<void> {
    const ended = await Promise.allSettled(this.#children.map((child) => endProcess(child, 'SIGKILL')));
    this.#removeNamespaces();
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  }

  #removeNamespaces(): void {
    for (const place of PLACES) removeNamespace(this.namespace(place));
    NetworkLab.#labs.delete(this);
  }

  #join(
    left: Place,
    from: string,
    leftAddress: string,
    right: Place,
    to: string,
    rightAddress: string,
  ): void {
    const [near, far] = [this.namespace(left), this.namespace(right)];
    runCommand('ip', ['link', 'add', from, 'netns', near, 'type', 'veth', 'peer', 'name', to, 'netns', far]);
    for (const [place, name, address] of [
      [left, from, leftAddress],
      [right, to, rightAddress],
    ] as const) {
      this.#ip(place, 'addr', 'add', address, 'dev', name);
      this.#ip(place, 'link', 'set', 'dev', name, 'up');
    }
  }

  #routeBy(place: Place, gateway: string): void {
    this.#ip(place, 'route', 'add', 'default', 'via', gateway);
  }

  #setWire(place: keyof typeof WIRES, state: 'up' | 'down'): void {
    this.#ip('internet', 'link', 'set', 'dev', WIRES[place], state);
  }

  #ip(place: Place, ...args: string[]): void {
    runCommand('ip', ['-n', this.namespace(place), ...args]);
  }
}

/** The address of the internet's end of a wire: the one before that of the router. */
function before(address: string): string {
  return address.replace(/\d+$/, (last) => String(Number(last) - 1));
}
