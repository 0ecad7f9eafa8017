import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isRefusal } from '@sceneport/protocol';
import { dict } from '../src/dialect/fields.ts';
import { importMultiUser, type PickleValue, writePickle } from '../src/index.ts';
import { NodeStore, SERVER } from '../src/session/node-store.ts';
import { startTestGateway } from './support/gateway.ts';
import { node, RawClient } from './support/three-port.ts';

const saved = (nodes: PickleValue[]): Uint8Array => gzipSync(writePickle(dict({ nodes, users: dict({}) })));

test('a saved session is taken whole into an empty one, and nowhere else', async (t) => {
  const { session } = await startTestGateway(t);
  const ids = [randomUUID(), randomUUID()];
  const file = saved(
    ids.map((id, index) => [...node(id, dict({ x: BigInt(index), big: new Uint8Array(200_000) }), 'ann')]),
  );
  assert.equal(await importMultiUser(session, file), 2);
  const store = new NodeStore(session, { numberOf: () => null, nameOf: () => null });
  assert.deepEqual(store.ids().sort(), [...ids].sort());
  const second = await store.read(ids[1]!);
  assert.deepEqual(second?.node.data, writePickle(dict({ x: 1n, big: new Uint8Array(200_000) })));
  assert.equal(second?.node.owner, 'COMMON');
  const again = await importMultiUser(session, file);
  assert.ok(isRefusal(again) && again.code === 'already-initialised');
});

test('a session that was not filled to its end is empty at the next start, and a whole one keeps its release', async (t) => {
  const first = await startTestGateway(t);
  const store = new NodeStore(first.session, { numberOf: () => null, nameOf: () => null });
  const id = randomUUID();
  await store.write(
    { id, owner: 'COMMON', type: null, dependencies: writePickle([]), data: writePickle(dict({})) },
    SERVER,
  );
  await first.close();
  const second = await startTestGateway(t, { folder: first.folder });
  const { client: ann, answer } = await RawClient.join(second.port, 'ann');
  assert.equal(answer, 'LOBBY');
  await ann.fill([dict({ x: 1n })]);
  await second.close();
  const third = await startTestGateway(t, { folder: first.folder });
  const { answer: other } = await RawClient.join(third.port, 'bob', { VERSION: '0.9.9' });
  assert.equal(other, 'FAILED: wrong client version (0.9.9 != 0.9.10)');
  assert.equal((await RawClient.join(third.port, 'bob')).answer, 'RUNNING');
});

test('a file that is broken in any place changes nothing', async (t) => {
  const { session } = await startTestGateway(t);
  const whole = saved([[...node(randomUUID(), dict({ x: 1n }))]]);
  const files = [
    new Uint8Array(0),
    whole.subarray(0, 40),
    gzipSync(Uint8Array.of(0x80, 4, 0x4e, 0x2e)),
    saved([[...node('no uuid', dict({}))]]),
    saved([[...node(randomUUID(), dict({ x: 1n }))], ['too few']]),
  ];
  for (const file of files) {
    const refused = await importMultiUser(session, file);
    assert.ok(isRefusal(refused) && refused.code === 'bad-file');
  }
  assert.equal(session.sequencer.state.datablocks.size, 0);
});
