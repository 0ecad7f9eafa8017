import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { utf8 } from '@sceneport/protocol';
import { ManualClock } from '../../server/test/manual-clock.ts';
import { dict } from '../src/dialect/fields.ts';
import { writePickle } from '../src/index.ts';
import { encodeMessages } from '../src/zmtp/frames.ts';
import { startTestGateway } from './support/gateway.ts';
import { python } from './support/python.ts';
import { RawPeer } from './support/raw-peer.ts';
import { command, login, node, RawClient } from './support/three-port.ts';

/** What code in a pickle would look like: a call of `os.system`. */
function poisonedPickle(): Uint8Array {
  const program = `
import os, json, pickle
class Poison:
    def __reduce__(self): return (os.system, ('touch /tmp/never',))
print(json.dumps(pickle.dumps(Poison(), protocol=4).hex()))`;
  return Uint8Array.from(Buffer.from(python(program) as string, 'hex'));
}

describe('strangers on any port', () => {
  test('are sent away when they speak TLS, HTTP or SSH', async (t) => {
    const { port } = await startTestGateway(t);
    const openings = ['\x16\x03\x01\x02\x00\x01\x00', 'GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n'];
    for (const offset of [0, 1, 2, 3]) {
      for (const opening of openings) {
        const peer = await RawPeer.open(port + offset);
        peer.socket.write(Buffer.from(opening, 'latin1'));
        await peer.closed();
      }
    }
    const { answer } = await RawClient.join(port, 'ann');
    assert.equal(answer, 'LOBBY');
  });

  test('are sent away when they announce a huge frame, or a message without end', async (t) => {
    const { port } = await startTestGateway(t);
    const huge = await RawPeer.connect(port, 'huge');
    huge.socket.write(Uint8Array.of(2, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff));
    await huge.closed();
    const endless = await RawPeer.connect(port, 'endless');
    const part = Buffer.concat([Uint8Array.of(1, 200), new Uint8Array(200)]);
    while (!endless.socket.destroyed)
      await new Promise<void>((resolve) => endless.socket.write(part, () => resolve()));
    await endless.closed();
  });

  test('are told to join, whatever they command: delete, rights, kick, snapshot, init', async (t) => {
    const { port, server } = await startTestGateway(t);
    const { client } = await RawClient.join(port, 'ann', { AUTH_TYPE: 'ADMIN', A_PWD: 'admin' });
    const [id] = await client.fill([dict({ x: 1n })]);
    const commands = [
      command(4, id!),
      command(5, dict({ uuid: [id!], owner: 'stranger' })),
      command(11, dict({ user: 'ann' })),
      command(7, dict({ STATE: 'REQUEST_INIT' })),
      command(8, dict({ STATE: 'INIT', SIZE: 1n, NODES: [randomUUID()] })),
    ];
    for (const parts of commands) {
      const stranger = await RawPeer.connect(port, `stranger-${commands.indexOf(parts)}`);
      stranger.send(parts);
      const answer = await stranger.next();
      assert.deepEqual(answer?.[0], writePickle(10n));
      await stranger.closed();
    }
    const writer = await RawPeer.connect(port + 1, 'writer');
    writer.send(node(id!, dict({ x: 666n })));
    await writer.closed();
    const state = await server.command('users', { session: 'multi-user' }, {
      role: 'admin',
      name: 'test',
    } as never);
    assert.equal((state as unknown[]).length, 1);
  });

  test('are sent away when they ask and do not listen', async (t) => {
    const { port } = await startTestGateway(t);
    const deaf = await RawPeer.connect(port, 'deaf');
    deaf.send(command(14, null));
    await deaf.next();
    deaf.socket.pause();
    const questions = Buffer.concat(
      Array.from({ length: 2000 }, () => encodeMessages([command(14, null)]).pieces).flat(),
    );
    while (!deaf.socket.destroyed)
      await new Promise<void>((resolve) => deaf.socket.write(questions, () => resolve()));
    await deaf.closed();
  });

  test('cannot write as someone else by an identity that is not theirs', async (t) => {
    const { port } = await startTestGateway(t);
    const { client } = await RawClient.join(port, 'ann');
    await client.fill([dict({ x: 1n })]);
    const guess = await RawPeer.connect(port + 2, '', 'PUSH');
    guess.send([
      utf8('some-identity'),
      utf8(randomUUID()),
      utf8('ann'),
      utf8('BlMesh'),
      writePickle(1n),
      writePickle([]),
    ]);
    await guess.closed();
  });

  test('run no code by a pickle, before their login and after it', async (t) => {
    const { port, logged } = await startTestGateway(t);
    const poison = poisonedPickle();
    const stranger = await RawPeer.connect(port, 'stranger');
    stranger.send([writePickle(9n), utf8('x'), poison]);
    await stranger.closed();
    const first = await RawPeer.connect(port, 'first');
    first.send([poison, utf8('x'), writePickle(null)]);
    await first.closed();
    const { client } = await RawClient.join(port, 'ann');
    await client.fill([dict({ x: 1n })]);
    const { client: other } = await RawClient.join(port, 'bob');
    client.data.send([writePickle(2n), utf8(randomUUID()), utf8('COMMON'), writePickle([]), poison]);
    await client.data.closed();
    assert.ok(
      logged.some(({ text, details }) => text === 'message refused' && String(details.why).includes('names')),
    );
    assert.equal(other.data.messages.length, 0);
  });

  test('that are many and silent cost little and are let go', async (t) => {
    const { port } = await startTestGateway(t, { limits: { connections: 100, connectionsPerAddress: 50 } });
    const peers: RawPeer[] = [];
    while (peers.length < 50) peers.push(await RawPeer.open(port));
    await (await RawPeer.open(port)).closed();
    for (const peer of peers) peer.end();
    const half = connect(port + 1, '127.0.0.1');
    half.on('error', () => {}).resume();
    half.write(Uint8Array.of(0xff, 0, 0));
    await new Promise((resolve) => half.once('close', resolve));
  });
});

test('who connects and never logs in is let go after a while, on every port', async (t) => {
  const clock = new ManualClock();
  const { port } = await startTestGateway(t, { clock });
  const { client } = await RawClient.join(port, 'ann');
  const idle = await RawPeer.connect(port, 'idle');
  idle.send(command(14, null));
  await idle.next();
  clock.advance(12_000);
  await idle.closed();
  assert.equal(client.command.isClosed, false);
});

describe('logins', () => {
  test('are refused in the words that old clients show', async (t) => {
    const { port } = await startTestGateway(t, { passwords: { session: 'secret', admin: 'boss' } });
    const { client: ann } = await RawClient.join(port, 'ann', { S_PWD: 'secret' });
    const wrong = async (user: string, more = {}): Promise<unknown> =>
      (await RawClient.join(port, user, more)).answer;
    assert.equal(await wrong('ann', { S_PWD: 'secret' }), 'FAILED: client already logged in');
    assert.equal(await wrong('bob'), 'FAILED: wrong server password');
    assert.equal(await wrong('bob', { S_PWD: 'None' }), 'FAILED: wrong server password');
    assert.equal(await wrong('bob', { AUTH_TYPE: 'ADMIN', A_PWD: 'admin' }), 'FAILED: wrong admin password');
    assert.equal(
      await wrong('bob', { S_PWD: 'secret', VERSION: '0.9.9' }),
      'FAILED: wrong client version (0.9.9 != 0.9.10)',
    );
    ann.end();
  });

  test('with wrong passwords at speed have to wait', async (t) => {
    const { port } = await startTestGateway(t, { passwords: { session: 'secret', admin: 'boss' } });
    const answers: unknown[] = [];
    for (let attempt = 0; attempt < 8; attempt++)
      answers.push((await RawClient.join(port, `eve${attempt}`, { S_PWD: String(attempt) })).answer);
    assert.match(String(answers.at(-1)), /^FAILED: too many wrong passwords, wait \d+ seconds$/);
  });

  test('of the other generation are refused while the first is here', async (t) => {
    const { port } = await startTestGateway(t);
    const { client } = await RawClient.join(port, 'ann');
    await client.fill([dict({ x: 1n })]);
    const old = await RawPeer.connect(port, 'old');
    const data = dict({ AUTH_TYPE: 'CLIENT', AUTH_ID: 'old', PWD: null, VERSION: '0.0.20' });
    old.send([utf8('old'), utf8('RepAuthCommand'), writePickle(data)]);
    const answer = await old.next();
    assert.match(Buffer.from(answer![2]!).toString('latin1'), /FAILED: wrong client version/);
    assert.equal(
      (await RawPeer.connect(port, 'probe').then(async (peer) => {
        peer.send(login('third'));
        return peer.next();
      })) !== null,
      true,
    );
  });
});

describe('rights', () => {
  test('hold on the server: what another has locked stays as it was, whoever the frame says it is from', async (t) => {
    const { port } = await startTestGateway(t);
    const { client: ann } = await RawClient.join(port, 'ann');
    const [id] = await ann.fill([dict({ x: 1n })]);
    ann.command.send(command(5, dict({ uuid: [id!], owner: 'ann' })));
    await ann.answer(5);
    const { client: bob } = await RawClient.join(port, 'bob');
    bob.command.send(command(7, dict({ STATE: 'REQUEST_INIT' })));
    await bob.answer(7);
    bob.command.send(command(7, dict({ STATE: 'GET', ID: id! })));
    await bob.answer(7);
    bob.command.send(command(7, dict({ STATE: 'DONE' })));
    bob.data.send(node(id!, dict({ x: 666n }), 'ann'));
    const corrected = await bob.data.next();
    assert.deepEqual(corrected?.[4], writePickle(dict({ x: 1n })));
    bob.command.send(command(5, dict({ uuid: [id!], owner: 'bob' })));
    assert.deepEqual(await bob.answer(5), dict({ uuid: [id!], owner: 'ann' }));
    bob.command.send(command(4, id!));
    bob.command.send(command(11, dict({ user: 'ann' })));
    const again = await bob.data.next();
    assert.deepEqual(again?.[4], writePickle(dict({ x: 1n })));
    assert.equal(ann.command.isClosed, false);
  });
});

describe('a client that has logged in', () => {
  test('cannot fill a session that is filled, and everyone works on', async (t) => {
    const { port } = await startTestGateway(t);
    const { client: ann } = await RawClient.join(port, 'ann');
    const [id] = await ann.fill([dict({ x: 1n })]);
    const { client: bob } = await RawClient.join(port, 'bob');
    bob.command.send(command(8, dict({ STATE: 'INIT', SIZE: 1n, NODES: [randomUUID()] })));
    assert.deepEqual(await bob.answer(8), dict({ STATE: 'REJECTED' }));
    bob.command.send(command(8, dict({ STATE: 'SET', DATA: [...node(randomUUID(), dict({ x: 2n }))] })));
    bob.command.send(command(7, dict({ STATE: 'REQUEST_INIT' })));
    assert.deepEqual(await bob.answer(7), dict({ STATE: 'INIT', CATALOG: [id!] }));
  });

  test('cannot reach what the session knows of itself by an id that is no node', async (t) => {
    const { port, session } = await startTestGateway(t);
    const { client: ann } = await RawClient.join(port, 'ann', { AUTH_TYPE: 'ADMIN', A_PWD: 'admin' });
    const [id] = await ann.fill([dict({ x: 1n })]);
    const scene = '00000000-0000-0000-0000-000000000001';
    ann.command.send(command(4, scene));
    ann.command.send(command(5, dict({ uuid: [scene], owner: 'ann' })));
    ann.data.send(node(scene, dict({ x: 2n })));
    ann.command.send(command(7, dict({ STATE: 'REQUEST_INIT' })));
    assert.deepEqual(await ann.answer(7), dict({ STATE: 'INIT', CATALOG: [id!] }));
    ann.command.send(command(7, dict({ STATE: 'GET', ID: scene })));
    assert.deepEqual(await ann.answer(7), dict({ STATE: 'SET', DATA: utf8('removed') }));
    const types = [...session.sequencer.state.datablocks.values()].map(({ type }) => type);
    assert.deepEqual(types.sort(), ['MultiUserNode', 'MultiUserScene']);
  });

  test('loses its heartbeat with a word of two parts, and nobody else does', async (t) => {
    const { port } = await startTestGateway(t);
    const { client: ann } = await RawClient.join(port, 'ann');
    const { client: bob } = await RawClient.join(port, 'bob');
    const [annBeat, bobBeat] = [await ann.heartbeat(port + 2), await bob.heartbeat(port + 2)];
    annBeat.send([utf8('INIT'), utf8('INIT')]);
    await annBeat.closed();
    bobBeat.send([utf8('INIT')]);
    assert.deepEqual(await bobBeat.next(), [utf8('PING')]);
  });

  test('is let go when its heartbeat never comes', async (t) => {
    const clock = new ManualClock();
    const { port } = await startTestGateway(t, { clock });
    const { client: ann } = await RawClient.join(port, 'ann');
    clock.advance(16_000);
    assert.deepEqual(await ann.answer(10), dict({ reason: 'connection timeout' }));
    await ann.command.closed();
  });

  test('writes nothing any more once it is kicked', async (t) => {
    const { port, session } = await startTestGateway(t);
    const { client: ann } = await RawClient.join(port, 'ann', { AUTH_TYPE: 'ADMIN', A_PWD: 'admin' });
    const [id] = await ann.fill([dict({ x: 1n })]);
    const { client: bob } = await RawClient.join(port, 'bob');
    ann.command.send(command(11, dict({ user: 'bob' })));
    assert.deepEqual(await bob.answer(10), dict({ reason: 'kicked by admin' }));
    bob.data.send(node(id!, dict({ x: 666n })));
    bob.command.send(command(4, id!));
    await Promise.all([bob.command.closed(), bob.data.closed()]);
    const again = await RawPeer.connect(port + 1, bob.identity);
    again.send(node(id!, dict({ x: 666n })));
    await again.closed();
    assert.equal(
      session.sequencer.state.seq,
      session.sequencer.state.datablocks.get(id!.replaceAll('-', '') as never)!.seq + 1,
    );
  });
});
