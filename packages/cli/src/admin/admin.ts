import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import { readRequest } from '../commands/request.ts';
import type { OptionValues } from '../options/table.ts';
import { passwordFrom } from '../serve/password-file.ts';
import { confirm } from './confirm.ts';
import { askRemote } from './remote.ts';
import { askSocket, NO_SERVER } from './socket-client.ts';
import { socketPathOf } from './socket-path.ts';

/** Gives the command in `words` to the server that the options name: one far away, or that of the data folder. */
export async function runAdmin(
  values: OptionValues,
  dataFolder: string,
  words: readonly string[],
): Promise<unknown | Refusal> {
  const request = readRequest(words);
  if (isRefusal(request)) return request;
  const { question, ...command } = request;
  if (question !== undefined && !(await confirm(question))) return 'Nothing was changed.';
  const session = values.session[0]!;
  if (values.server === null) return askFolder(dataFolder, { ...command, session });
  const adminPassword = passwordFrom(values.adminPassword, values.adminPasswordFile, 'admin');
  if (isRefusal(adminPassword)) return adminPassword;
  return askRemote({ target: values.server, session, code: values.code, adminPassword }, command);
}

async function askFolder(
  dataFolder: string,
  request: Parameters<typeof askSocket>[1],
): Promise<unknown | Refusal> {
  const path = socketPathOf(dataFolder);
  const answer = path === null ? NO_SERVER : await askSocket(path, request);
  if (answer !== NO_SERVER) return answer;
  return refusal(
    'unreachable',
    `No server listens in the data folder ${dataFolder}. Start it with sceneport serve, choose another folder with --data, or name a server far away with --server.`,
  );
}
