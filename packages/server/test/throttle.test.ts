import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoginThrottle } from '../src/access/throttle.ts';
import { ManualClock } from './manual-clock.ts';

test('[H3] an address waits twice as long after each wrong login, others do not', () => {
  const clock = new ManualClock();
  const throttle = new LoginThrottle(clock);
  for (let tries = 0; tries < 5; tries++) throttle.failed('192.0.2.1');
  assert.equal(throttle.waitMs('192.0.2.1'), 1000);
  throttle.failed('192.0.2.1');
  assert.equal(throttle.waitMs('192.0.2.1'), 2000);
  assert.equal(throttle.waitMs('192.0.2.2'), 0);
  clock.advance(2000);
  assert.equal(throttle.waitMs('192.0.2.1'), 0);
});

test('[H3] all addresses of one IPv6 subscriber wait together', () => {
  const throttle = new LoginThrottle(new ManualClock());
  for (let tries = 0; tries < 5; tries++) throttle.failed(`2001:db8:1:2::${tries}`);
  assert.equal(throttle.waitMs('2001:db8:1:2:3:4:5:6'), 1000);
  assert.equal(throttle.waitMs('2001:db8:1:3::1'), 0);
});

test('[H3] many wrong logins in one minute slow down those of all addresses', () => {
  const clock = new ManualClock();
  const throttle = new LoginThrottle(clock);
  for (let address = 0; address < 299; address++) throttle.failed(`192.0.${address >> 8}.${address & 255}`);
  assert.equal(throttle.waitMs('198.51.100.1'), 0);
  throttle.failed('203.0.113.1');
  const waitMs = throttle.waitMs('198.51.100.1');
  assert.ok(waitMs > 0 && waitMs <= 60_000);
  clock.advance(waitMs);
  assert.equal(throttle.waitMs('198.51.100.1'), 0);
});
