import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { splice } from '../src/legs/splice.ts';

/** Both ends of a connection on this machine. */
async function connection(t: TestContext): Promise<[far: Socket, near: Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [near] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    far.destroy();
    near.destroy();
    server.close();
  });
  return [far, near];
}

test('[W5] who sends too quickly is not read from for as long as the meter says, short waits together', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [sender, one] = await connection(t);
  const [receiver, other] = await connection(t);
  let waitMs = 0;
  splice(one, other, () => waitMs);
  const pass = async (text: string): Promise<void> => {
    sender.write(text);
    assert.equal(String((await once(receiver, 'data'))[0]), text);
  };
  await pass('no wait');
  waitMs = 19;
  await pass('one that is put off');
  assert.ok(!one.isPaused());
  waitMs = 1000;
  await pass('one that is long enough');
  assert.ok(one.isPaused());
  t.mock.timers.tick(999);
  assert.ok(one.isPaused());
  t.mock.timers.tick(1);
  assert.ok(!one.isPaused());
  await pass('and on');
});

test('what was passed on holds no memory any more, and what shares its memory is left alone', async (t) => {
  const [sender, one] = await connection(t);
  const [receiver, other] = await connection(t);
  const seen: Buffer[] = [];
  one.on('data', (bytes: Buffer) => seen.push(bytes)).pause();
  const pooled = Buffer.from('pooled');
  one.unshift(pooled);
  splice(one, other, () => 0);
  await once(receiver, 'data');
  sender.write('read');
  assert.equal(String((await once(receiver, 'data'))[0]), 'read');
  while (seen.at(-1)!.length > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(String(pooled), 'pooled');
});
