import {
  type Address,
  formatAddress,
  type Invite,
  isRefusal,
  parseInvite,
  type Refusal,
} from '@sceneport/protocol';
import { loadIdentity } from '@sceneport/server';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { isDataFolder } from '../serve/data-folder.ts';
import { type Finding, type FindingGroup, failed, unknown, well } from './finding.ts';
import { ask, nothingSeen, OneSocketAgent, openSocket } from './one-socket.ts';

/** More is no answer. */
const MOST_BYTES = 16 * 1024;

const found = Compile(
  Type.Object({
    address: Type.String(),
    code: Type.Optional(Type.String()),
    failure: Type.Optional(Type.String()),
  }),
);

/** Asks the server of an invite, which is another one, whether it reaches the server of this machine at `port` (W7). */
export async function checkFromOutside(
  link: string,
  dataFolder: string,
  port: number,
): Promise<FindingGroup | Refusal> {
  const invite = parseInvite(link);
  if (isRefusal(invite)) return invite;
  const title = `As the server at ${formatAddress(invite.addresses[0]!)} sees it`;
  if (!isDataFolder(dataFolder))
    return { title, findings: [unknown('No server has started here yet, so there is none to be reached.')] };
  const { code } = loadIdentity(dataFolder);
  const findings = await Promise.all(invite.addresses.map((address) => askAt(address, invite, code, port)));
  return { title, findings: [findings.find((finding) => finding !== null) ?? notAsked()] };
}

/** What the server says that is asked at this address; null where it was not to be asked there. */
async function askAt(
  address: Address,
  { code, session, token }: Invite,
  ownCode: string,
  port: number,
): Promise<Finding | null> {
  const seen = nothingSeen();
  try {
    const socket = await openSocket(address, null, seen);
    if (seen.code !== code || token === null) {
      socket.destroy();
      return null;
    }
    let text = '';
    const path = `/reach?session=${encodeURIComponent(session)}&port=${port}`;
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode } = await ask(new OneSocketAgent(socket), path, headers, (piece) => {
      text += piece;
      if (text.length > MOST_BYTES) socket.destroy();
    });
    socket.destroy();
    return findingOf(statusCode ?? 0, text, ownCode, port);
  } catch {
    return null;
  }
}

function findingOf(status: number, text: string, ownCode: string, port: number): Finding {
  if (status === 401)
    return failed('Its invite does not let you in, so it does not look.', 'Ask its host for a new one.');
  if (status === 429) return unknown('It was asked too often. Try again in a moment.');
  const answer = status === 200 ? readAnswer(text) : null;
  if (answer === null) return unknown('It does not answer such questions. Its host may have to update it.');
  const place = formatAddress({ host: answer.address, port });
  if (answer.code === ownCode) return well(`The server of this machine is reached at ${place}.`);
  return answer.failure === undefined
    ? failed(`Another server is reached at ${place}.`, 'Look where the router forwards this port to.')
    : failed(
        `The server of this machine is not reached. ${answer.failure}`,
        `Open TCP port ${port} in the firewall and forward it in the router (--map-port), or use a relay.`,
      );
}

function readAnswer(text: string): { address: string; code?: string; failure?: string } | null {
  try {
    const answer: unknown = JSON.parse(text);
    return found.Check(answer) ? answer : null;
  } catch {
    return null;
  }
}

function notAsked(): Finding {
  return failed('That server is not reached from here.', 'Test its invite: sceneport doctor INVITE');
}
