import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { SessionClient } from '@sceneport/client';
import { isRefusal, newDatablockId } from '@sceneport/protocol';
import { residentBytes } from '../../bench/process-usage.ts';
import { startServer } from '../harness/server.ts';

const STRANGERS = 2000;
const AT_ONCE = 50;
/** What 2,000 strangers may cost a server in all, bytes. */
const MEMORY_BYTES = 400 * 1024 * 1024;

/** A connection that says nothing; resolves once it is encrypted. */
const openStranger = async (port: number): Promise<TLSSocket> => {
  const socket = connect({
    host: '127.0.0.1',
    port,
    ALPNProtocols: ['sceneport/1'],
    rejectUnauthorized: false,
  });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket.resume();
};

test('[H2] 2,000 strangers who say nothing cost bounded memory, are sent away, and stop nobody', async (t) => {
  const server = await startServer(t);
  const ann = await SessionClient.connect({
    target: server.invite,
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
  });
  const strangers: TLSSocket[] = [];
  const goodbyes: Promise<unknown>[] = [];
  while (strangers.length < STRANGERS) {
    const some = await Promise.all(Array.from({ length: AT_ONCE }, () => openStranger(server.port)));
    for (const socket of some) {
      strangers.push(socket);
      goodbyes.push(socket.destroyed ? Promise.resolve() : once(socket, 'close'));
    }
  }
  const outcome = await ann.commit([
    { op: 'create', id: newDatablockId(), type: 'Text', name: 'still here', set: {} },
  ]);
  assert.ok(!isRefusal(outcome));
  const bytes = residentBytes(server.pid);
  t.diagnostic(`memory of the server: ${Math.round(bytes / 1024 / 1024)} MB`);
  assert.ok(bytes < MEMORY_BYTES, `${bytes} bytes`);
  await Promise.all(goodbyes);
  assert.equal(ann.state, 'online');
  await ann.leave();
});
