import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMessage, isRefusal, newDatablockId } from '@sceneport/protocol';
import fc from 'fast-check';
import type { SessionClient, Transport } from '../src/index.ts';
import { join, turn } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';
import type { MemoryWire } from './support/memory-transport.ts';
import { TestClock } from './support/test-clock.ts';

const CLIENTS = 3;
const ids = Array.from({ length: 4 }, newDatablockId);
const GROUP = 'geometry';

type Step =
  | { readonly kind: 'edit'; readonly who: number; readonly edits: readonly Edit[] }
  | { readonly kind: 'deliver'; readonly who: number; readonly count: number; readonly up: boolean }
  | { readonly kind: 'cut'; readonly who: number }
  | { readonly kind: 'wait' };

type Edit =
  | { readonly kind: 'create' | 'delete' | 'lock' | 'unlock'; readonly which: number }
  | { readonly kind: 'set'; readonly which: number; readonly path: number; readonly value: number }
  | { readonly kind: 'put'; readonly which: number; readonly size: number }
  | { readonly kind: 'range'; readonly which: number; readonly offset: number; readonly value: number };

const which = fc.nat(ids.length - 1);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('create', 'delete', 'lock', 'unlock'), which }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('set'), which, path: fc.nat(2), value: fc.nat(99) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('put'), which, size: fc.constantFrom(8, 5000, 70_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('range'), which, offset: fc.nat(9000), value: fc.nat(255) }),
  },
);
const who = fc.nat(CLIENTS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('edit'),
      who,
      edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('deliver'), who, count: fc.nat(4), up: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait') }) },
);

/** Makes the operations of an edit as the user sees the scene; what makes no sense there is left out. */
async function commit(client: SessionClient, edits: readonly Edit[]): Promise<Promise<unknown>[]> {
  const builder = client.compose();
  for (const one of edits) {
    const id = ids[one.which]!;
    const seen = client.view(id);
    const group = seen?.groups.get(GROUP);
    const place = { id, group: GROUP, from: group?.version ?? 0 };
    if (one.kind === 'create' && seen === undefined) {
      builder.add({ op: 'create', id, type: 'Mesh', name: 'M', set: { made: client.me.number } });
    }
    if (seen === undefined) continue;
    if (one.kind === 'delete') builder.add({ op: 'delete', id });
    if (one.kind === 'lock') builder.add({ op: 'own', id, kind: 'hard' });
    if (one.kind === 'unlock') builder.add({ op: 'disown', id });
    if (one.kind === 'set') builder.add({ op: 'set', id, set: { [`p${one.path}`]: one.value }, unset: [] });
    if (one.kind === 'put') {
      const bytes = new Uint8Array(one.size).fill(client.me.number);
      await builder.putGroup(place, [{ path: 'data', dtype: 'u1', shape: [one.size], bytes }]);
    }
    const size = group?.arrays.get('data')?.shape[0] ?? 0;
    if (one.kind === 'range' && one.offset < size) {
      builder.overwrite(place, 'data', [{ offset: one.offset, bytes: Uint8Array.of(one.value) }]);
    }
  }
  const { operations, buffers } = builder.body;
  return operations.length > 0 ? [client.commit(operations, buffers)] : [];
}

/** A transport to the server whose newest wire is known. */
function tracked(server: FakeServer): { readonly transport: Transport; readonly wire: () => MemoryWire } {
  const inner = server.transport();
  let newest: MemoryWire | null = null;
  const transport: Transport = {
    async open(address, check) {
      const wire = await inner.open(address, check);
      if (!isRefusal(wire)) newest = wire as MemoryWire;
      return wire;
    },
  };
  return { transport, wire: () => newest! };
}

/** Lets everything arrive and everyone come back, until nothing is under way. */
async function heal(server: FakeServer, clock: TestClock, clients: readonly SessionClient[]): Promise<void> {
  server.isFlowing = true;
  for (const wire of server.wires) if (!wire.isCut) wire.flow();
  const isQuiet = (client: SessionClient) =>
    client.state === 'online' && client.pending === 0 && client.confirmed.seq === server.state.seq;
  let number = 0;
  while (!clients.every(isQuiet)) {
    server.broadcast(encodeMessage('ping', { number: number++, rttMs: null }));
    clock.advance(300);
    await turn();
  }
}

async function run(steps: readonly Step[]): Promise<void> {
  const server = new FakeServer();
  const clock = new TestClock();
  const ways = Array.from({ length: CLIENTS }, () => tracked(server));
  const clients = await Promise.all(ways.map(({ transport }) => join(server, { clock, transport })));
  server.isFlowing = false;
  for (const wire of server.wires) wire.isFlowing = false;
  const outcomes: Promise<unknown>[] = [];
  for (const one of steps) {
    if (one.kind === 'edit') outcomes.push(...(await commit(clients[one.who]!, one.edits)));
    else if (one.kind === 'cut') ways[one.who]!.wire().cut();
    else if (one.kind === 'wait') clock.advance(300);
    else {
      const direction = one.up ? 'toServer' : 'toClient';
      for (let count = 0; count < one.count; count++) ways[one.who]!.wire().step(direction);
    }
    await turn();
  }
  await heal(server, clock, clients);
  await Promise.all(outcomes);
  const expected = await server.digest();
  for (const client of clients) {
    assert.deepEqual(await client.digest(), { seq: server.state.seq, hex: expected });
    for (const id of ids) assert.equal(client.view(id), client.confirmed.datablocks.get(id));
  }
}

test('[C1] [C2] [C3] [C4] [C5] [C6] [C7] [C8] all replicas agree after any deliveries, losses and edits', async () => {
  const schedules = fc.array(step, { minLength: 10, maxLength: 60 });
  await fc.assert(fc.asyncProperty(schedules, run), { numRuns: 60 });
});
