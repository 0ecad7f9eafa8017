import {
  clientProof,
  fromBase64,
  type Header,
  isRefusal,
  type MessageOf,
  PROTOCOL_VERSION,
  type Refusal,
  randomBytes,
  refusal,
  sameBytes,
  toBase64,
} from '@sceneport/protocol';
import type { Connection } from './connection.ts';
import { refusalOf } from './connection.ts';

/** Iterations that a client is willing to compute for a server it does not know to be honest. */
const MOST_ITERATIONS = 1_000_000;

type Login = Header<'hello'>['login'];
/** The parts of `hello` that do not depend on how the user proves who they are. */
export type Introduction = Omit<Header<'hello'>, 'versions' | 'login' | 'capabilities'>;

/** A way to prove one's right to enter (H3, H6, H8). */
export type Credential =
  | Exclude<Login, { kind: 'password' }>
  | {
      readonly kind: 'password';
      readonly account: 'session' | 'admin';
      readonly password: string;
      /** The code of the server as this side knows it: the channel binding. */
      readonly code: string;
    };

/**
 * Says hello, proves the password when asked, and gives the server's answer (H1, H3). Who need not prove a password asks
 * for the state in the same breath, which saves a round trip; the others ask once they are in.
 */
export async function shakeHands(
  connection: Connection,
  introduction: Introduction,
  credential: Credential,
  sync: Header<'sync'>,
): Promise<Header<'welcome'> | Refusal> {
  const clientNonce = randomBytes(18);
  const hello = {
    ...introduction,
    versions: [PROTOCOL_VERSION, PROTOCOL_VERSION] as [number, number],
    capabilities: [],
  };
  connection.send('hello', { ...hello, login: loginOf(credential, clientNonce) });
  if (credential.kind !== 'password') connection.send('sync', sync);
  const answer = await welcomeOrChallenge(connection);
  if (isRefusal(answer) || answer.name === 'welcome') {
    // Who asked for a password's proof is not let in by a server that skips it.
    if (!isRefusal(answer) && credential.kind === 'password') return refusal('wrong-login');
    return isRefusal(answer) ? answer : answer.header;
  }
  if (credential.kind !== 'password') return refusal('bad-frame', 'The server asked for a password.');
  const serverSignature = await prove(connection, introduction.user, credential, clientNonce, answer.header);
  if (isRefusal(serverSignature)) return serverSignature;
  const end = await welcomeOrChallenge(connection);
  if (isRefusal(end)) return end;
  if (end.name !== 'welcome') return refusal('bad-frame', 'The server asked twice for a password.');
  const signature = fromBase64(end.header.serverSignature ?? '');
  const isHonest = signature !== null && sameBytes(signature, serverSignature);
  if (!isHonest) return refusal('wrong-server', 'The server does not know the password itself.');
  connection.send('sync', sync);
  return end.header;
}

async function prove(
  connection: Connection,
  user: string,
  { password, code }: Extract<Credential, { kind: 'password' }>,
  clientNonce: Uint8Array,
  challenge: Header<'challenge'>,
): Promise<Uint8Array | Refusal> {
  const salt = fromBase64(challenge.salt);
  const serverNonce = fromBase64(challenge.serverNonce);
  const { iterations } = challenge;
  if (salt === null || serverNonce === null || iterations < 1 || iterations > MOST_ITERATIONS) {
    return refusal('bad-frame', 'The challenge of the server is not sound.');
  }
  const exchange = { user, clientNonce, serverNonce, salt, iterations, code };
  const { proof, serverSignature } = await clientProof(password, exchange);
  connection.send('proof', { proof: toBase64(proof) });
  return serverSignature;
}

function loginOf(credential: Credential, clientNonce: Uint8Array): Login {
  if (credential.kind !== 'password') return credential;
  return { kind: 'password', account: credential.account, clientNonce: toBase64(clientNonce) };
}

async function welcomeOrChallenge(
  connection: Connection,
): Promise<MessageOf<'welcome' | 'challenge'> | Refusal> {
  const message = await connection.next();
  if (message === null) {
    const end = await connection.ended;
    return end.kind === 'told' ? end.reason : refusal('unreachable', 'The server hung up.');
  }
  switch (message.name) {
    case 'refused': {
      const { retryAfterMs, details } = message.header;
      const more = retryAfterMs === undefined ? details : { retryAfterMs };
      return refusalOf(message.header, more);
    }
    case 'welcome':
    case 'challenge':
      return message;
    default:
      return refusal('bad-frame', `The server began with ${message.name}.`);
  }
}
