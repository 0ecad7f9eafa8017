import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { decodeRoster } from '@sceneport/protocol';
import { startTestServer, type TestServer } from '../src/testing.ts';
import { RawClient } from './raw-client.ts';

/** A port as a relay has one: who connects there is passed on to the server as somebody at `address`. */
async function passOnAs(t: TestContext, server: TestServer, address: string): Promise<number> {
  const relay = createServer((leg) => server.server.take(leg, address)).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  t.after(() => relay.close());
  return (relay.address() as { port: number }).port;
}

test('[W4] [A4] who was banned comes in by no other name from the address that the relay reports; others behind it do', async (t) => {
  const server = await startTestServer(t);
  const here = await passOnAs(t, server, '203.0.113.7');
  const elsewhere = await passOnAs(t, server, '203.0.113.8');
  const ann = await RawClient.join(here, await server.token());
  await server.server.command('ban', { user: 'Ann' }, { kind: 'local' });
  await ann.closed;
  await assert.rejects(RawClient.join(here, await server.token(), { user: 'Bob' }), /banned/);
  const bob = await RawClient.join(elsewhere, await server.token(), { user: 'Bob' });
  const again = await RawClient.join(server.port, await server.token(), { user: 'Cy' });
  bob.socket.destroy();
  again.socket.destroy();
});

test('[W4] [W7] who comes through a relay is not dialled back: the relay is not theirs', async (t) => {
  const server = await startTestServer(t);
  const request = get({
    port: await passOnAs(t, server, '203.0.113.7'),
    host: '127.0.0.1',
    path: '/reach?session=main&port=5555',
    headers: { authorization: `Bearer ${await server.token()}` },
    rejectUnauthorized: false,
    agent: false,
  });
  const [response] = await once(request, 'response');
  response.destroy();
  assert.equal(response.statusCode, 409);
});

test('[W4] [T1] metrics that are open to this machine are not open to who comes through a relay on it', async (t) => {
  const server = await startTestServer(t, { openMetrics: true });
  const statusAt = async (port: number): Promise<number | undefined> => {
    const request = get({
      port,
      host: '127.0.0.1',
      path: '/metrics',
      rejectUnauthorized: false,
      agent: false,
    });
    const [response] = await once(request, 'response');
    response.destroy();
    return response.statusCode;
  };
  assert.equal(await statusAt(server.port), 200);
  assert.equal(await statusAt(await passOnAs(t, server, '203.0.113.7')), 401);
});

test('[U1] the roster says who comes through a relay, and by no other way', async (t) => {
  const server = await startTestServer(t);
  const here = await RawClient.join(server.port, await server.token(), { user: 'Ann' });
  await RawClient.join(await passOnAs(t, server, '203.0.113.7'), await server.token(), { user: 'Bob' });
  const { payload } = await here.next(
    (message) => message.name === 'roster' && decodeRoster(message.payload)?.length === 2,
  );
  assert.deepEqual(
    decodeRoster(payload)?.map(({ name, way }) => [name, way]),
    [
      ['Ann', 'tls'],
      ['Bob', 'relay'],
    ],
  );
});
