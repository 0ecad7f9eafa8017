import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { beginEpoch, type Epoch, isBeginning } from '../src/session/epochs.ts';
import { startTestServer, type TestServer } from '../src/testing.ts';
import { create, RawClient } from './raw-client.ts';

const id = (digit: string): string => digit.repeat(32);

function fileOf({ dataFolder }: TestServer): string {
  const [name] = readdirSync(join(dataFolder, 'sessions')).filter((one) => one.endsWith('.db'));
  return join(dataFolder, 'sessions', name!);
}

function copyOf(t: TestContext, file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-copy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(file, join(folder, 'copy.db'));
  return join(folder, 'copy.db');
}

test('[H6] takes for a beginning what no later epoch has replaced', () => {
  let epochs: readonly Epoch[] = [];
  epochs = beginEpoch(epochs, id('a'), 0);
  epochs = beginEpoch(epochs, id('b'), 10);
  assert.ok(isBeginning(epochs, { epoch: id('a'), seq: 10 }, 15));
  assert.ok(!isBeginning(epochs, { epoch: id('a'), seq: 11 }, 15));
  assert.ok(isBeginning(epochs, { epoch: id('b'), seq: 15 }, 15));
  assert.ok(!isBeginning(epochs, { epoch: id('b'), seq: 16 }, 15));
  assert.ok(!isBeginning(epochs, { epoch: id('c'), seq: 1 }, 15));
  epochs = beginEpoch(epochs, id('d'), 5);
  assert.ok(!isBeginning(epochs, { epoch: id('a'), seq: 6 }, 15));
  assert.ok(isBeginning(epochs, { epoch: id('b'), seq: 5 }, 15));
});

test('[H6] goes on with every client after an ordinary restart', async (t) => {
  const harness = await startTestServer(t);
  const ann = await RawClient.join(harness.port, await harness.token());
  await ann.sync();
  await ann.settle([create()]);
  const { epoch, resumeSecret: secret } = ann.welcome;
  await harness.restart();
  const login = { kind: 'resume', secret } as const;
  const again = await RawClient.join(harness.port, login, { replica: { epoch, seq: 1 } });
  assert.equal(again.welcome.resumed, true);
  assert.notEqual(again.welcome.epoch, epoch);
});

test('[H6] notices a file that was overwritten in place by an earlier one, also when it has grown since', async (t) => {
  const harness = await startTestServer(t);
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  await ann.sync();
  await ann.settle([create('One')]);
  await harness.server.close();
  const file = fileOf(harness);
  const copy = copyOf(t, file);
  await harness.restart();
  const bob = await RawClient.join(harness.port, token, { user: 'Bob' });
  await bob.sync();
  await bob.settle([create('Two')]);
  await bob.settle([create('Three')]);
  await harness.server.close();
  copyFileSync(copy, file);
  await harness.restart();
  const eve = await RawClient.join(harness.port, token, { user: 'Eve' });
  await eve.sync();
  for (const name of ['Four', 'Five', 'Six']) await eve.settle([create(name)]);
  const holds = async (epoch: string, seq: number): Promise<boolean> => {
    const client = await RawClient.join(harness.port, token, { replica: { epoch, seq } });
    return client.welcome.resumed;
  };
  assert.equal(await holds(bob.welcome.epoch, 3), false);
  assert.equal(await holds(ann.welcome.epoch, 1), true);
  assert.equal(await holds(eve.welcome.epoch, 4), true);
});
