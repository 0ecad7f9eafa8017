// Run at a place of the lab: `echo.ts listen PORT` answers every connection with the address that it comes from;
// `echo.ts dial HOST PORT [LOCAL PORT]` prints that answer, or `failed CODE`.
import { connect, createServer } from 'node:net';

const [role, ...args] = process.argv.slice(2);

if (role === 'listen') {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${socket.remoteAddress} ${socket.remotePort}\n`);
  });
  server.listen(Number(args[0]), '0.0.0.0', () => process.stdout.write('listening\n'));
} else {
  const [host = '', port, localPort] = args;
  const local = localPort === undefined ? {} : { localPort: Number(localPort) };
  const socket = connect({ host, port: Number(port), timeout: 1500, ...local });
  socket.on('data', (data) => process.stdout.write(data));
  socket.on('timeout', () => socket.destroy(new Error('timeout')));
  socket.on('error', (error) => {
    process.stdout.write(`failed ${(error as NodeJS.ErrnoException).code ?? error.message}\n`);
  });
}
