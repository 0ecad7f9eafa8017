import type { TestContext } from 'node:test';
import { type Listening, Program, temporaryFolder } from '../../packages/cli/test/program.ts';
import type { Pebble } from './pebble.ts';

/** A running `sceneport serve`. */
export interface Served {
  readonly program: Program;
  readonly code: string;
  readonly invite: string;
}

/** Starts a server that asks `pebble` for certificates; names that end in .test are 127.0.0.1 to it. It ends with the test. */
export const serve = async (
  t: TestContext,
  pebble: Pebble,
  port: number,
  args: readonly string[],
  data = temporaryFolder(t),
): Promise<Served> => {
  const place = ['--bind', '127.0.0.1', '--port', String(port), '--data', data];
  const authority = ['--certificate-authority', pebble.directory];
  const names = `--import ${new URL('test-names.ts', import.meta.url)}`;
  const environment = { NODE_EXTRA_CA_CERTS: pebble.endpointAuthority, NODE_OPTIONS: names };
  const program = Program.start(t, ['serve', '--json', ...place, ...authority, ...args], environment);
  await program.waitFor(/\{"event":"listening".*\n/);
  const { code, invite } = JSON.parse(program.stdout.split('\n')[0]!) as Listening;
  return { program, code, invite };
};
