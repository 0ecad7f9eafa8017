import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type {
  Clock,
  MappingStatus,
  PortMappingOptions,
  RouterNetwork,
  RouterProtocol,
} from '../../src/index.ts';
import { PortMapping, ROUTER_PROTOCOLS } from '../../src/index.ts';
import type { FakePmp } from './fake-pmp.ts';
import type { FakeUpnp } from './fake-upnp.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-reach-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A clock that a test moves; the waits of the network go by the real one. */
export class HandClock implements Clock {
  #timers: { readonly at: number; readonly action: () => void }[] = [];
  #now = 0;

  after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#now + delayMs, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** The waits that go on, in milliseconds from now. */
  get waits(): readonly number[] {
    return this.#timers.map(({ at }) => at - this.#now);
  }

  move(byMs: number): void {
    this.#now += byMs;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { action } of due) action();
  }
}

/** A UDP port of 127.0.0.1 on which somebody listens and never answers. */
export async function silentPort(t: TestContext): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return socket.address().port;
}

/** Where a test finds its router, and how. */
export interface TestNetwork {
  readonly network: RouterNetwork;
  readonly protocols: readonly RouterProtocol[];
}

/** A network whose router is this one, asked in the ways that it speaks; without any, in all, and all are silent. */
export async function networkOf(
  t: TestContext,
  { pmp, upnp }: { readonly pmp?: FakePmp; readonly upnp?: FakeUpnp },
): Promise<TestNetwork> {
  const network = {
    gateway: '127.0.0.1',
    pmpPort: pmp?.port ?? (await silentPort(t)),
    ssdp: upnp?.ssdp ?? { host: '127.0.0.1', port: await silentPort(t) },
  };
  const spoken: RouterProtocol[] = [];
  if (pmp !== undefined) spoken.push('PCP', 'NAT-PMP');
  if (upnp !== undefined) spoken.push('UPnP');
  return { network, protocols: spoken.length > 0 ? spoken : ROUTER_PROTOCOLS };
}

/** A mapping whose states a test waits for; it is closed with the test. */
export class TestMapping {
  readonly mapping: PortMapping;
  readonly clock = new HandClock();
  readonly states: MappingStatus[] = [];
  #waiting: (() => void)[] = [];

  constructor(t: TestContext, where: TestNetwork, options: Partial<PortMappingOptions> = {}) {
    this.mapping = new PortMapping({
      port: 5555,
      bind: '::',
      externalPort: null,
      dataFolder: options.dataFolder ?? temporaryFolder(t),
      clock: this.clock,
      ...where,
      changed: (status) => {
        this.states.push(status);
        for (const resolve of this.#waiting.splice(0)) resolve();
      },
      ...options,
    });
    t.after(() => this.mapping.close());
  }

  /** The `count`th state that was told, as text to compare. */
  async told(count: number): Promise<string> {
    while (this.states.length < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
    return textOf(this.states[count - 1]!);
  }
}

/** `open HOST:PORT by PROTOCOL` or `failed KIND`. */
function textOf(status: MappingStatus): string {
  if (status.state === 'asking') return 'asking';
  if (status.state === 'failed') return `failed ${status.kind}`;
  return `open ${status.external.host}:${status.external.port} by ${status.protocol}`;
}
