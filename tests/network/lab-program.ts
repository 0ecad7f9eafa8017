import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endProcess } from '../harness/process-end.ts';
import { program as builtProgram, node } from '../harness/program.ts';
import { type Cleanup, temporaryFolder } from '../harness/temporary-folder.ts';
import type { NetworkLab, Place } from './lab.ts';

const join = fileURLToPath(new URL('./join.ts', import.meta.url));

/** The program `sceneport` at a place of the lab; it ends with the test. */
export class LabProgram {
  readonly data: string;
  readonly #child: ChildProcess;
  #said = '';
  #waiting: (() => void)[] = [];

  private constructor(child: ChildProcess, data: string) {
    this.#child = child;
    this.data = data;
    const hear = (text: string): void => {
      this.#said += text;
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
    child.stdout!.setEncoding('utf8').on('data', hear);
    child.stderr!.setEncoding('utf8').on('data', hear);
    child.once('close', () => hear(''));
  }

  /** Starts `sceneport COMMAND` with a data folder of its own, unless one is given. */
  static start(
    t: Cleanup,
    lab: NetworkLab,
    place: Place,
    [command = '', ...args]: readonly string[],
    data: string = temporaryFolder(t),
  ): LabProgram {
    return new LabProgram(lab.start(place, node, [builtProgram, command, '--data', data, ...args]), data);
  }

  /** Waits until what it has said, on both outputs, matches. Rejects when it ends without. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#said);
      if (match !== null) return match;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`the program has ended without ${pattern}:\n${this.#said}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }

  /** Ends it as a user does. */
  async stop(): Promise<void> {
    await endProcess(this.#child, 'SIGTERM');
  }

  /** Ends it as a crash does. */
  async crash(): Promise<void> {
    await endProcess(this.#child, 'SIGKILL');
  }
}

/** Joins from a place by an invite; gives the name that the joiner has in the session. */
export async function joinFrom(lab: NetworkLab, place: Place, invite: string): Promise<string> {
  const child = lab.start(place, node, [join, invite]);
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(child, 'close');
  const name = /\{"name":"([^"]+)"\}/.exec(said)?.[1];
  if (name === undefined) throw new Error(`nobody has joined:\n${said}`);
  return name;
}
