import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram } from './program.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function linkMessage(header: object): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(json.length, 0);
  return Buffer.concat([sizes, json]);
}

test('[L2] [L4] runs the companion on its standard input and output, and ends with them', async () => {
  const child = spawn(process.execPath, [MAIN, 'connect', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(linkMessage({ type: 'hello', version: 1, blender: '3.4.1', addon: '0.1.0' }));
  const [answer] = (await once(child.stdout, 'data')) as [Buffer];
  const hello = JSON.parse(answer.subarray(8, 8 + answer.readUInt32LE(0)).toString());
  assert.deepEqual([hello.type, hello.version], ['hello', 1]);
  child.stdin.end();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('says how connect is called', async (t) => {
  const { code, output } = await runProgram(t, ['connect']);
  assert.equal(code, 2);
  assert.match(output, /sceneport connect --stdio/);
});
