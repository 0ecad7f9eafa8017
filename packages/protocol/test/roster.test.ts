import assert from 'node:assert/strict';
import test from 'node:test';
import { utf8 } from '../src/bytes.ts';
import { decodeRoster, encodeRoster, type RosterUser } from '../src/roster.ts';

const ann: RosterUser = {
  number: 1,
  name: 'Ann (2)',
  colour: [0, 0.5, 1],
  role: 'admin',
  rttMs: null,
  way: 'tls',
  joinedMs: 1,
  connected: true,
};

test('[U1] gives back the users of a roster with everything that is said about them', () => {
  const users = [ann, { ...ann, number: 2, rttMs: 12.5, role: 'viewer' as const }];
  assert.deepEqual(decodeRoster(encodeRoster(users)), users);
  assert.deepEqual(decodeRoster(encodeRoster([])), []);
});

test('[F2] refuses a roster that is not sound', () => {
  for (const part of [
    { number: 0 },
    { role: 'owner' },
    { colour: [0, 0] },
    { colour: [0, 0, 2] },
    { rttMs: -1 },
    { more: 1 },
  ]) {
    assert.equal(decodeRoster(utf8(JSON.stringify([{ ...ann, ...part }]))), null, JSON.stringify(part));
  }
  assert.equal(decodeRoster(utf8('{}')), null);
  assert.equal(decodeRoster(utf8('[{"number":1,"number":2}]')), null);
});
