import { isRefusal } from '@sceneport/protocol';
import { findCommand } from '../commands/request.ts';
import { SERVER_COMMANDS, SESSION_COMMANDS } from '../commands/table.ts';
import { quoteWord, splitWords } from '../commands/words.ts';

/** What completion needs to know about the server. */
export interface Names {
  users(): Promise<readonly string[]>;
  sessions(): Promise<readonly string[]>;
}

/**
 * What the last word of `line` may become, and that word. `more` are the shell's own commands. Words with spaces come
 * quoted, so that a completed line can be sent as it is.
 */
export async function completions(
  line: string,
  names: Names,
  more: readonly string[],
): Promise<[string[], string]> {
  const words = splitWords(line);
  if (isRefusal(words)) return [[], line];
  const isNewWord = line === '' || /\s$/.test(line);
  const before = isNewWord ? words : words.slice(0, -1);
  const word = isNewWord ? '' : (words.at(-1) ?? '');
  const candidates = await candidatesAfter(before, names, more);
  return [candidates.filter((each) => each.startsWith(word)).map((each) => `${quoteWord(each)} `), word];
}

async function candidatesAfter(
  before: readonly string[],
  names: Names,
  more: readonly string[],
): Promise<readonly string[]> {
  if (before.length === 0) return [...Object.keys(SERVER_COMMANDS), 'sessions', ...more];
  if (before.length === 1 && before[0] === 'sessions') return Object.keys(SESSION_COMMANDS);
  if (before.length === 1 && before[0] === 'session') return names.sessions();
  const found = findCommand(before);
  const kind = isRefusal(found) ? undefined : found.row.parameters[found.given.length]?.kind;
  switch (kind) {
    case 'user':
      return names.users();
    case 'session':
      return names.sessions();
    case 'role':
      return ['viewer', 'editor', 'admin'];
    case 'duration':
      return ['1h', '1d', '1w'];
    default:
      return [];
  }
}
