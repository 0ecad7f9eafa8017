import assert from 'node:assert/strict';
import { startBlender, type TestBlender } from '../../harness/blender.ts';
import { compareBlenders } from '../../harness/compare-blenders.ts';
import { startServer } from '../../harness/server.ts';
import { settle } from '../../harness/settle.ts';
import type { Cleanup } from '../../harness/temporary-folder.ts';
import { Witness } from './witness.ts';

/** What a user of the fuzz does: a call of `users.py`. */
type Call = { function: 'work' | 'undo_alone'; seed: string; count: number };

/** A user with a Blender. */
export type User = { name: string; number: number; blender: TestBlender };

/** A real server, two or three real Blenders, and a witness. */
export class Studio {
  readonly users: readonly User[];
  readonly witness: Witness;
  readonly #t: Cleanup;

  constructor(t: Cleanup, users: readonly User[], witness: Witness) {
    this.#t = t;
    this.users = users;
    this.witness = witness;
  }

  /** The first user begins the session with the factory scene, the others join. */
  static async open(t: Cleanup, names: readonly string[]): Promise<Studio> {
    const server = await startServer(t);
    const users: User[] = [];
    for (const [index, name] of names.entries()) {
      const blender = await startBlender(t);
      const scene = index === 0 ? 'current' : null;
      await blender.do('join', { invite_or_address: server.invite, user: name, scene });
      const me = (await blender.status()).users.find((user) => user.me);
      assert.ok(me !== undefined);
      users.push({ name, number: me.number, blender });
    }
    const numbers = users.map(({ number }) => number);
    return new Studio(t, users, await Witness.join(t, server.invite, numbers));
  }

  /** Lets a user do something; how often each step was taken. */
  async let(user: User, call: Call): Promise<Record<string, number>> {
    const index = this.users.indexOf(user);
    const code = `from fuzz import users\nanswer = users.${call.function}(api, ${JSON.stringify(user.name)}, ${index}, ${JSON.stringify(call.seed)}, ${call.count})`;
    return (await user.blender.ask(code)) as Record<string, number>;
  }

  /** What each add-on believes and what the session holds: who of them is wrong about a difference. */
  async #explain(): Promise<string> {
    const lines: string[] = [];
    for (const { name, blender } of this.users) {
      const code = 'from fuzz import users\nanswer = users.beliefs(api)';
      lines.push(`${name}: ${JSON.stringify(await blender.ask(code))}`);
    }
    return [...lines, this.witness.describe()].join('\n');
  }

  /** Waits until all is quiet; then server, witness and all Blenders hold and show the same. */
  async assertSame(): Promise<void> {
    const blenders = this.users.map(({ blender }) => blender);
    await settle(blenders);
    const [first, ...others] = blenders as [TestBlender, ...TestBlender[]];
    const { seq } = await first.status();
    await this.witness.waitFor(seq);
    assert.deepEqual(await first.do('digest'), await this.witness.digest());
    for (const other of others) {
      const compared = await compareBlenders(this.#t, first, other);
      if (compared.differences > 0) assert.fail(`${compared.report}\n${await this.#explain()}`);
    }
    this.witness.assertNoOffence();
  }
}
