import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { JsonLines } from '../harness/json-lines.ts';
import { keepErrorOutput } from '../harness/process-end.ts';
import type { NetworkLab } from './lab.ts';
import { labProblem } from './lab-problem.ts';

const program = fileURLToPath(new URL('./wire.py', import.meta.url));

/** Why there can be no slow wire on this machine, in words; null where there can. */
export function slowWireProblem(): string | null {
  return labProblem(['python3']) ?? (existsSync('/dev/net/tun') ? null : 'there is no /dev/net/tun');
}

/** What a wire does to packets, each way. */
export interface WireConditions {
  readonly delayMs?: number;
  readonly lossPercent?: number;
  /** Kilobytes a second; without it as fast as it can. */
  readonly kilobytesPerSecond?: number;
}

/** The wire between the joiner and its router, with delay, loss and a rate: `wire.py` in the place of what was there. */
export class SlowWire {
  readonly #say: (line: string) => void;
  readonly #lines: JsonLines;

  private constructor(say: (line: string) => void, lines: JsonLines) {
    this.#say = say;
    this.#lines = lines;
  }

  /** Lays it; it goes with the lab. */
  static async lay(
    lab: NetworkLab,
    { delayMs = 0, lossPercent = 0, kilobytesPerSecond = 0 }: WireConditions,
  ): Promise<SlowWire> {
    const { joiner, insideB } = lab.addresses;
    const ip = (place: 'joiner' | 'routerB', ...args: string[]): void => void lab.run(place, 'ip', args);
    ip('joiner', 'link', 'del', 'eth0');
    const between = [lab.namespace('joiner'), 'eth0', lab.namespace('routerB'), 'lan'];
    const conditions = ['--delay', delayMs, '--loss', lossPercent, '--rate', kilobytesPerSecond].map(String);
    const child = lab.start('internet', 'python3', [program, ...conditions, '--between', ...between]);
    const lines = new JsonLines(child.stdout!, keepErrorOutput(child));
    await lines.next();
    for (const [place, device, address] of [
      ['joiner', 'eth0', joiner],
      ['routerB', 'lan', insideB],
    ] as const) {
      ip(place, 'addr', 'add', `${address}/24`, 'dev', device);
      ip(place, 'link', 'set', 'dev', device, 'up');
    }
    ip('joiner', 'route', 'add', 'default', 'via', insideB);
    return new SlowWire((line) => child.stdin!.write(`${line}\n`), lines);
  }

  /** Cuts it when so many bytes have come to the joiner; resolves when that is done. */
  async cutAfter(sizeBytes: number): Promise<void> {
    this.#say(`cut after ${Math.round(sizeBytes)}`);
    await this.#lines.next();
  }

  /** Puts it back. */
  heal(): void {
    this.#say('heal');
  }

  /** Bytes that have come to the joiner since it was laid, those of all layers of the network. */
  async received(): Promise<number> {
    this.#say('count');
    return (await this.#lines.next<{ near_bytes: number }>()).near_bytes;
  }
}
