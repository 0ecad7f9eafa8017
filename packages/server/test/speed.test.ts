import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:https';
import { test } from 'node:test';
import { startTestServer } from '../src/testing.ts';

interface SpeedAnswer {
  readonly status: number;
  readonly refusal: string | undefined;
  readonly bytes: number;
}

async function speed(port: number, token: string, session = 'main'): Promise<SpeedAnswer> {
  const request = get({
    port,
    host: '127.0.0.1',
    path: `/speed?session=${encodeURIComponent(session)}`,
    headers: { authorization: `Bearer ${token}` },
    rejectUnauthorized: false,
    agent: false,
  });
  const [response] = await once(request, 'response');
  let bytes = 0;
  for await (const part of response) bytes += part.length;
  return { status: response.statusCode, refusal: response.headers['sceneport-refusal'], bytes };
}

test('[T1] [I2] who shows a valid token gets data to measure with, and the invite is not used by it', async (t) => {
  const { port, server } = await startTestServer(t);
  const made = await server.command('invite', { role: 'editor', maxUses: 1 }, { kind: 'local' });
  const token = (made as { link: string }).link.split('#')[1]!;
  for (let round = 0; round < 2; round += 1)
    assert.deepEqual(await speed(port, token), {
      status: 200,
      refusal: undefined,
      bytes: 4 * 1024 * 1024,
    });
  assert.equal((await speed(port, token, 'another')).status, 401);
});

test('[T1] [H3] whoever guesses tokens there is slowed down as at the login', async (t) => {
  const { port, token } = await startTestServer(t);
  const refusals = new Set<string | undefined>();
  for (let guess = 0; guess < 8; guess += 1) {
    const { status, refusal, bytes } = await speed(port, 'a'.repeat(26));
    assert.deepEqual([status, bytes], [401, 0]);
    refusals.add(refusal);
  }
  assert.deepEqual([...refusals], ['bad-token', 'login-slow-down']);
  assert.equal((await speed(port, await token())).status, 200);
});
