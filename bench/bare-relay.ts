/** The floor of a relay: `bare-relay.ts HOST PORT` answers with its port, and pipes who comes there and that place together. */
import { connect, createServer } from 'node:net';

const [host = '', port] = process.argv.slice(2);
const options = { allowHalfOpen: true, noDelay: true };

const server = createServer(options, (joiner) => {
  const onward = connect({ host, port: Number(port), ...options });
  for (const [from, to] of [
    [joiner, onward],
    [onward, joiner],
  ] as const) {
    from.on('error', () => to.destroy());
    from.pipe(to);
  }
});
server.listen(0, () => console.log(JSON.stringify({ port: (server.address() as { port: number }).port })));
process.stdin.resume().on('end', () => process.exit(0));
