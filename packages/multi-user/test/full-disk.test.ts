import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { bytesOf, dict, dictOf } from '../src/dialect/fields.ts';
import { type PickleValue, readPickle } from '../src/index.ts';
import { startTestGateway } from './support/gateway.ts';
import { node, RawClient } from './support/three-port.ts';

/** The smallest session that a server takes. */
const SESSION_BYTES = 1024 * 1024;
const NODE_BYTES = 100_000;

test('a change that the disk does not take is told to nobody, and its author gets the node as it is', async (t) => {
  const { port } = await startTestGateway(t, { serverLimits: { sessionBytes: SESSION_BYTES } });
  const { client: ann } = await RawClient.join(port, 'ann');
  const [id] = await ann.fill([content(0)]);
  const { client: bob } = await RawClient.join(port, 'bob');
  await bob.fetch(id!);
  const count = (2 * SESSION_BYTES) / NODE_BYTES;
  for (let x = 1; x <= count; x++) ann.data.send(node(id!, content(x)));
  const kept = numberIn(await ann.data.next());
  assert.ok(kept < count, `the first ${kept} of ${count} changes found room`);
  for (let x = 1; x <= kept; x++) assert.equal(numberIn(await bob.data.next()), x);
  const { client: cid } = await RawClient.join(port, 'cid');
  assert.equal(Number(dictOf(await cid.fetch(id!)).get('x')), kept);
});

function content(x: number): PickleValue {
  return dict({ x: BigInt(x), rest: new Uint8Array(randomBytes(NODE_BYTES)) });
}

function numberIn(parts: readonly Uint8Array[] | null): number {
  return Number(dictOf(readPickle(bytesOf(parts![4]))).get('x'));
}
