import { type DatablockId, newDatablockId, type Operation } from '@sceneport/protocol';
import { type ClientEvents, type ConnectOptions, SessionClient } from '../../src/index.ts';
import type { FakeServer } from './fake-server.ts';
import type { MemoryWire } from './memory-transport.ts';

/** Joins the fake server's session. */
export function join(server: FakeServer, options: Partial<ConnectOptions> = {}): Promise<SessionClient> {
  return SessionClient.connect({ ...optionsFor(server), ...options });
}

/** Options that let a client in. */
export function optionsFor(server: FakeServer): ConnectOptions {
  return {
    target: 'fake:1',
    code: server.code,
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
    transport: server.transport(),
  };
}

/** The next event of a kind for which `wanted` holds. */
export function next<Name extends keyof ClientEvents>(
  client: SessionClient,
  name: Name,
  wanted: (value: ClientEvents[Name]) => boolean = () => true,
): Promise<ClientEvents[Name]> {
  return new Promise((resolve) => {
    const forget = client.on(name, (value) => {
      if (!wanted(value)) return;
      forget();
      resolve(value);
    });
  });
}

/** Resolves when the client has applied everything up to `seq`. */
export async function reached(client: SessionClient, seq: number): Promise<void> {
  while (client.confirmed.seq < seq) await Promise.race([next(client, 'event'), next(client, 'reset')]);
}

/** Resolves when the client is in this state. */
export async function inState(client: SessionClient, state: SessionClient['state']): Promise<void> {
  if (client.state !== state) await next(client, 'state', (now) => now === state);
}

/** An operation that makes an empty datablock. */
export function create(name = 'Cube', type = 'Object'): Operation & { id: DatablockId } {
  return { op: 'create', id: newDatablockId(), type, name, set: {} };
}

/** An operation that writes one property. */
export function set(id: DatablockId, path: string, value: number | string): Operation {
  return { op: 'set', id, set: { [path]: value }, unset: [] };
}

/** One turn of the event loop: what is under way without waiting for anything has happened. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Cuts the wire of a client and waits until it has noticed; its clock decides when it comes back. */
export async function lose(client: SessionClient, wire: MemoryWire): Promise<void> {
  wire.cut();
  await inState(client, 'reconnecting');
}
