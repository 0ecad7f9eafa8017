import { isRefusal, SceneportError } from '@sceneport/protocol';
import type { OptionValues } from '../options/table.ts';
import { VERSION } from '../version.ts';
import { makeInvite } from './local-commands.ts';
import { relayTexts } from './relays.ts';
import type { RunningServer } from './running-server.ts';
import { reachText, startText } from './start-text.ts';

/** So long a start waits for the router at most: what comes later stands in the log, and in the next invite. */
const ROUTER_WAIT_MS = 3000;

/**
 * Says that the server listens: with `--json` as one line for programs, else as a message for people. A start that
 * nobody watches makes no new invite, except the very first.
 */
export async function announce(
  running: RunningServer,
  values: OptionValues,
  isInteractive: boolean,
): Promise<void> {
  const { port, code } = running.server;
  const isWatched = values.json || isInteractive || running.isFirstStart;
  await running.router?.settled(ROUTER_WAIT_MS);
  const invite = isWatched ? await inviteOf(running, values) : null;
  const text = values.json
    ? JSON.stringify({ event: 'listening', port, code, invite, ...multiUserPart(running) })
    : await textFor(running, values, invite);
  process.stdout.write(`${text}\n`);
}

async function inviteOf(running: RunningServer, values: OptionValues): Promise<string> {
  const invite = await makeInvite(running.run, values.session[0]!);
  if (isRefusal(invite)) throw new SceneportError(invite);
  return invite;
}

async function textFor(running: RunningServer, values: OptionValues, invite: string | null): Promise<string> {
  const { server, dataFolder, madePassword } = running;
  const own = running.addresses().map((address) => reachText(address, server.port));
  const opened = running.router?.reachText ?? null;
  const text = startText({
    version: VERSION,
    sessions: values.session,
    reachable: [...(opened === null ? [] : [opened]), ...(values.address.length > 0 ? values.address : own)],
    router: running.router?.troubleTexts ?? [],
    relays: await relayTexts(running.relayHosts),
    code: server.code,
    dataFolder,
    invite,
    madePassword,
    openRole: values.open ? values.openRole : null,
    multiUser: running.multiUser,
  });
  return `\n${text}\n`;
}

/** Only where old clients are served: programs that know nothing of them see the line that they know. */
function multiUserPart({ multiUser }: RunningServer): { multiUserPort?: number; multiUserCurveKey?: string } {
  if (multiUser === null) return {};
  const { port, curveKey } = multiUser;
  return { multiUserPort: port, ...(curveKey === null ? {} : { multiUserCurveKey: curveKey }) };
}
