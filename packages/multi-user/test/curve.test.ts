import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../../../tests/harness/temporary-folder.ts';
import { writePickle } from '../src/index.ts';
import { boxBetween, newKeyPair, publicKeyOf } from '../src/zmtp/curve/box.ts';
import { loadCurveKeys } from '../src/zmtp/curve/keys.ts';
import { fromZ85, toZ85 } from '../src/zmtp/curve/z85.ts';
import { CurvePeer } from './support/curve-peer.ts';
import { startTestGateway } from './support/gateway.ts';
import { RawPeer } from './support/raw-peer.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

/** The keys, nonce, message and box of "Cryptography in NaCl" (sections 3 to 9), the keys also in RFC 7748, 6.1. */
const NACL = {
  alicePublic: hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  bobSecret: hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
  bobPublic: hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
  nonce: hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37'),
  message: hex(`be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a
    1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057
    e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040
    e082f937763848645e0705`),
  box: hex(`f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4
    476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738
    b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de
    56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5`),
};

describe('boxes', () => {
  test('are those of NaCl', () => {
    assert.deepEqual(publicKeyOf(NACL.bobSecret), NACL.bobPublic);
    const box = boxBetween(NACL.bobSecret, NACL.alicePublic)!;
    assert.deepEqual(box.seal(NACL.nonce, NACL.message), NACL.box);
    assert.deepEqual(box.open(NACL.nonce, NACL.box), NACL.message);
  });

  test('do not open when a bit was changed, and never with a key that is none', () => {
    const box = boxBetween(NACL.bobSecret, NACL.alicePublic)!;
    for (let index = 0; index < NACL.box.length; index++) {
      const changed = new Uint8Array(NACL.box);
      changed[index]! ^= 1;
      assert.equal(box.open(NACL.nonce, changed), null);
    }
    assert.equal(box.open(NACL.nonce, new Uint8Array(3)), null);
    assert.equal(boxBetween(NACL.bobSecret, new Uint8Array(32)), null);
  });
});

test('keys are shown as in RFC 32, and kept for the user of the server only', (t) => {
  assert.equal(toZ85(hex('864fd26fb559f75b')), 'HelloWorld');
  assert.deepEqual(fromZ85('HelloWorld'), hex('864fd26fb559f75b'));
  for (const broken of ['Hello Worl', 'Hell', '#####']) assert.equal(fromZ85(broken), null);
  const folder = temporaryFolder(t);
  const keys = loadCurveKeys(folder);
  assert.deepEqual(loadCurveKeys(folder), keys);
  assert.equal(statSync(join(folder, 'multi-user-curve.key')).mode & 0o777, 0o600);
});

describe('a connection with CURVE', () => {
  const keys = newKeyPair();
  const security = { isNullAllowed: false, curve: keys };

  test('is refused without it, where it is required', async (t) => {
    const { port } = await startTestGateway(t, { security });
    for (const offset of [0, 1, 2, 3]) await (await RawPeer.connect(port + offset, 'plain')).closed();
  });

  test('is refused where there is none', async (t) => {
    const { port } = await startTestGateway(t);
    await (await CurvePeer.connect(port, keys.publicKey)).peer.closed();
  });

  test('is refused when any byte of the handshake was changed, or it is for another server', async (t) => {
    const { port } = await startTestGateway(t, { security });
    const flip = (index: number) => (body: Uint8Array) => {
      const changed = new Uint8Array(body);
      changed[index]! ^= 1;
      return changed;
    };
    await (await CurvePeer.connect(port, newKeyPair().publicKey)).peer.closed();
    for (const index of [0, 6, 90, 113, 130, 199])
      await (await CurvePeer.connect(port, keys.publicKey, { hello: flip(index) })).peer.closed();
    for (const index of [0, 9, 104, 112, 120, 200, 290])
      await (await CurvePeer.connect(port, keys.publicKey, { initiate: flip(index) })).peer.closed();
    const shorter = (body: Uint8Array): Uint8Array => body.subarray(0, 40);
    await (await CurvePeer.connect(port, keys.publicKey, { hello: shorter })).peer.closed();
    await (await CurvePeer.connect(port, keys.publicKey, { initiate: shorter })).peer.closed();
  });

  test('ends with a box that does not open, comes again, or is too large', async (t) => {
    const { port } = await startTestGateway(t, { security });
    const part = writePickle(14n);
    const changed = await CurvePeer.connect(port, keys.publicKey);
    const body = changed.boxed(3n, part);
    body[body.length - 1]! ^= 1;
    changed.send(body);
    await changed.peer.closed();
    const again = await CurvePeer.connect(port, keys.publicKey);
    again.send(again.boxed(2n, part));
    await again.peer.closed();
    const large = await CurvePeer.connect(port, keys.publicKey);
    large.send(large.boxed(3n, new Uint8Array(100_000)));
    await large.peer.closed();
    const plain = await CurvePeer.connect(port, keys.publicKey);
    plain.send(part);
    await plain.peer.closed();
  });
});
