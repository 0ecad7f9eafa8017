import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '@sceneport/server';
import { dict } from '../src/dialect/fields.ts';
import { type PickleDict, type PickleValue, readPickle } from '../src/index.ts';
import { startTestGateway } from './support/gateway.ts';
import { change, RawClient } from './support/three-port.ts';

const CHANGES = 1000;
const MOST = 4096;

test('changes of a node go into it: who is there gets each of them, who joins a few, and both have the same', async (t) => {
  const { port, session } = await startTestGateway(t);
  const { client: ann } = await RawClient.join(port, 'ann');
  const [id] = await ann.fill([dict({ x: -1n, list: [1n] })]);
  const { client: bob } = await RawClient.join(port, 'bob');
  await bob.fetch(id!);
  for (let x = 0; x < CHANGES; x++) ann.data.send(change(id!, setX(x)));
  for (let x = 0; x < CHANGES; x++) {
    const parts = await bob.data.next();
    assert.deepEqual([parts!.length, readPickle(parts![3]!)], [4, setX(x)]);
  }
  assert.ok(arraysOf(session, id!) <= 64);
  const { client: cid } = await RawClient.join(port, 'cid');
  const whole = (await cid.fetch(id!)) as PickleDict;
  let last = whole.get('x');
  for (let left = arraysOf(session, id!) - 1; left > 0; left--)
    last = newX(readPickle((await cid.data.next())![3]!));
  assert.deepEqual([last, whole.get('list')], [BigInt(CHANGES - 1), [1n]]);
});

test('a node with too many changes that cannot go into it takes no more, and its author gets it as it is', async (t) => {
  const { port, session } = await startTestGateway(t);
  const { client: ann } = await RawClient.join(port, 'ann');
  const [id] = await ann.fill([dict({ x: -1n })]);
  const other = dict({ repetition_change: new Map() });
  for (let count = 0; count <= MOST; count++) ann.data.send(change(id!, other));
  const corrected = await ann.data.next();
  assert.equal(corrected!.length, 5);
  for (let count = 0; count < MOST; count++) assert.equal((await ann.data.next())!.length, 4);
  assert.equal(arraysOf(session, id!), MOST + 1);
});

function setX(x: number): PickleDict {
  return dict({ values_changed: dict({ "root['x']": dict({ new_value: BigInt(x) }) }) });
}

function newX(delta: PickleValue): PickleValue {
  const [changed] = ((delta as PickleDict).get('values_changed') as PickleDict).values();
  return (changed as PickleDict).get('new_value')!;
}

function arraysOf({ sequencer }: Session, id: string): number {
  const datablock = sequencer.state.datablocks.get(id.replaceAll('-', '') as never)!;
  return datablock.groups.get('node')!.arrays.size;
}
