import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dict, dictOf } from '../src/dialect/fields.ts';
import { readPickle } from '../src/index.ts';
import { startTestGateway } from './support/gateway.ts';
import { command, node, RawClient } from './support/three-port.ts';

const UPDATES = 400;
const SIZE = 100_000;

test('a client that stops reading costs others nothing, and gets the newest state when it goes on', async (t) => {
  const { port } = await startTestGateway(t);
  const { client: ann } = await RawClient.join(port, 'ann');
  const [id] = await ann.fill([dict({ x: -1n })]);
  const bob = await joined(port, 'bob', id!);
  const cid = await joined(port, 'cid', id!);
  bob.data.socket.pause();
  for (let x = 0; x < UPDATES; x++)
    ann.data.send(node(id!, dict({ x: BigInt(x), rest: new Uint8Array(SIZE) })));
  assert.equal(await readUntilLast(cid), UPDATES);
  bob.data.socket.resume();
  const count = await readUntilLast(bob);
  assert.ok(count < UPDATES, `${count} of ${UPDATES} changes came, and the last one`);
});

async function joined(port: number, user: string, id: string): Promise<RawClient> {
  const { client } = await RawClient.join(port, user);
  client.command.send(command(7, dict({ STATE: 'REQUEST_INIT' })));
  await client.answer(7);
  client.command.send(command(7, dict({ STATE: 'GET', ID: id })));
  await client.answer(7);
  client.command.send(command(7, dict({ STATE: 'DONE' })));
  return client;
}

/** Reads changes until the newest one; how many came. */
async function readUntilLast(client: RawClient): Promise<number> {
  for (let count = 1; ; count++) {
    const parts = await client.data.next();
    if (parts === null) throw new Error('the connection was closed');
    if (dictOf(readPickle(parts[4]!)).get('x') === BigInt(UPDATES - 1)) return count;
  }
}
