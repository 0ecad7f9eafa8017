import { isRefusal, type Refusal } from '@sceneport/protocol';
import { startServer } from '@sceneport/server';
import { askSocket, NO_SERVER } from '../admin/socket-client.ts';
import { socketPathOf } from '../admin/socket-path.ts';
import { type CommandRequest, readRequest } from '../commands/request.ts';
import { isDataFolder, noDataFolder } from '../serve/data-folder.ts';

/** Manages the sessions of a data folder: through its server where one runs, else by itself. */
export async function runSessions(dataFolder: string, words: readonly string[]): Promise<unknown | Refusal> {
  const request = readRequest(['sessions', ...words]);
  if (isRefusal(request)) return request;
  if (!isDataFolder(dataFolder)) return noDataFolder(dataFolder);
  const path = socketPathOf(dataFolder);
  const answer = path === null ? NO_SERVER : await askSocket(path, { ...request, session: null });
  return answer === NO_SERVER ? askStopped(dataFolder, request) : answer;
}

/** Starts a server that only this machine can reach, for as long as the command takes. */
async function askStopped(dataFolder: string, request: CommandRequest): Promise<unknown | Refusal> {
  const server = await startServer({ dataFolder, port: 0, bind: '127.0.0.1', sessions: [] });
  try {
    return await server.command(request.name, request.arguments, { kind: 'local' });
  } finally {
    await server.close();
  }
}
