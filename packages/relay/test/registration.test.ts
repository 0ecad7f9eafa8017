import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { encodeRelayMessage, legLine, type RelayMessage } from '@sceneport/protocol';
import { systemClock } from '@sceneport/server';
import { startTestServer } from '@sceneport/server/testing';
import { clientHello } from './support/client-hello.ts';
import { ControlClient, TestKey } from './support/control-client.ts';
import { register, TestRelay } from './support/relay-world.ts';

const refused = (code: string) => (message: RelayMessage | null) =>
  assert.equal(message?.kind === 'refused' && message.code, code);

/** A joiner that has said where it wants to. */
async function joiner(relay: TestRelay, code: string, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port: relay.port, host: '127.0.0.1', localAddress });
  await once(socket, 'connect');
  socket.write(clientHello(`${code}.sceneport.invalid`));
  return socket;
}

/** The leg that the relay asks for, opened. */
async function openLeg(relay: TestRelay, control: ControlClient): Promise<Socket> {
  const message = await control.next();
  assert.ok(message?.kind === 'open');
  const leg = connect(relay.port, '127.0.0.1');
  leg.write(legLine(message.leg));
  return leg;
}

test('[W3] the holder of a key is registered by its signature, and told from where it is seen', async (t) => {
  const relay = await TestRelay.start(t);
  const key = new TestKey();
  const control = await ControlClient.open(relay, '127.0.0.7');
  const answer = await control.register(relay, key);
  assert.ok(answer?.kind === 'registered');
  assert.deepEqual([answer.code, answer.address], [key.code, '127.0.0.7']);
  assert.equal(relay.metric('hosts'), 1);
  control.socket.destroy();
});

test('[W3] who does not hold the key of a code does not get it', async (t) => {
  const relay = await TestRelay.start(t);
  const other = await TestRelay.start(t);
  const [victim, attacker] = [new TestKey(), new TestKey()];
  const attempts = [
    // The key of the victim with a signature by another one.
    (nonce: string) => ({
      ...attacker.register(relay.code, nonce, victim.code),
      key: keyOf(victim, relay, nonce),
    }),
    // The own key with a signature over another code.
    (nonce: string) => attacker.register(relay.code, nonce, victim.code),
    // What the victim has signed for another relay, and for another nonce.
    (nonce: string) => victim.register(other.code, nonce),
    () => victim.register(relay.code, 'AAAA'),
  ];
  for (const attempt of attempts) {
    const control = await ControlClient.open(relay);
    control.send(attempt(await control.nonce()));
    refused('wrong-login')(await control.next());
  }
  assert.equal(relay.metric('hosts'), 0);
});

const keyOf = (key: TestKey, relay: TestRelay, nonce: string): string => {
  const message = key.register(relay.code, nonce);
  return message.kind === 'register' ? message.key : '';
};

test('[W3] [F2] what is no message, or no key, ends the connection and nothing else', async (t) => {
  const relay = await TestRelay.start(t);
  const nonsense = [
    Buffer.from([2, 0, 0, 0, 0x7b, 0x7d]),
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from(encodeRelayMessage({ kind: 'register', key: 'AAAA', signature: 'AAAA' })),
    Buffer.from(encodeRelayMessage({ kind: 'register', key: '!', signature: '!' })),
  ];
  for (const bytes of nonsense) {
    const control = await ControlClient.open(relay);
    control.socket.write(bytes);
    while ((await control.next()) !== null);
  }
  const control = await ControlClient.open(relay);
  assert.equal((await control.register(relay, new TestKey()))?.kind, 'registered');
  control.socket.destroy();
});

test('[W3] a later registration takes the place of the earlier one, which is told', async (t) => {
  const relay = await TestRelay.start(t);
  const key = new TestKey();
  const [first, second] = [await ControlClient.open(relay), await ControlClient.open(relay)];
  await first.register(relay, key);
  await second.register(relay, key);
  refused('replaced')(await first.next());
  assert.equal(await first.next(), null);
  const who = await joiner(relay, key.code);
  assert.equal((await second.next())?.kind, 'open');
  who.destroy();
  second.socket.destroy();
});

test('[W3] [W5] a relay serves the servers that it may, and no more than it can', async (t) => {
  const [one, two, three] = [new TestKey(), new TestKey(), new TestKey()];
  const closed = await TestRelay.start(t, { allowed: new Set([one.code]) });
  const small = await TestRelay.start(t, { limits: { hosts: 1 } });
  refused('not-allowed')(await (await ControlClient.open(closed)).register(closed, two));
  assert.equal((await (await ControlClient.open(closed)).register(closed, one))?.kind, 'registered');
  assert.equal((await (await ControlClient.open(small)).register(small, two))?.kind, 'registered');
  refused('server-full')(await (await ControlClient.open(small)).register(small, three));
});

test('[W5] one address has at most half of the places for servers', async (t) => {
  const relay = await TestRelay.start(t, { limits: { hosts: 4 } });
  const registerFrom = async (address: string) => {
    const control = await ControlClient.open(relay, address);
    return { control, answer: await control.register(relay, new TestKey()) };
  };
  const first = await registerFrom('127.0.0.1');
  assert.equal((await registerFrom('127.0.0.1')).answer?.kind, 'registered');
  refused('server-full')((await registerFrom('127.0.0.1')).answer);
  assert.equal((await registerFrom('127.0.0.9')).answer?.kind, 'registered');
  first.control.socket.destroy();
  while (relay.metric('hosts') > 2) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await registerFrom('127.0.0.1')).answer?.kind, 'registered');
});

test('[W4] [A4] the server is told from where a joiner comes, and its leg leads to that joiner', async (t) => {
  const relay = await TestRelay.start(t);
  const key = new TestKey();
  const control = await ControlClient.open(relay);
  await control.register(relay, key);
  const who = await joiner(relay, key.code, '127.0.0.23');
  const message = await control.next();
  assert.ok(message?.kind === 'open');
  assert.equal(message.address, '127.0.0.23');
  const leg = connect(relay.port, '127.0.0.1');
  leg.write(Buffer.concat([legLine(message.leg), Buffer.from('from the server')]));
  assert.equal(
    String((await once(leg, 'data'))[0]).slice(1, 3),
    '\u0003\u0001',
    'its ClientHello, untouched',
  );
  assert.equal(String((await once(who, 'data'))[0]), 'from the server');
  const again = connect(relay.port, '127.0.0.1');
  again.on('error', () => {});
  again.write(legLine(message.leg));
  await once(again, 'close');
  who.end('the last words');
  assert.equal(String((await once(leg, 'data'))[0]), 'the last words');
  leg.end();
  await once(who, 'close');
  control.socket.destroy();
});

test('[W4] a joiner for whom no leg is opened is let go after ten seconds', async (t) => {
  const timers: { readonly delayMs: number; readonly action: () => void }[] = [];
  const clock = {
    now: () => 0,
    after(delayMs: number, action: () => void) {
      const timer = { delayMs, action };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    every: () => () => {},
  };
  const relay = await TestRelay.start(t, { clock });
  const key = new TestKey();
  const control = await ControlClient.open(relay);
  await control.register(relay, key);
  const who = await joiner(relay, key.code);
  await control.next();
  const gone = once(who, 'close');
  for (const timer of timers.filter(({ delayMs }) => delayMs === 10_000)) timer.action();
  await gone;
  control.socket.destroy();
});

test('[W5] one server has no more joiners than it may', async (t) => {
  const relay = await TestRelay.start(t, { limits: { joinersPerHost: 1 } });
  const key = new TestKey();
  const control = await ControlClient.open(relay);
  await control.register(relay, key);
  const first = await joiner(relay, key.code);
  await openLeg(relay, control);
  const second = await joiner(relay, key.code, '127.0.0.9');
  assert.deepEqual([...(await once(second, 'data'))[0]], [0x15, 3, 3, 0, 2, 2, 112]);
  first.destroy();
  control.socket.destroy();
});

for (const { who, behave, isClockFast } of [
  { who: 'goes', behave: (socket: Socket) => socket.end(), isClockFast: false },
  { who: 'says more', behave: (socket: Socket) => socket.write('more'), isClockFast: false },
  { who: 'stays', behave: () => {}, isClockFast: true },
]) {
  test(`[W2] [W5] who is turned away and ${who} holds no place at the relay`, {
    timeout: 20_000,
  }, async (t) => {
    const after = (delayMs: number, action: () => void) =>
      systemClock.after(isClockFast ? delayMs / 20 : delayMs * 20, action);
    const relay = await TestRelay.start(t, { clock: { ...systemClock, after } });
    const socket = connect({ port: relay.port, host: '127.0.0.1', allowHalfOpen: true });
    t.after(() => socket.destroy());
    socket.on('error', () => socket.destroy()).write(clientHello(`${new TestKey().code}.sceneport.invalid`));
    await once(socket.resume(), 'end');
    behave(socket);
    while (relay.metric('connections') > 0) await new Promise((resolve) => setImmediate(resolve));
  });
}

test('[W5] one address has at most half of the places at a server', async (t) => {
  const relay = await TestRelay.start(t, { limits: { joinersPerHost: 4 } });
  const key = new TestKey();
  const control = await ControlClient.open(relay);
  await control.register(relay, key);
  const first = await joiner(relay, key.code);
  const leg = (await openLeg(relay, control)).resume();
  const second = await joiner(relay, key.code);
  assert.equal((await control.next())?.kind, 'open');
  const third = await joiner(relay, key.code);
  assert.deepEqual([...(await once(third, 'data'))[0]], [0x15, 3, 3, 0, 2, 2, 112]);
  const other = await joiner(relay, key.code, '127.0.0.9');
  assert.equal((await control.next())?.kind, 'open');
  first.destroy();
  await once(leg, 'close');
  const next = await joiner(relay, key.code);
  assert.equal((await control.next())?.kind, 'open');
  for (const socket of [second, other, next, control.socket]) socket.destroy();
});

test('[W5] who does not read is not read for', async (t) => {
  const relay = await TestRelay.start(t, { limits: { bytesPerSecond: Number.MAX_SAFE_INTEGER } });
  const key = new TestKey();
  const control = await ControlClient.open(relay);
  await control.register(relay, key);
  const who = await joiner(relay, key.code);
  const leg = await openLeg(relay, control);
  await once(leg, 'data');
  const part = Buffer.alloc(1024 * 1024);
  const isTaken = (): Promise<boolean> =>
    Promise.race([
      once(leg, 'drain').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500)),
    ]);
  let mebibytes = 0;
  while (mebibytes < 256 && (leg.write(part) || (await isTaken()))) mebibytes += 1;
  assert.ok(mebibytes < 256, 'the relay goes on reading what nobody takes');
  who.destroy();
  leg.destroy();
  control.socket.destroy();
});

test('[W6] a server that says nothing is forgotten, one that answers is kept', async (t) => {
  let nowMs = 0;
  const ticks: (() => void)[] = [];
  const clock = {
    now: () => nowMs,
    after: () => () => {},
    every(_: number, action: () => void) {
      ticks.push(action);
      return () => void ticks.splice(ticks.indexOf(action), 1);
    },
  };
  const relay = await TestRelay.start(t, { clock });
  const [silent, lively] = [await ControlClient.open(relay), await ControlClient.open(relay)];
  await silent.register(relay, new TestKey());
  const key = new TestKey();
  await lively.register(relay, key);
  nowMs = 14_000;
  lively.send({ kind: 'reach', request: 1, port: 1 });
  assert.equal((await lively.next())?.kind, 'reached');
  nowMs = 16_000;
  for (const tick of [...ticks]) tick();
  assert.equal(await silent.next(), null);
  assert.equal(relay.metric('hosts'), 1);
  lively.socket.destroy();
});

test('[W12] who wants a straight way and the server are told from where the other dials, while both are there', async (t) => {
  const relay = await TestRelay.start(t);
  const key = new TestKey();
  const control = await ControlClient.open(relay);
  await control.register(relay, key);
  const who = await ControlClient.open(relay, '127.0.0.31');
  await who.nonce();
  who.send({ kind: 'punch', code: key.code });
  const asked = await control.next();
  assert.ok(asked?.kind === 'punch');
  assert.deepEqual([asked.code, asked.address, asked.port], [key.code, '127.0.0.31', who.localPort]);
  const leg = connect({ port: relay.port, host: '127.0.0.1', localAddress: '127.0.0.32' });
  leg.write(legLine(asked.leg));
  const told = await who.next();
  assert.deepEqual(told, { kind: 'dial', address: '127.0.0.32', port: leg.localPort });
  const left = once(leg, 'close');
  who.send({ kind: 'punch', code: key.code });
  refused('unreachable')(await who.next());
  await left;
  control.socket.destroy();
});

test('[W12] no straight way leads to a server that is not there', async (t) => {
  const relay = await TestRelay.start(t);
  const who = await ControlClient.open(relay);
  await who.nonce();
  who.send({ kind: 'punch', code: new TestKey().code });
  refused('unreachable')(await who.next());
});

test('[W7] a relay dials back and says whether the server answers, at the address that asks and no other', async (t) => {
  const relay = await TestRelay.start(t);
  const [server, stranger] = [await startTestServer(t), await startTestServer(t)];
  const { host } = await register(t, relay, server);
  // Asked again at once, the host waits until it may.
  const views = await Promise.all([host.reach(server.port), host.reach(stranger.port)]);
  assert.deepEqual(
    views.map(({ state }) => state),
    ['reached', 'closed'],
  );
  const key = new TestKey();
  const control = await ControlClient.open(relay, '127.0.0.5');
  await control.register(relay, key);
  control.send({ kind: 'reach', request: 7, port: stranger.port });
  const answer = await control.next();
  assert.ok(answer?.kind === 'reached' && answer.request === 7);
  assert.match(answer.failure ?? '', /127\.0\.0\.5/);
  const here = await ControlClient.open(relay);
  await here.register(relay, key);
  here.send({ kind: 'reach', request: 8, port: stranger.port });
  const other = await here.next();
  assert.ok(other?.kind === 'reached');
  assert.match(other.failure ?? '', /Another server answers/);
  here.send({ kind: 'reach', request: 9, port: stranger.port });
  const tooSoon = await here.next();
  assert.ok(tooSoon?.kind === 'reached');
  assert.match(tooSoon.failure ?? '', /too often/);
  here.socket.destroy();
});
