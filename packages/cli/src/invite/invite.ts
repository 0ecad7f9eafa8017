import { type Refusal, refusal } from '@sceneport/protocol';
import { runAdmin } from '../admin/admin.ts';
import type { OptionValues } from '../options/table.ts';

/** `sceneport invite`: makes, lists and revokes invites, by the commands of the server that are named so. */
export async function runInvite(
  values: OptionValues,
  dataFolder: string,
  words: readonly string[],
): Promise<unknown | Refusal> {
  const [first, ...rest] = words;
  if (first === 'list' && rest.length > 0) return refusal('bad-request', 'It is: sceneport invite list');
  if (first === 'list') return runAdmin(values, dataFolder, ['invites']);
  if (first === 'revoke') return runAdmin(values, dataFolder, words);
  return runAdmin(values, dataFolder, ['invite', ...words]);
}
