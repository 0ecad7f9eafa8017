import type { Datablock, DatablockId } from '@sceneport/protocol';
import type { Knowledge } from '../edits/editor.ts';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';
import type { Session } from '../session.ts';
import { NAME } from './difference.ts';

/**
 * Datablocks that Blender calls `Cube.001` because another had the name `Cube` when they came (N5). Once the name is
 * free they are named anew: else two Blenders would go on calling one datablock differently.
 */
export class Misnamed {
  readonly #session: Session;
  readonly #knowledge: Knowledge;
  readonly #ids = new Set<DatablockId>();

  constructor(session: Session, knowledge: Knowledge) {
    this.#session = session;
    this.#knowledge = knowledge;
  }

  /** Notes whether `desired` is shown under another name because its own is taken. */
  note(shown: MirrorDatablock, desired: Datablock): void {
    const isHindered =
      shown.name !== desired.name && this.#takenNames().has(nameOf(shown.type, desired.name));
    if (isHindered) this.#ids.add(desired.id);
    else this.#ids.delete(desired.id);
  }

  /** Those whose name has become free since; what Blender called them stands no more (O5). */
  takeFreed(): DatablockId[] {
    if (this.#ids.size === 0) return [];
    const { mirror, standing } = this.#knowledge;
    const taken = this.#takenNames();
    const freed = [...this.#ids].filter((id) => {
      const shown = mirror.get(id);
      const desired = this.#session.view(id);
      return shown === undefined || desired === undefined || !taken.has(nameOf(shown.type, desired.name));
    });
    for (const id of freed) {
      this.#ids.delete(id);
      standing.forget(id, NAME);
    }
    return freed;
  }

  #takenNames(): ReadonlySet<string> {
    const { mirror } = this.#knowledge;
    return new Set(
      Array.from(mirror.ids(), (id) => {
        const { type, name } = mirror.get(id)!;
        return nameOf(type, name);
      }),
    );
  }
}

/** Blender keeps names apart within one type. */
function nameOf(type: string, name: string): string {
  return `${type}/${name}`;
}
