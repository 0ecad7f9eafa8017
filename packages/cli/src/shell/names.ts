import type { Refusal } from '@sceneport/protocol';
import type { CommandRequest } from '../commands/request.ts';
import type { Names } from './complete.ts';

/** The names of users and sessions, asked of the server each time. */
export function namesOnServer(run: (request: CommandRequest) => Promise<unknown | Refusal>): Names {
  const ask = async (name: string): Promise<readonly string[]> => namesIn(await run({ name, arguments: {} }));
  return { users: () => ask('users'), sessions: () => ask('sessions') };
}

function namesIn(answer: unknown): readonly string[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((each: unknown) =>
    typeof each === 'object' && each !== null && 'name' in each && typeof each.name === 'string'
      ? [each.name]
      : [],
  );
}
