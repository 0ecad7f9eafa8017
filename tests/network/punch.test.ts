import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { JsonLines } from '../harness/json-lines.ts';
import { keepErrorOutput } from '../harness/process-end.ts';
import { node, program } from '../harness/program.ts';
import { TestRelay } from '../harness/relay.ts';
import { temporaryFolder } from '../harness/temporary-folder.ts';
import { NetworkLab } from './lab.ts';
import { labProblem } from './lab-problem.ts';

const problem = labProblem();
const options = problem === null ? {} : { skip: problem };
const script = fileURLToPath(new URL('./joiner.ts', import.meta.url));

/** A server behind router A that has registered at the relay, and a joiner behind router B that came through the relay. */
async function joinThroughRelay(t: TestContext, lab: NetworkLab) {
  const relay = new TestRelay(t, lab.enter('relay'), '0.0.0.0');
  await relay.start();
  const place = `${lab.addresses.relay}:${relay.port}`;
  const serve = ['serve', '--json', '--port', '0', '--data', temporaryFolder(t), '--relay', place];
  const server = lab.start('host', node, [program, ...serve]);
  const said = new JsonLines(server.stdout!, keepErrorOutput(server));
  const { invite } = await said.next<{ invite: string }>();
  while (!JSON.stringify(await said.next()).includes('through this relay'));
  const child = lab.start('joiner', node, [script, invite]);
  const lines = new JsonLines(child.stdout!, keepErrorOutput(child));
  const until = async (event: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const line = await lines.next<Record<string, unknown>>();
      if (line.event === event) return line;
    }
  };
  await until('online');
  const make = async (name: string): Promise<Record<string, unknown>> => {
    child.stdin!.write(`${name}\n`);
    return until('made');
  };
  assert.deepEqual(await make('through the relay'), { event: 'made', seq: 1, number: 1 });
  return { relay, until, make };
}

test(
  '[W12] two sides behind routers find a straight way, and go on when the relay is gone',
  options,
  async (t) => {
    const lab = NetworkLab.create(t);
    const { relay, until, make } = await joinThroughRelay(t, lab);
    assert.deepEqual(await until('search'), { event: 'search', found: true });
    await until('online');
    await relay.kill();
    assert.deepEqual(await make('on the straight way'), { event: 'made', seq: 2, number: 1 });
  },
);

test(
  '[W12] where routers give every connection another port the relay goes on to serve',
  options,
  async (t) => {
    const lab = NetworkLab.create(t, { isSymmetric: true });
    const { until, make } = await joinThroughRelay(t, lab);
    assert.deepEqual(await until('search'), { event: 'search', found: false });
    assert.deepEqual(await make('through the relay still'), { event: 'made', seq: 2, number: 1 });
  },
);
