import { startServer } from '../src/pipeline.ts';

/**
 * A server to be killed: its data folder is the first argument, the days of its history the second. The first line that
 * it prints says how to join it.
 */
const server = await startServer({
  dataFolder: process.argv[2]!,
  port: 0,
  bind: '127.0.0.1',
  historyDays: Number(process.argv[3] ?? 30),
  limits: { checkpointEvents: 50 },
});
const made = await server.command('invite', { host: '127.0.0.1', role: 'admin' }, { kind: 'local' });
console.log(JSON.stringify({ port: server.port, link: (made as { link: string }).link }));
