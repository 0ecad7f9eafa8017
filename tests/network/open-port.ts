// Run at a place of the lab: `open-port.ts PORT DATA-FOLDER [PROTOCOL …]` asks the router to open a port, and prints each state
// as a line of JSON. It takes the port back, and ends, when its standard input does.
import { once } from 'node:events';
import { PortMapping, type RouterProtocol } from '@sceneport/reach';

const [port, dataFolder = '', ...protocols] = process.argv.slice(2);
const mapping = new PortMapping({
  port: Number(port),
  bind: '::',
  externalPort: null,
  dataFolder,
  ...(protocols.length === 0 ? {} : { protocols: protocols as RouterProtocol[] }),
  changed: (status) => process.stdout.write(`${JSON.stringify(status)}\n`),
  clock: {
    after(delayMs, action) {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
  },
});
await once(process.stdin.resume(), 'end');
await mapping.close();
