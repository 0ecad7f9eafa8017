import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { concat, utf8 } from '@sceneport/protocol';

/** Tags of DER (X.690) that a certificate needs. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  generalizedTime: 0x18,
  version: 0xa0,
  extensions: 0xa3,
} as const;

const OID = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  basicConstraints: [0x55, 0x1d, 0x13],
  keyUsage: [0x55, 0x1d, 0x0f],
} as const;

/**
 * A self-signed X.509 v3 certificate (RFC 5280) for a P-256 key, as PEM. Who connects checks the key and nothing else
 * (T2, H5), so it names no host and has no end (GeneralizedTime 99991231235959Z, RFC 5280 §4.1.2.5). It carries
 * basicConstraints and keyUsage because strict verifiers want both.
 */
export function selfSignedCertificate(privateKey: KeyObject, publicKeyDer: Uint8Array): string {
  const algorithm = node(TAG.sequence, oid(OID.ecdsaWithSha256));
  const name = node(
    TAG.sequence,
    node(TAG.set, node(TAG.sequence, oid(OID.commonName), node(TAG.utf8String, utf8('Sceneport server')))),
  );
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const body = node(
    TAG.sequence,
    node(TAG.version, node(TAG.integer, Uint8Array.of(2))),
    node(TAG.integer, serial),
    algorithm,
    name,
    node(TAG.sequence, time('20200101000000Z'), time('99991231235959Z')),
    name,
    publicKeyDer,
    node(
      TAG.extensions,
      node(
        TAG.sequence,
        extension(OID.basicConstraints, node(TAG.sequence, node(TAG.boolean, Uint8Array.of(0xff)))),
        extension(OID.keyUsage, node(TAG.bitString, Uint8Array.of(2, 0x84))),
      ),
    ),
  );
  const signature = sign('sha256', body, privateKey);
  return pem(node(TAG.sequence, body, algorithm, node(TAG.bitString, Uint8Array.of(0), signature)));
}

function extension(id: readonly number[], value: Uint8Array): Uint8Array {
  return node(TAG.sequence, oid(id), node(TAG.boolean, Uint8Array.of(0xff)), node(TAG.octetString, value));
}

function oid(bytes: readonly number[]): Uint8Array {
  return node(TAG.objectIdentifier, Uint8Array.from(bytes));
}

function time(text: string): Uint8Array {
  return node(TAG.generalizedTime, utf8(text));
}

function node(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(parts);
  return concat([Uint8Array.of(tag, ...length(content.length)), content]);
}

function length(size: number): number[] {
  if (size < 0x80) return [size];
  return size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
}

function pem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
