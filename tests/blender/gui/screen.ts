import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { endProcess, keepErrorOutput } from '../../harness/process-end.ts';

const runProgram = promisify(execFile);

/** A screen without a monitor, of 1280 × 800 pixels. */
export class Screen {
  /** The name that programs find it by: the variable DISPLAY. */
  readonly display: string;

  readonly #server: ChildProcess;

  constructor(display: string, server: ChildProcess) {
    this.display = display;
    this.#server = server;
  }

  /** Ends the X server; what still shows a window on it dies. */
  async end(): Promise<void> {
    await endProcess(this.#server, 'SIGTERM');
  }

  /** Red, green and blue of one pixel, each from 0 to 255. */
  async pixel(x: number, y: number): Promise<readonly number[]> {
    const args = ['-window', 'root', '-crop', `1x1+${x}+${y}`, '-depth', '8', 'rgb:-'];
    const { stdout } = await runProgram('import', args, {
      env: { ...process.env, DISPLAY: this.display },
      encoding: 'buffer',
    });
    return [...stdout];
  }

  /** Writes what is seen to a PNG file, whose folder is made where there is none. */
  async picture(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true });
    await runProgram('import', ['-window', 'root', path], { env: { ...process.env, DISPLAY: this.display } });
  }
}

/** Starts an X server on a free display. */
export const startScreen = async (): Promise<Screen> => {
  const args = ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'];
  const child = spawn('Xvfb', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const errorOutput = keepErrorOutput(child);
  const display = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Xvfb ended without a display\n${errorOutput()}`)));
    child.stdout.setEncoding('utf8').once('data', (line: string) => resolve(`:${line.trim()}`));
  });
  return new Screen(display, child);
};
