import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { ProgramLogger } from '../src/log/logger.ts';
import { RotatingFile } from '../src/log/rotating-file.ts';

function recorder(): { lines: string[]; write(line: string): void } {
  const lines: string[] = [];
  return { lines, write: (line) => void lines.push(line) };
}

const now = () => Date.UTC(2031, 0, 2, 3, 4, 5);

test('writes one line for people, with names made harmless', () => {
  const output = recorder();
  const log = new ProgramLogger({ level: 'info', format: 'human', outputs: [output], now });
  log.warn('user joined', { user: 'Ann\n\u001b[2J x', number: 3 });
  assert.deepEqual(output.lines, [
    '2031-01-02 03:04:05 warn  user joined user="Ann\\n\\u001b[2J x" number=3',
  ]);
});

test('writes JSON lines that hold the fields', () => {
  const output = recorder();
  const log = new ProgramLogger({ level: 'info', format: 'json', outputs: [output], now });
  log.info('listening', { port: 5555 });
  assert.deepEqual(JSON.parse(output.lines[0]!), {
    time: '2031-01-02T03:04:05.000Z',
    level: 'info',
    event: 'listening',
    port: 5555,
  });
});

test('leaves out what is less important than its level', () => {
  const output = recorder();
  const log = new ProgramLogger({ level: 'warn', format: 'human', outputs: [output], now });
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  assert.equal(output.lines.length, 2);
});

test('goes on with the other outputs when one cannot be written, and says so once', () => {
  const output = recorder();
  const full = {
    write() {
      throw new Error('no space left');
    },
  };
  const log = new ProgramLogger({ level: 'info', format: 'human', outputs: [full, output], now });
  log.info('first');
  log.info('second');
  assert.equal(output.lines.filter((line) => line.includes('no space left')).length, 1);
  assert.equal(output.lines.length, 3);
});

test('rotates by size and keeps the newest files only', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = new RotatingFile(join(folder, 'log'), { sizeBytes: 20, count: 3 });
  for (const letter of 'abcdefgh') file.write(letter.repeat(9));
  file.close();
  assert.deepEqual(readdirSync(folder).sort(), ['log', 'log.1', 'log.2']);
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  assert.equal(text('log'), `${'g'.repeat(9)}\n${'h'.repeat(9)}\n`);
  assert.equal(text('log.2'), `${'c'.repeat(9)}\n${'d'.repeat(9)}\n`);
});

test('goes on with the file of an earlier run', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'log');
  for (const line of ['one', 'two']) {
    const file = new RotatingFile(path, { sizeBytes: 100, count: 2 });
    file.write(line);
    file.close();
  }
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
});
