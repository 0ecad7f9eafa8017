/** The floor of a join: bytes over one plain TCP connection. `send BYTES` answers with its port; `receive HOST PORT` times it. */
import { connect, createServer } from 'node:net';

const [mode, ...rest] = process.argv.slice(2);

if (mode === 'send') {
  const bytes = Buffer.alloc(Number(rest[0]), 7);
  const server = createServer((socket) => void socket.on('error', () => {}).end(bytes));
  server.listen(0, () => console.log(JSON.stringify({ port: (server.address() as { port: number }).port })));
} else {
  const started = performance.now();
  connect(Number(rest[1]), rest[0])
    .resume()
    .on('end', () => console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 })));
}
process.stdin.resume().on('end', () => process.exit(0));
