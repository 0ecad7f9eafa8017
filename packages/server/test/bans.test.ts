import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bans } from '../src/access/bans.ts';
import { MemoryStorage } from '../src/log/memory-storage.ts';
import { ManualClock } from './manual-clock.ts';
import { SETTINGS } from './storage-acceptance.ts';

const banned = { name: 'Ann', address: '192.0.2.1', invite: 'abcd1234' };
const stranger = { name: 'Bob', address: '192.0.2.2', invite: 'ffff0000' };

test('[A4] a ban keeps out by name, by address and by invite, each alone', async () => {
  const bans = new Bans(new MemoryStorage(SETTINGS), new ManualClock(), []);
  await bans.add(banned);
  assert.ok(!bans.holds(stranger));
  for (const part of ['name', 'address', 'invite'] as const) {
    assert.ok(bans.holds({ ...stranger, [part]: banned[part] }), part);
  }
});

test('[A4] a ban without an invite keeps out nobody else who has none: a shared password is never banned', async () => {
  const bans = new Bans(new MemoryStorage(SETTINGS), new ManualClock(), []);
  await bans.add({ ...banned, invite: null });
  assert.ok(!bans.holds({ ...stranger, invite: null }));
});
