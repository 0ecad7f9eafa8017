import { type ClientState, SessionClient } from '@sceneport/client';
import { type DatablockId, isRefusal, parseDatablockId, SceneportError, toHex } from '@sceneport/protocol';

let client: SessionClient | null = null;

const current = (): SessionClient => {
  if (client === null) throw new Error('the page has not joined');
  return client;
};

const idOf = (text: string): DatablockId => {
  const id = parseDatablockId(text);
  if (id === null) throw new Error(`${text} is no id`);
  return id;
};

/** Resolves as soon as something holds; it is looked at again whenever the client tells something. */
const until = (holds: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = () => void (holds() && resolve());
    for (const name of ['state', 'event', 'reset', 'settled'] as const) current().on(name, look);
    look();
  });

/** What the page does for the test, which calls it by this name. */
const page = {
  /** Joins with an invite. */
  join: async (target: string): Promise<void> => {
    client = await SessionClient.connect({
      target,
      user: 'Web',
      colour: [0, 0.5, 1],
      blender: null,
      client: { name: 'test page', version: '1' },
    });
  },
  /** The names of everything in the session as the user sees it, sorted. */
  names: (): string[] => [...current().ids()].map((id) => current().view(id)?.name ?? '').sort(),
  /** The names of those who are in the session, sorted. */
  users: (): string[] =>
    current()
      .roster.map(({ name }) => name)
      .sort(),
  /** Makes a commit that renames a datablock; what it comes to is waited for elsewhere. */
  rename: (id: string, name: string): void => {
    void current().commit([{ op: 'rename', id: idOf(id), name }]);
  },
  /** Resolves when the datablock has the name. */
  untilNamed: (id: string, name: string): Promise<void> =>
    until(() => current().view(idOf(id))?.name === name),
  /** Resolves in a state. */
  untilState: (state: ClientState): Promise<void> => until(() => current().state === state),
  /** Resolves when every commit is settled. */
  settled: (): Promise<void> => current().settled(),
  /** The bytes of an array, in hexadecimal digits. */
  bytesOf: async (id: string, group: string, path: string): Promise<string> => {
    const datablock = current().view(idOf(id));
    if (datablock === undefined) throw new Error(`${id} is not there`);
    const bytes = await current().bytesOf(datablock, group, path);
    if (isRefusal(bytes)) throw new SceneportError(bytes);
    return toHex(bytes);
  },
  /** The digest of the replica. */
  digest: async (): Promise<string> => {
    const digest = await current().digest();
    if (isRefusal(digest)) throw new SceneportError(digest);
    return digest.hex;
  },
};

Object.assign(globalThis, { page });
