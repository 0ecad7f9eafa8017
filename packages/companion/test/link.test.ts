import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { refusal, SceneportError } from '@sceneport/protocol';
import { type CompanionOptions, runCompanion } from '../src/companion.ts';
import type { Down } from '../src/conversation/down.ts';
import { encodeLinkMessage, LinkReader } from '../src/conversation/framing.ts';

const unreachable: NonNullable<CompanionOptions['connect']> = async () => {
  throw new SceneportError(refusal('unreachable'));
};

/** A companion that can reach no server. */
function start(connect = unreachable): {
  say: (header: object) => void;
  end: () => void;
  told: Down[];
  ended: Promise<number>;
  raw: PassThrough;
} {
  const input = new PassThrough();
  const output = new PassThrough();
  const told: Down[] = [];
  const reader = new LinkReader();
  output.on('data', (bytes: Uint8Array) => {
    told.push(...reader.push(bytes).map(({ header }) => header as unknown as Down));
  });
  const ended = runCompanion({ input, output, log: () => {}, version: '1.2.3', connect });
  return {
    say: (header) => void input.write(encodeLinkMessage(header)),
    end: () => void input.end(),
    told,
    ended,
    raw: input,
  };
}

const HELLO = { type: 'hello', version: 1, blender: '3.4.1' };

test('[L2] greets the add-on, and refuses another version of the conversation', async () => {
  const good = start();
  good.say(HELLO);
  good.end();
  assert.equal(await good.ended, 0);
  assert.deepEqual(good.told[0], { type: 'hello', version: 1, program: '1.2.3' });
  const other = start();
  other.say({ ...HELLO, version: 2 });
  assert.equal(await other.ended, 2);
  assert.deepEqual(
    other.told.map((message) => (message.type === 'fatal' ? message.code : message.type)),
    ['companion-version'],
  );
});

test('[L2] ends when anything else comes before hello', async () => {
  const companion = start();
  companion.say({ type: 'paused', paused: true });
  assert.equal(await companion.ended, 2);
  assert.equal(companion.told[0]?.type, 'fatal');
});

test('[L3] ends with status 2 and the code after a malformed message', async () => {
  const companion = start();
  companion.say(HELLO);
  companion.raw.write(Buffer.from('0200000000000000', 'hex'));
  companion.raw.write('[]');
  assert.equal(await companion.ended, 2);
  const last = companion.told.at(-1);
  assert.equal(last?.type === 'fatal' && last.code, 'bad-message');
});

test('[L4] ends with its input', async () => {
  const companion = start();
  companion.say(HELLO);
  companion.end();
  assert.equal(await companion.ended, 0);
});

test('[L5] takes messages in their order, and reads on while a request waits for its answer', async () => {
  const companion = start(() => new Promise(() => {}));
  companion.say(HELLO);
  const requests = [
    { type: 'join', request: 1, target: 'nowhere', user: 'Ann', colour: [0, 0, 0] },
    { type: 'digest', request: 2 },
    { type: 'choose', request: 3, scene: 'empty' },
    { type: 'leave', request: 4 },
  ];
  companion.raw.write(Buffer.concat(requests.map((request) => encodeLinkMessage(request))));
  companion.end();
  assert.equal(await companion.ended, 0);
  const results = companion.told.filter((message) => message.type === 'result');
  assert.deepEqual(
    results.map(({ request }) => request),
    [2, 3, 4],
  );
});

test('[L6] answers every request exactly once, with codes and words when it refuses', async () => {
  const companion = start();
  companion.say(HELLO);
  companion.say({ type: 'digest', request: 1 });
  companion.say({ type: 'lock', request: 2, ids: [] });
  companion.say({ type: 'join', request: 3, target: 'nowhere', user: 'Ann', colour: [0, 0, 0] });
  companion.say({ type: 'leave', request: 4 });
  companion.say({ type: 'choose', request: 5, scene: 'empty' });
  companion.end();
  await companion.ended;
  const results = companion.told.filter((message) => message.type === 'result');
  const answers = results.map(({ request, error }) => `${request} ${error?.code ?? 'ok'}`);
  assert.deepEqual(answers.sort(), [
    '1 not-online',
    '2 not-online',
    '3 unreachable',
    '4 ok',
    '5 bad-request',
  ]);
  assert.ok(results.every(({ ok, error }) => ok || (error !== undefined && error.message.length > 0)));
});
