import { concat, utf8 } from './bytes.ts';

/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677) with the server's code as channel binding (H3): the password never leaves the
 * client, and what a man in the middle sees is worth nothing, since his code is another. Messages are JSON fields here
 * and not the RFC's text; the proofs are made over {@link authMessage}.
 */
export interface ScramVerifier {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** Iterations of PBKDF2 for new verifiers. */
export const SCRAM_ITERATIONS = 20_000;

/** What both sides have said before the proof. */
export interface ScramExchange {
  readonly user: string;
  readonly clientNonce: Uint8Array;
  readonly serverNonce: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** The server's code, as each side knows it for itself. */
  readonly code: string;
}

/** What a server keeps of a password. */
export async function makeVerifier(
  password: string,
  salt: Uint8Array,
  iterations: number = SCRAM_ITERATIONS,
): Promise<ScramVerifier> {
  const salted = await saltedPassword(password, salt, iterations);
  const storedKey = await sha256Async(await hmac(salted, utf8('Client Key')));
  return { salt, iterations, storedKey, serverKey: await hmac(salted, utf8('Server Key')) };
}

/** The client's proof, and the server's signature that it then expects. */
export async function clientProof(
  password: string,
  exchange: ScramExchange,
): Promise<{ proof: Uint8Array; serverSignature: Uint8Array }> {
  const salted = await saltedPassword(password, exchange.salt, exchange.iterations);
  const clientKey = await hmac(salted, utf8('Client Key'));
  const signature = await hmac(await sha256Async(clientKey), authMessage(exchange));
  const serverKey = await hmac(salted, utf8('Server Key'));
  return {
    proof: exclusiveOr(clientKey, signature),
    serverSignature: await hmac(serverKey, authMessage(exchange)),
  };
}

/** The server's signature when the proof is right, else null. */
export async function checkProof(
  verifier: ScramVerifier,
  exchange: ScramExchange,
  proof: Uint8Array,
): Promise<Uint8Array | null> {
  if (proof.length !== 32) return null;
  const signature = await hmac(verifier.storedKey, authMessage(exchange));
  const stored = await sha256Async(exclusiveOr(proof, signature));
  if (!sameSecret(stored, verifier.storedKey)) return null;
  return hmac(verifier.serverKey, authMessage(exchange));
}

function authMessage(exchange: ScramExchange): Uint8Array {
  const { user, clientNonce, serverNonce, salt, iterations, code } = exchange;
  const head = JSON.stringify([user, iterations, code, clientNonce.length, serverNonce.length]);
  return concat([utf8(`${head}\n`), clientNonce, serverNonce, salt]);
}

async function saltedPassword(password: string, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
  const normal = utf8(password.normalize('NFKC'));
  const key = await crypto.subtle.importKey('raw', source(normal), 'PBKDF2', false, ['deriveBits']);
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: source(salt), iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}

async function hmac(key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', source(key), algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, source(message)));
}

async function sha256Async(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', source(bytes)));
}

/** WebCrypto's types want bytes that are not shared between threads; ours never are. */
function source(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

/** Compares 32 bytes in the same time, wherever they differ. */
function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
  return exclusiveOr(a, b).reduce((differences, byte) => differences | byte, 0) === 0;
}

function exclusiveOr(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, index) => byte ^ b[index]!);
}
