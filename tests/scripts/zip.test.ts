import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { makeZip } from '../../scripts/lib/zip.mjs';

const files = [
  { name: 'sceneport/b.py', bytes: Buffer.from('x = 1\n'.repeat(500)) },
  { name: 'sceneport/a é.txt', bytes: Buffer.alloc(0) },
];

test("makes archives that Python's zipfile reads back", (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-zip-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.zip');
  writeFileSync(path, makeZip(files));
  const program =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print([(i.filename, i.file_size, oct(i.external_attr >> 16)) for i in z.infolist()])';
  const { stdout, stderr } = spawnSync('python3', ['-c', program, path], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(stdout.trim(), "[('sceneport/a é.txt', 0, '0o100644'), ('sceneport/b.py', 3000, '0o100644')]");
});

test('makes the same bytes of the same files in any order', () => {
  assert.deepEqual(makeZip(files), makeZip([...files].reverse()));
});
