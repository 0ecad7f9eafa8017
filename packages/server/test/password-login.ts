import { clientProof, fromBase64, type Header, randomBytes, toBase64 } from '@sceneport/protocol';
import { HELLO, RawClient } from './raw-client.ts';

/** What a login by password ended with, and what the client expected of the server. */
export interface PasswordLogin {
  readonly client: RawClient;
  readonly answer: Header<'welcome'> | null;
  /** The refusal, null when let in. */
  readonly refused: Header<'refused'> | null;
  /** The server's signature as it must be when it knows the password. */
  readonly expectedSignature: string;
}

/** Logs in with a password, with `code` as the code of the server that the client thinks it talks to (H3). */
export async function loginByPassword(
  port: number,
  code: string,
  password: string,
  hello: Partial<Header<'hello'>> = {},
  account: 'session' | 'admin' = 'session',
  servername?: string,
): Promise<PasswordLogin> {
  const client = await RawClient.open(port, servername);
  const clientNonce = randomBytes(18);
  const said = { ...HELLO, ...hello };
  client.send('hello', {
    ...said,
    login: { kind: 'password', account, clientNonce: toBase64(clientNonce) },
  });
  const first = await client.first(['challenge', 'refused']);
  if (first.name === 'refused') return { client, answer: null, refused: first.header, expectedSignature: '' };
  const { salt, iterations, serverNonce } = first.header;
  const { proof, serverSignature } = await clientProof(password, {
    user: said.user,
    clientNonce,
    serverNonce: fromBase64(serverNonce)!,
    salt: fromBase64(salt)!,
    iterations,
    code,
  });
  client.send('proof', { proof: toBase64(proof) });
  const second = await client.first(['welcome', 'refused']);
  return {
    client,
    answer: second.name === 'welcome' ? second.header : null,
    refused: second.name === 'refused' ? second.header : null,
    expectedSignature: toBase64(serverSignature),
  };
}
