import { isRefusal, SceneportError } from '@sceneport/protocol';
import type { OptionValues } from '../options/table.ts';
import { fit } from '../text/fit.ts';
import { VERSION } from '../version.ts';
import { browserInvite } from './browser-invite.ts';
import { areOfContainer } from './container.ts';
import { endFirstStart } from './data-folder.ts';
import { makeInvite } from './local-commands.ts';
import { reachLine, reachPlaces } from './reach-places.ts';
import type { RunningServer } from './running-server.ts';
import { startText } from './start-text.ts';

/** People are told what came of the relays once it is known, or after so long. */
const SETTLE_MS = 3000;

/** An order takes seconds: what comes later stands in the log. */
const CERTIFICATE_WAIT_MS = 8000;

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
  endFirstStart(running.dataFolder);
}

/** With `--json`: where the server is reached, now and whenever that changes, a line each time. */
export function announceReach(running: RunningServer): void {
  const say = (): void => {
    const places = reachPlaces(running);
    process.stdout.write(`${JSON.stringify({ event: 'reach', places })}\n`);
  };
  say();
  running.onReachChanged(say);
}

async function inviteOf(running: RunningServer, values: OptionValues): Promise<string> {
  const invite = await makeInvite(running.run, values.session[0]!);
  if (isRefusal(invite)) throw new SceneportError(invite);
  return invite;
}

async function textFor(running: RunningServer, values: OptionValues, invite: string | null): Promise<string> {
  const { server, dataFolder, madePassword, certificates } = running;
  await Promise.all([
    ...running.relayHosts.map((host) => host.settled(SETTLE_MS)),
    ...certificates.map((certificate) => certificate.settled(CERTIFICATE_WAIT_MS)),
  ]);
  const text = startText({
    version: VERSION,
    sessions: values.session,
    reachable: reachPlaces(running).map(reachLine),
    knowsOnlyContainer: running.given.length === 0 && areOfContainer(running.addresses()),
    code: server.code,
    dataFolder,
    invite,
    isBehindProxy: values.behindProxy,
    browserInvite: invite === null ? null : browserInvite(invite, certificates),
    madePassword,
    openRole: values.open ? values.openRole : null,
    multiUser: running.multiUser,
  });
  return `\n${fit(text, process.stdout.columns)}\n`;
}

/** Only where old clients are served: programs that know nothing of them see the line that they know. */
function multiUserPart({ multiUser }: RunningServer): { multiUserPort?: number; multiUserCurveKey?: string } {
  if (multiUser === null) return {};
  const { port, curveKey } = multiUser;
  return { multiUserPort: port, ...(curveKey === null ? {} : { multiUserCurveKey: curveKey }) };
}
