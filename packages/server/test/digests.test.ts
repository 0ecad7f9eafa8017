import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Datablock,
  type DatablockId,
  datablockDigest,
  fromHex,
  sameBytes,
  sessionDigest,
  toHex,
} from '@sceneport/protocol';
import { startTestServer } from '../src/testing.ts';
import { create, RawClient } from './raw-client.ts';

test('[D1] [C4] has the digest that a replica computes from the manifest, and names its seq', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const made = create();
  await ann.settle([
    { ...made, set: { location: [1, 2, 3] } },
    create(),
    { op: 'own', id: made.id, kind: 'hard' },
  ]);
  const computed = async (): Promise<string> => {
    const digests = new Map<DatablockId, Uint8Array>();
    const { lines } = await ann.sync();
    for (const [id, datablock] of lines) digests.set(id, datablockDigest(datablock as Datablock));
    return sessionDigest(digests);
  };
  const hex = await computed();
  assert.deepEqual(await ann.digest(), { request: 7, seq: 1, hex, page: 0, pages: 1 });
  await ann.settle([{ op: 'rename', id: made.id, name: 'Other' }]);
  assert.equal((await ann.digest()).hex, await computed());
  assert.notEqual(await computed(), hex);
});

test('[D2] lists the digests of all datablocks, so that those that differ can be found', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  for (let round = 0; round < 5; round++) {
    await ann.settle(Array.from({ length: 900 }, (_, index) => create(`Cube ${index}`)));
  }
  const changed = create();
  await ann.settle([changed]);
  const list = async (): Promise<Map<string, Uint8Array>> => {
    ann.send('digest', { request: 1, list: true });
    const digests = new Map<string, Uint8Array>();
    for (let page = 0, pages = 1; page < pages; page++) {
      const { header, payload } = await ann.first(['digests']);
      pages = header.pages;
      for (let at = 0; at < payload.length; at += 48) {
        digests.set(toHex(payload.subarray(at, at + 16)), payload.slice(at + 16, at + 48));
      }
    }
    return digests;
  };
  const before = await list();
  assert.equal(before.size, 4501);
  assert.ok(fromHex([...before.keys()][0]!)!.length === 16);
  await ann.settle([{ op: 'rename', id: changed.id, name: 'Other' }]);
  const after = await list();
  const differing = [...after].filter(([id, digest]) => !sameBytes(digest, before.get(id)!));
  assert.deepEqual(
    differing.map(([id]) => id),
    [changed.id],
  );
});
