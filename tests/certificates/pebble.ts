import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Signer } from '../../packages/certificates/test/support/signing.ts';
import { endProcess } from '../harness/process-end.ts';
import { type Cleanup, temporaryFolder } from '../harness/temporary-folder.ts';

/** A real authority for tests: Debian's pebble, for which every name is 127.0.0.1. */
export interface Pebble {
  /** The address of its directory. */
  readonly directory: string;
  /** The file with the authority that has signed its own certificate, for NODE_EXTRA_CA_CERTS. */
  readonly endpointAuthority: string;
  /** The same, PEM. */
  readonly endpointAuthorityPem: string;
  /** The root of the certificates that it gives, PEM. */
  root(): Promise<string>;
  /** How many orders have been placed. */
  orders(): number;
}

/** A TCP port of this machine that nobody has. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const freeUdpPort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
};

/** Starts a program that ends with the test; answers what it says, and how to wait until it has said something. */
const start = (t: Cleanup, command: string, args: readonly string[], environment: NodeJS.ProcessEnv) => {
  const child: ChildProcess = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...environment },
  });
  t.after(() => endProcess(child, 'SIGKILL'));
  let said = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (part: string) => {
      said += part;
      for (const listener of listeners) listener();
    });
  const saying = (words: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (said.includes(words) && resolve());
      listeners.add(look);
      look();
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`${command} has ended:\n${said}`)));
    });
  return { saying, said: () => said };
};

/** `tlsPort`: where it dials to see whether a name leads to who asks, in place of 443. */
export const startPebble = async (t: Cleanup, tlsPort: number): Promise<Pebble> => {
  const folder = temporaryFolder(t);
  const [dnsPort, listenPort, managementPort, unused] = await Promise.all([
    freeUdpPort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const signer = await Signer.make();
  const { key, certificate } = await signer.signForLoopback();
  const path = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const config = {
    pebble: {
      listenAddress: `127.0.0.1:${listenPort}`,
      managementListenAddress: `127.0.0.1:${managementPort}`,
      certificate: path('certificate.pem', certificate),
      privateKey: path('key.pem', key),
      httpPort: unused,
      tlsPort,
      ocspResponderURL: '',
      externalAccountBindingRequired: false,
    },
  };
  const off = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', ''];
  const management = ['-management', `127.0.0.1:${unused}`];
  const names = start(
    t,
    'pebble-challtestsrv',
    ['-dns01', `127.0.0.1:${dnsPort}`, ...management, ...off],
    {},
  );
  const args = ['-config', path('config.json', JSON.stringify(config)), '-dnsserver', `127.0.0.1:${dnsPort}`];
  const pebble = start(t, 'pebble', args, { PEBBLE_VA_NOSLEEP: '1' });
  await Promise.all([names.saying('Starting management server'), pebble.saying('Listening on')]);
  return {
    directory: `https://127.0.0.1:${listenPort}/dir`,
    endpointAuthority: path('authority.pem', signer.certificate),
    endpointAuthorityPem: signer.certificate,
    root: () => read(`https://127.0.0.1:${managementPort}/roots/0`, signer.certificate),
    orders: () => pebble.said().split('Added order').length - 1,
  };
};

const read = (url: string, ca: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (response) => resolve(text(response))).once('error', reject);
  });
