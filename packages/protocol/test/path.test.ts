import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compareBytes, utf8 } from '../src/bytes.ts';
import { newItemKey } from '../src/ids.ts';
import { LIMITS } from '../src/limits.ts';
import {
  comparePaths,
  decodeSegment,
  encodeSegment,
  isBelow,
  isItemPath,
  isPath,
  itemPath,
  itemsAbove,
} from '../src/path.ts';

const key = '00000000000000aa';
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });

test('[M3] encodes any text as one segment and reads it back', () => {
  fc.assert(
    fc.property(text, (name) => {
      const segment = encodeSegment(name);
      assert.ok(isPath(segment));
      assert.equal(decodeSegment(segment), name);
    }),
  );
  assert.equal(encodeSegment('a b/ä@'), 'a%20b%2F%C3%A4%40');
});

test('[M3] has one way to write a path', () => {
  for (const path of ['a', 'a/b.c-d_e/0', `a/@${key}/b`, `@${'0'.repeat(32)}`, '%C3%A4', '..'])
    assert.ok(isPath(path), path);
  const bad = [
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    'a b',
    'ä',
    '%',
    '%4',
    '%41',
    '%c3%a4',
    '%FF',
    '%C0%80',
    '%ED%A0%80',
    'a\n',
    'a%0',
    '@',
    '@aa',
  ];
  for (const path of [...bad, `@${key}0`, `@${key.toUpperCase()}`, `x@${key}`, null, 1])
    assert.ok(!isPath(path), String(path));
});

test('[M3] bounds the length of a path and the items in it', () => {
  const nested = (depth: number) => Array(depth).fill(`a/@${key}`).join('/');
  assert.ok(isPath(nested(LIMITS.pathItems)) && isPath(`${nested(LIMITS.pathItems)}/b`));
  assert.ok(!isPath(nested(LIMITS.pathItems + 1)));
  assert.ok(isPath('a'.repeat(LIMITS.pathBytes)));
  assert.ok(!isPath('a'.repeat(LIMITS.pathBytes + 1)));
});

test('[M3] sorts paths as bytes', () => {
  const path = fc
    .array(text.map(encodeSegment), { minLength: 1, maxLength: 3 })
    .map((segments) => segments.join('/'));
  fc.assert(
    fc.property(path, path, (a, b) => {
      assert.equal(Math.sign(comparePaths(a, b)), Math.sign(compareBytes(utf8(a), utf8(b))));
    }),
  );
  assert.deepEqual(['b', 'a', 'B', '_', '-'].sort(comparePaths), ['-', 'B', '_', 'a', 'b']);
});

test('[M4] gives the key of an item a segment that no encoded text is', () => {
  const path = itemPath('nodes', newItemKey());
  assert.ok(isPath(path) && isItemPath(path));
  assert.notEqual(encodeSegment(`@${key}`), `@${key}`);
  assert.ok(!isItemPath(encodeSegment(`@${key}`)));
});

test('[M4] names all items that a path lies below or is, outermost first', () => {
  const outer = `a/@${key}`;
  const inner = `${outer}/b/@${key}`;
  assert.deepEqual(itemsAbove(`${inner}/c`), [outer, inner]);
  assert.deepEqual(itemsAbove(inner), [outer, inner]);
  assert.deepEqual(itemsAbove('a/b'), []);
  assert.deepEqual(
    [isItemPath(inner), isItemPath(`${inner}/c`), isItemPath(`@${key}`), isItemPath('a')],
    [true, false, true, false],
  );
  assert.deepEqual(
    [isBelow(inner, outer), isBelow(outer, outer), isBelow(`${outer}0`, outer)],
    [true, false, false],
  );
});
