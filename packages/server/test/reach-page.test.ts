import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get as plainGet } from 'node:http';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { startTestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';

interface ReachAnswer {
  readonly status: number;
  readonly found: { readonly address: string; readonly code?: string; readonly failure?: string } | null;
}

/** What the server at `port` of this machine says of what answers at `wanted`. */
async function reach(port: number, token: string, wanted: string, from = '127.0.0.1'): Promise<ReachAnswer> {
  const request = get({
    port,
    host: '127.0.0.1',
    localAddress: from,
    path: `/reach?session=main&port=${wanted}`,
    headers: { authorization: `Bearer ${token}` },
    rejectUnauthorized: false,
    agent: false,
  });
  const [response] = await once(request, 'response');
  let text = '';
  for await (const part of response) text += part;
  return { status: response.statusCode, found: text === '' ? null : JSON.parse(text) };
}

test('[W7] who holds an invite is dialled back, at the address that asks, and told what answers there', async (t) => {
  const clock = new ManualClock();
  const [prover, own] = [await startTestServer(t, { clock }), await startTestServer(t)];
  const token = await prover.token();
  assert.deepEqual(await reach(prover.port, token, String(own.port)), {
    status: 200,
    found: { address: '127.0.0.1', code: own.code },
  });
  assert.equal((await reach(prover.port, token, String(own.port))).status, 429, 'not at once again');
  // The server listens at 127.0.0.1 only, and who asks comes from elsewhere.
  const elsewhere = await reach(prover.port, token, String(own.port), '127.0.0.7');
  assert.equal(elsewhere.found?.address, '127.0.0.7');
  assert.match(elsewhere.found?.failure ?? '', /127\.0\.0\.7:\d+ \(ECONNREFUSED\)/);
  clock.advance(1000);
  const mute = createServer((socket) => socket.end('I am something else')).listen(0, '127.0.0.1');
  t.after(() => mute.close());
  await once(mute, 'listening');
  const other = await reach(prover.port, token, String((mute.address() as { port: number }).port));
  assert.match(other.found?.failure ?? '', /Nothing answers|hangs up/);
});

test('[W7] strangers, and what is no port, are dialled by nobody', async (t) => {
  const server = await startTestServer(t);
  let dialled = 0;
  const own = createServer(() => dialled++).listen(0, '127.0.0.1');
  t.after(() => own.close());
  await once(own, 'listening');
  const { port } = own.address() as { port: number };
  assert.equal((await reach(server.port, 'a'.repeat(26), String(port))).status, 401);
  for (const wanted of ['0', '65536', '1.5', 'x', '']) {
    assert.equal((await reach(server.port, await server.token(), wanted)).status, 400, wanted);
  }
  assert.equal(dialled, 0);
});

test('[W7] behind a proxy only the address that it forwards is dialled: never the proxy, and no name', async (t) => {
  const server = await startTestServer(t, { behindProxy: true });
  const token = await server.token();
  const reachAs = async (forwarded?: string): Promise<number | undefined> => {
    const request = plainGet({
      port: server.port,
      host: '127.0.0.1',
      path: `/reach?session=main&port=${server.port}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
      },
      agent: false,
    });
    const [response] = await once(request, 'response');
    response.resume();
    return response.statusCode;
  };
  for (const unknown of [undefined, '', 'unknown', 'localhost', '127.0.0.1:80'])
    assert.equal(await reachAs(unknown), 409, unknown);
  assert.equal(await reachAs('127.0.0.1, 127.0.0.7'), 200);
});
