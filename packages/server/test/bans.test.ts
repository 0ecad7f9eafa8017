import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Bans } from '../src/access/bans.ts';
import { DirectStorage } from './direct-storage.ts';
import { ManualClock } from './manual-clock.ts';
import { SETTINGS } from './storage-acceptance.ts';

const banned = { name: 'Ann', address: '192.0.2.1', invite: 'abcd1234' };
const stranger = { name: 'Bob', address: '192.0.2.2', invite: 'ffff0000' };

function noBans(t: TestContext): Bans {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-bans-'));
  const direct = new DirectStorage({ path: join(folder, 'one.db'), maxBytes: 2 ** 30, create: SETTINGS });
  t.after(() => {
    direct.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return new Bans(direct.storage, new ManualClock(), []);
}

test('[A4] a ban keeps out by name, by address and by invite, each alone', async (t) => {
  const bans = noBans(t);
  await bans.add(banned);
  assert.ok(!bans.holds(stranger));
  for (const part of ['name', 'address', 'invite'] as const) {
    assert.ok(bans.holds({ ...stranger, [part]: banned[part] }), part);
  }
});

test('[A4] a ban without an invite keeps out nobody else who has none: a shared password is never banned', async (t) => {
  const bans = noBans(t);
  await bans.add({ ...banned, invite: null });
  assert.ok(!bans.holds({ ...stranger, invite: null }));
});
