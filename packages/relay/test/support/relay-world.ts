import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ConnectOptions, SessionClient } from '@sceneport/client';
import { formatInvite, parseInvite } from '@sceneport/protocol';
import { type Identity, loadIdentity, silentLogger, systemClock } from '@sceneport/server';
import type { TestServer } from '@sceneport/server/testing';
import {
  type Relay,
  RelayHost,
  type RelayHostOptions,
  type RelayStatus,
  type StartRelayOptions,
  startRelay,
} from '../../src/index.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-relay-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A relay on a free port of 127.0.0.1 that can be stopped and started again. */
export class TestRelay {
  #relay: Relay;
  readonly #options: StartRelayOptions;

  private constructor(relay: Relay, options: StartRelayOptions) {
    this.#relay = relay;
    this.#options = { ...options, port: relay.port };
  }

  static async start(t: TestContext, options: Partial<StartRelayOptions> = {}): Promise<TestRelay> {
    const all = { dataFolder: temporaryFolder(t), port: 0, bind: '127.0.0.1', ...options };
    const relay = new TestRelay(await startRelay(all), all);
    t.after(() => relay.stop());
    return relay;
  }

  get port(): number {
    return this.#relay.port;
  }

  get code(): string {
    return this.#relay.code;
  }

  /** The value of one of its metrics. */
  metric(name: string): number {
    return Number(new RegExp(`^sceneport_relay_${name} (\\d+)$`, 'm').exec(this.#relay.metrics())?.[1]);
  }

  stop(): Promise<void> {
    return this.#relay.close();
  }

  async startAgain(): Promise<void> {
    this.#relay = await startRelay(this.#options);
  }
}

/** The end of a server at a relay, whose states tests wait for. */
export class TestHost {
  readonly host: RelayHost;
  #waiting: { readonly state: RelayStatus['state']; readonly resolve: () => void }[] = [];

  constructor(t: TestContext, relay: TestRelay, identity: Identity, take: RelayHostOptions['take']) {
    this.host = new RelayHost({
      relay: { host: '127.0.0.1', port: relay.port },
      identities: [identity],
      take,
      changed: ({ state }) => this.#tell(state),
      log: silentLogger,
      clock: systemClock,
    });
    t.after(() => this.host.close());
  }

  /** Resolves when it is in this state. */
  async in(state: RelayStatus['state']): Promise<void> {
    if (this.host.status.state === state) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ state, resolve });
    await promise;
  }

  #tell(state: RelayStatus['state']): void {
    for (const one of this.#waiting) if (one.state === state) one.resolve();
    this.#waiting = this.#waiting.filter((one) => one.state !== state);
  }
}

/** A server that is registered at a relay. */
export async function register(t: TestContext, relay: TestRelay, server: TestServer): Promise<TestHost> {
  const take: RelayHostOptions['take'] = (socket, passedOnFor) => server.server.take(socket, passedOnFor);
  const host = new TestHost(t, relay, loadIdentity(server.dataFolder), take);
  await host.in('registered');
  return host;
}

/** An invite that leads to the server through the relay only. */
export async function inviteThrough(relay: TestRelay, server: TestServer): Promise<string> {
  const invite = parseInvite(await server.invite());
  if (!('token' in invite)) throw new Error(invite.message);
  return formatInvite({
    ...invite,
    addresses: [{ host: '127.0.0.1', port: 1 }],
    relays: [{ host: '127.0.0.1', port: relay.port }],
  });
}

/** Joins a session. */
export function joinBy(target: string, options: Partial<ConnectOptions> = {}): Promise<SessionClient> {
  return SessionClient.connect({
    target,
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
    ...options,
  });
}
