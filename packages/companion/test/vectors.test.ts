import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex, toHex } from '@sceneport/protocol';
import { encodeLinkMessage, LinkReader, MalformedMessage } from '../src/conversation/framing.ts';
import { readUp } from '../src/conversation/up.ts';

interface Vector {
  readonly name: string;
  readonly direction: 'up' | 'down' | 'both';
  readonly header: Record<string, unknown>;
  readonly body_hex: string;
  readonly frame_hex: string;
}

const messages = readVectors('messages');
const malformed = readVectors('malformed');

function readVectors(name: string): Vector[] {
  return JSON.parse(
    readFileSync(new URL(`../../../vectors/companion/${name}.json`, import.meta.url), 'utf8'),
  );
}

function read(frame: Uint8Array): ReturnType<typeof readUp>[] {
  const reader = new LinkReader();
  const read = reader.push(frame).map(readUp);
  if (!reader.isWhole) throw new MalformedMessage('torn');
  return read;
}

test('[L1] reads the golden messages of the add-on, whole and byte by byte', () => {
  for (const { direction, frame_hex, header, body_hex } of messages) {
    if (direction !== 'up') continue;
    const frame = fromHex(frame_hex)!;
    const [message] = read(frame);
    assert.deepEqual(message?.fields, header);
    assert.equal(message?.buffers.map(toHex).join(''), body_hex);
    const reader = new LinkReader();
    const pieces = [...frame].flatMap((byte) => reader.push(Uint8Array.of(byte)));
    assert.deepEqual(pieces, new LinkReader().push(frame));
  }
});

test('[L1] writes the golden messages of the companion', () => {
  for (const { direction, frame_hex, header, body_hex } of messages) {
    if (direction !== 'down') continue;
    const { buffers: sizes = [], ...fields } = header as { buffers?: number[] };
    const body = fromHex(body_hex)!;
    let offset = 0;
    const buffers = sizes.map((size) => {
      offset += size;
      return body.subarray(offset - size, offset);
    });
    const [message] = new LinkReader().push(encodeLinkMessage(fields, buffers));
    assert.deepEqual(message, new LinkReader().push(fromHex(frame_hex)!)[0]);
  }
});

test('[L3] refuses every golden malformed message', () => {
  for (const { name, direction, frame_hex } of malformed) {
    if (direction === 'down') continue;
    assert.throws(() => read(fromHex(frame_hex)!), MalformedMessage, name);
  }
});
