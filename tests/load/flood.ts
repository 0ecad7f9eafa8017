// `flood.ts PORT RELAY-CODE CODE` does to the relay on this machine, from the address 127.0.0.3 (and from 127.0.0.4 with a
// server of its own) and as often as it can, whatever a stranger could who knows the code of a server. Ends when its standard input does, and prints what it did.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { legLine, serverNameOfCode } from '@sceneport/protocol';
import { clientHello } from '../../packages/relay/test/support/client-hello.ts';
import { ControlClient, TestKey } from '../../packages/relay/test/support/control-client.ts';

const ADDRESS = '127.0.0.3';
/** That of a server which is in the game. */
const ACCOMPLICE_ADDRESS = '127.0.0.4';
/** Connections of each kind at once: all together a relay still lets them in, until they come too often. */
const OF_EACH = 32;
const DRIP_MS = 1000;

const [portText, relayCode = '', victim = ''] = process.argv.slice(2);
const port = Number(portText);
const done = { connections: 0, bytes: 0 };
const rubbish = randomBytes(64 * 1024);

const dial = (localAddress = ADDRESS): Socket => {
  done.connections += 1;
  return connect({ host: '127.0.0.1', port, localAddress });
};

/** Sends without end, as fast as it is taken. */
const pour = (socket: Socket): Socket => {
  const send = (): void => {
    while (!socket.destroyed && socket.write(rubbish)) done.bytes += rubbish.length;
  };
  socket.on('drain', send).once('connect', send);
  return socket;
};

/** Sends a byte now and then. */
const drip = (socket: Socket, bytes: Buffer): Socket => {
  let sent = 0;
  const timer = setInterval(() => socket.write(bytes.subarray(sent, ++sent)), DRIP_MS);
  return socket.once('close', () => clearInterval(timer));
};

const joinerOf = (code: string): Socket => {
  const socket = dial();
  socket.write(clientHello(serverNameOfCode(code)));
  return socket;
};

const tls = (below: Socket, servername: string): Socket => {
  below.on('error', () => below.destroy());
  return connectTls({ socket: below, servername, ALPNProtocols: ['sceneport/1'], rejectUnauthorized: false });
};

const accomplice = new TestKey();

const attacks: readonly (() => Socket)[] = [
  // Says nothing.
  () => dial(),
  // Says what no relay knows.
  () => dial().end(rubbish),
  // Takes for ever to say where it wants to.
  () => drip(dial(), clientHello(serverNameOfCode(victim))),
  // Takes for ever to ask for a page.
  () => drip(tls(dial(), 'relay.invalid'), Buffer.from('GET / HTTP/1.1\r\n'.repeat(100))),
  // Takes the places of joiners and says nothing.
  () => joinerOf(victim),
  // Sends to the server what it can.
  () => pour(tls(dial(), serverNameOfCode(victim))),
  // Sends through the relay what it can, to a server of its own.
  () => pour(joinerOf(accomplice.code)),
];

const keepUp = (attack: () => Socket): void => {
  const socket = attack();
  socket.on('error', () => socket.destroy());
  socket.once('close', () => setImmediate(keepUp, attack));
};

/** Opens the legs that a server is asked for; of two it reads one. */
async function openLegs(control: ControlClient): Promise<void> {
  for (let count = 0; ; count += 1) {
    const message = await control.next();
    if (message?.kind !== 'open') return;
    const leg = dial(ACCOMPLICE_ADDRESS);
    leg.on('error', () => leg.destroy()).write(legLine(message.leg));
    if (count % 2 === 0) leg.resume();
  }
}

const relay = { port, code: relayCode };
const control = await ControlClient.open(relay, ACCOMPLICE_ADDRESS);
await control.register(relay, accomplice);
void openLegs(control);
for (const attack of attacks) for (let index = 0; index < OF_EACH; index += 1) keepUp(attack);
await once(process.stdin.resume(), 'end');
process.stdout.write(`${JSON.stringify(done)}\n`, () => process.exit(0));
