import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { node } from '../harness/program.ts';
import { runCommand } from './commands.ts';
import { NetworkLab, type Place } from './lab.ts';
import { labProblem } from './lab-problem.ts';

const problem = labProblem(['ping']);
const options = problem === null ? {} : { skip: problem };
const echo = fileURLToPath(new URL('./echo.ts', import.meta.url));

async function listen(lab: NetworkLab, place: Place): Promise<void> {
  const child = lab.start(place, node, [echo, 'listen', '7000']);
  await once(child.stdout!, 'data');
}

function dial(lab: NetworkLab, from: Place, address: string, localPort?: number): string {
  const local = localPort === undefined ? [] : [String(localPort)];
  return lab.run(from, node, [echo, 'dial', address, '7000', ...local]).trim();
}

test(
  'in the lab both homes reach the public machine, and the host is not reached from outside',
  options,
  async (t) => {
    const lab = NetworkLab.create(t);
    const { relay, outsideA, outsideB } = lab.addresses;
    await Promise.all([listen(lab, 'relay'), listen(lab, 'host')]);
    assert.equal(dial(lab, 'host', relay, 6001), `${outsideA} 6001`);
    assert.equal(dial(lab, 'joiner', relay, 6001), `${outsideB} 6001`);
    assert.match(dial(lab, 'joiner', outsideA), /^failed/);
  },
);

test('in the lab a symmetric router gives every connection another port', options, async (t) => {
  const lab = NetworkLab.create(t, { isSymmetric: true });
  await listen(lab, 'relay');
  const seen = dial(lab, 'host', lab.addresses.relay, 6001);
  assert.match(seen, /^11\.0\.1\.2 \d+$/);
  assert.notEqual(seen, '11.0.1.2 6001');
});

test('in the lab wires are cut and healed, and addresses are blocked and let through again', options, (t) => {
  const lab = NetworkLab.create(t, { isShared: true });
  const { relay, outsideA } = lab.addresses;
  assert.equal(outsideA, '100.64.1.2');
  const ping = (): string => lab.run('host', 'ping', ['-c', '1', '-W', '1', relay]);
  ping();
  lab.cut('relay');
  assert.throws(ping);
  lab.heal('relay');
  ping();
  lab.block('internet', outsideA);
  assert.throws(ping);
  lab.unblock('internet');
  ping();
});

test('the lab leaves nothing behind, even when what uses it throws', options, async () => {
  const namespaces = (): string => runCommand('ip', ['netns', 'list']);
  const actions: (() => void | Promise<void>)[] = [];
  const scope = { after: (action: () => void | Promise<void>): void => void actions.push(action) };
  const lab = NetworkLab.create(scope);
  const child = lab.start('host', 'sleep', ['600']);
  const mine = new RegExp(`sceneport-${process.pid}-`);
  assert.match(namespaces(), mine);
  for (const action of actions) await action();
  assert.doesNotMatch(namespaces(), mine);
  assert.equal(child.signalCode, 'SIGKILL');
});
