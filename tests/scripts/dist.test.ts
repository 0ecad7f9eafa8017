import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { addOnFiles, onlyFor } from '../../scripts/lib/add-on-files.mjs';
import { platforms, thisPlatform } from '../../scripts/lib/bundled-node.mjs';
import { providePinned, sha256 } from '../../scripts/lib/pinned-file.mjs';
import { makeZip } from '../../scripts/lib/zip.mjs';
import { readZipEntry } from '../../scripts/lib/zip-entry.mjs';
import { packAddOnWithNode } from '../harness/packed-add-on.ts';
import { temporaryFolder } from '../harness/temporary-folder.ts';

const genuine = Buffer.from('a wheel');

/** A server of files; answers its address, and how often it was asked. */
const serveFile = async (t: TestContext, bytes: Buffer): Promise<{ url: string; asked: () => number }> => {
  let count = 0;
  const server = createServer((_request, response) => {
    count++;
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.whl`, asked: () => count };
};

test('a pinned file is fetched once, and again where what was kept is damaged', async (t) => {
  const folder = temporaryFolder(t);
  const { url, asked } = await serveFile(t, genuine);
  const pinned = { url, sha256: sha256(genuine) };
  assert.deepEqual(await providePinned(pinned, folder), genuine);
  assert.deepEqual(await providePinned(pinned, folder), genuine);
  assert.equal(asked(), 1);
  writeFileSync(join(folder, 'file.whl'), 'damaged');
  assert.deepEqual(await providePinned(pinned, folder), genuine);
  assert.equal(asked(), 2);
});

test('a pinned file that has become another is refused', async (t) => {
  const { url } = await serveFile(t, Buffer.from('another wheel'));
  await assert.rejects(providePinned({ url, sha256: sha256(genuine) }, temporaryFolder(t)), /is pinned/);
});

test('an entry goes from one zip into another as it is', () => {
  const bytes = Buffer.from('x = 1\n'.repeat(500));
  const first = makeZip([
    { name: 'a.txt', bytes: Buffer.from('other') },
    { name: 'wheel/é/node', bytes },
  ]);
  const packed = readZipEntry(first, 'wheel/é/node');
  assert.deepEqual(inflateRawSync(packed.compressed), bytes);
  const second = makeZip([{ name: 'node', packed }]);
  assert.deepEqual(second, makeZip([{ name: 'node', bytes }]));
  assert.throws(() => readZipEntry(first, 'node'), /there is no node/);
  assert.throws(() => readZipEntry(bytes, 'node'), /no zip/);
});

test('the manifest of the zip of a platform names it, and nothing else differs', () => {
  const files = addOnFiles(Buffer.from(''));
  const changed = onlyFor('windows-x64', files).filter((file, index) => file !== files[index]);
  assert.deepEqual(
    changed.map(({ name }) => name),
    ['sceneport/blender_manifest.toml'],
  );
  const text = changed[0]?.bytes.toString('utf8') ?? '';
  assert.match(text, /\nlicense = .*\nplatforms = \["windows-x64"\]\n\n\[permissions\]\n/);
});

const unpackAndRun = `import os, subprocess, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    for info in archive.infolist():
        assert bool(info.external_attr >> 16 & 0o100) == (info.filename == "sceneport/program/node"), info
    path = archive.extract("sceneport/program/node", sys.argv[2])
    assert "Node.js contributors" in archive.read("sceneport/program/LICENSE-node").decode()
os.chmod(path, 0o755)
print(subprocess.check_output([path, "--version"], text=True))`;

test('the zip of this platform has a whole Node of the pinned version, and checksums', (t) => {
  if (!platforms.includes(thisPlatform) || process.platform === 'win32') {
    t.skip('there is no Node for this platform, or Python has another name on it');
    return;
  }
  const zip = packAddOnWithNode(t);
  const { stdout, stderr } = spawnSync('python3', ['-c', unpackAndRun, zip, temporaryFolder(t)], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  const pins = readFileSync(new URL('../../packaging/node/wheels.json', import.meta.url), 'utf8');
  assert.equal(stdout.trim(), `v${(JSON.parse(pins) as { version: string }).version}`);
  const sums = readFileSync(join(dirname(zip), 'SHA256SUMS'), 'utf8');
  assert.ok(sums.includes(`${sha256(readFileSync(zip))}  ${basename(zip)}\n`), sums);
});
