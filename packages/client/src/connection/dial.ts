import { type Header, isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { ClientStore, Resume } from '../client-store.ts';
import type { Clock } from '../clock.ts';
import type { ConnectOptions } from '../connect-options.ts';
import type { Transport, Wire } from '../transport/transport.ts';
import { Connection } from './connection.ts';
import { type Credential, type Introduction, shakeHands } from './handshake.ts';
import { isFinal } from './lasting.ts';
import type { Target } from './target.ts';
import { checkPeer } from './trust.ts';

/** A connection that the server has let in. */
export interface Entrance {
  readonly connection: Connection;
  readonly welcome: Header<'welcome'>;
}

/** What it takes to enter. */
export interface Dialling {
  readonly options: ConnectOptions;
  readonly target: Target;
  readonly store: ClientStore;
  readonly transport: Transport;
  readonly clock: Clock;
}

/**
 * Enters the session: as the same user where that was one before (H6), else with what the caller has: admin password,
 * invite, session password, or nothing (H8).
 */
export async function dial(
  dialling: Dialling,
  resume: Resume | null,
  seq: number,
): Promise<Entrance | Refusal> {
  if (resume !== null) {
    const { secret, epoch } = resume;
    const entered = await enter(dialling, () => ({ kind: 'resume', secret, epoch, seq }));
    if (!isRefusal(entered) || !isFinal(entered.code) || entered.code === 'banned') return entered;
  }
  return enter(dialling, (wire) => ownCredential(dialling, wire));
}

async function enter(
  { options, target, store, transport, clock }: Dialling,
  credentialFor: (wire: Wire) => Credential | Refusal,
): Promise<Entrance | Refusal> {
  const wire = await reach({ options, target, store, transport, clock });
  if (isRefusal(wire)) return wire;
  const credential = credentialFor(wire);
  if (isRefusal(credential)) {
    wire.close();
    return credential;
  }
  const connection = new Connection(wire, clock);
  const { user, colour, blender, client } = options;
  const introduction: Introduction = {
    session: target.session,
    user,
    colour: [...colour],
    blender,
    client: { ...client },
  };
  const welcome = await shakeHands(connection, introduction, credential);
  if (!isRefusal(welcome)) return { connection, welcome };
  connection.bye(welcome);
  return welcome;
}

/** The first address that answers with the right key (I1, H3). */
async function reach({ options, target, store, transport }: Dialling): Promise<Wire | Refusal> {
  let failure: Refusal = refusal('unreachable');
  for (const address of target.addresses) {
    const wire = await transport.open(address, (peer) =>
      checkPeer(peer, target.code, address, options.trust, store),
    );
    if (!isRefusal(wire)) return wire;
    if (failure.code === 'unreachable') failure = wire;
  }
  return failure;
}

function ownCredential({ options, target }: Dialling, wire: Wire): Credential | Refusal {
  const { adminPassword, password } = options;
  if (adminPassword === undefined && target.token !== null) return { kind: 'token', token: target.token };
  const secret = adminPassword ?? password;
  if (secret === undefined) return { kind: 'open' };
  const code = wire.peer.code ?? target.code;
  if (code === null) return refusal('unknown-server', 'A password needs the code of the server here.');
  return {
    kind: 'password',
    account: adminPassword === undefined ? 'session' : 'admin',
    password: secret,
    code,
  };
}
