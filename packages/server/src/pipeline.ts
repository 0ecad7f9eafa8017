import type { Socket } from 'node:net';
import { isRefusal, type Refusal, SceneportError } from '@sceneport/protocol';
import { LoginDesk } from './access/login.ts';
import { Passwords } from './access/passwords.ts';
import { LoginThrottle } from './access/throttle.ts';
import { earlierIdentities } from './gateway/earlier-keys.ts';
import { Gateway } from './gateway/gateway.ts';
import { makeHttpServer } from './gateway/http.ts';
import { Identities, type KeyAndCertificate } from './gateway/identities.ts';
import { loadIdentity } from './gateway/identity.ts';
import { listen } from './gateway/listen.ts';
import { makeListener, trackConnections } from './gateway/listener.ts';
import { PassedOn } from './gateway/passed-on.ts';
import { lockDataFolder } from './log/data-folder.ts';
import { StorageThread } from './log/sqlite-storage.ts';
import { answerCommand } from './ops/command-frames.ts';
import { type Caller, runCommand } from './ops/commands.ts';
import { Counters } from './ops/counters.ts';
import { mayReadMetrics, metricsText } from './ops/metrics.ts';
import { withPort } from './ops/with-port.ts';
import { DEFAULT_LIMITS, DEFAULT_OPTIONS, type ServerLimits, type ServerOptions } from './options.ts';
import type { Session } from './session/session.ts';
import { SessionDirectory } from './session/session-directory.ts';
import { VERSION } from './version.ts';

/** A running server. */
export interface SceneportServer {
  /** Where it listens; on a Unix socket the port that its proxy has as a rule. */
  readonly port: number;
  /** The code of its identity (T2). */
  readonly code: string;
  /** One administrative command, the same from the shell, the socket and the wire. Throws nothing but bugs. */
  command(name: string, args: Readonly<Record<string, unknown>>, caller: Caller): Promise<unknown | Refusal>;
  /** The session of this name for clients of another kind, made where there is none. */
  openSession(name: string, clients: 'multi-user'): Promise<Session | Refusal>;
  /**
   * Takes a connection that was not made to the port; it begins with TLS, as there. `passedOnFor`: the address of whoever is at
   * the other end where a relay stands between, null where the two ends have met.
   */
  take(socket: Socket, passedOnFor: string | null): void;
  /** Shows a chain (PEM, for the server's own key) to who asks by this DNS name, in lower case, from now on (W14). */
  showCertificate(name: string, chain: string): void;
  /** Proves to an authority that this DNS name, in lower case, leads here (RFC 8737); null: no longer. */
  proveName(name: string, proof: KeyAndCertificate | null): void;
  /** Its counters as Prometheus text. */
  metrics(): string;
  /** Tells everyone, stores everything, and gives port and data folder back. */
  close(): Promise<void>;
}

/** What {@link startServer} takes: the folder, and whatever differs from the defaults. */
export type StartOptions = Partial<Omit<ServerOptions, 'limits'>> &
  Pick<ServerOptions, 'dataFolder'> & { readonly limits?: Partial<ServerLimits> };

/**
 * Starts a server. The way of a frame: `gateway/` takes the bytes from the link and cuts frames, `decode/` reads them,
 * `access/` says who may come in, `session/` sequences commits, `log/` makes them durable, `fanout/` sends events to
 * all members; `ops/` looks after the whole. Throws `data-folder-busy`,
 * `port-taken`, and `bad-request` for a name that no session can have.
 */
export async function startServer(start: StartOptions): Promise<SceneportServer> {
  const limits = { ...DEFAULT_LIMITS, ...start.limits };
  const options: ServerOptions = { ...DEFAULT_OPTIONS, ...start, limits };
  const { log, clock } = options;
  const unlock = lockDataFolder(options.dataFolder);
  const thread = new StorageThread();
  const counters = new Counters();
  const sessions = new SessionDirectory(options.dataFolder, thread, {
    clock,
    log,
    limits,
    lockGraceMs: options.lockGraceMs,
    historyDays: options.historyDays,
    counters,
    version: VERSION,
  });
  const release = async (): Promise<void> => {
    await sessions.closeAll('shutting-down');
    await thread.close();
    unlock();
  };
  try {
    const identity = loadIdentity(options.dataFolder);
    const identities = new Identities(identity, earlierIdentities(options.dataFolder, clock.now()));
    await sessions.openAll();
    for (const name of options.sessions) {
      const made = sessions.find(name) ?? (await sessions.create(name));
      if (isRefusal(made)) throw new SceneportError(made);
    }

    const passwords = await Passwords.make(options.sessionPassword, options.adminPassword);
    const throttle = new LoginThrottle(clock);
    const desk = new LoginDesk(sessions, passwords, throttle, options.openRole);
    const gateway = new Gateway(
      options,
      counters,
      desk,
      (session, member, message) => answerCommand(operations, session, member, message),
      (code) =>
        identities.moved(
          code,
          options.addresses.map((address) => withPort(address, port)),
        ),
    );
    const passedOn = new PassedOn();
    const metrics = (): string => metricsText(counters, sessions.all());
    const http = makeHttpServer(
      {
        isHealthy: () => sessions.all().every(({ sequencer }) => sequencer.readOnly === null),
        judgeToken: (session, token, address) => desk.judgeToken(session, token, address),
        metrics: (request, address) =>
          mayReadMetrics(request, address, options, throttle) ? metrics() : null,
      },
      (link) => gateway.accept(link),
      (socket) => identities.codeShownOn(socket),
      passedOn,
      options.behindProxy,
      clock,
    );
    const listener = makeListener(
      identities,
      passedOn,
      http,
      (link) => gateway.accept(link),
      options.behindProxy,
    );
    const endConnections = trackConnections(listener);
    const port = await listen(listener, options.port, options.bind);
    const operations = { sessions, options, code: identity.code, port };
    log.info('listening', { port, code: identity.code });
    if (options.timeoutMs < 2000) log.warn('the timeout is too short', { timeoutMs: options.timeoutMs });
    if (options.openRole !== null)
      log.warn('everyone may join without a password', { role: options.openRole });
    const close = async (): Promise<void> => {
      gateway.close();
      await release();
      await endConnections();
      log.info('stopped', {});
    };
    let closing: Promise<void> | null = null;
    return {
      port,
      code: identity.code,
      command: (name, args, caller) => runCommand(operations, name, args, caller),
      openSession: (name, clients) => sessions.openFor(name, clients),
      showCertificate: (name, chain) => identities.showCertificate(name, chain),
      proveName: (name, proof) => identities.proveName(name, proof),
      metrics,
      take(socket, passedOnFor) {
        if (socket.destroyed) return;
        if (passedOnFor !== null) passedOn.note(socket, passedOnFor);
        listener.emit('connection', socket);
      },
      close() {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
