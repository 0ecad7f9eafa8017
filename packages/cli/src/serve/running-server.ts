import { type Address, isRefusal, type Refusal } from '@sceneport/protocol';
import { type LocalAddress, localAddresses, machineInterfaces } from '@sceneport/reach';
import type { RelayHost } from '@sceneport/relay';
import { PROXY_PORT, type SceneportServer, startServer } from '@sceneport/server';
import { socketPathOf } from '../admin/socket-path.ts';
import { AdminSocket } from '../admin/socket-server.ts';
import type { CommandRunner } from '../commands/runner.ts';
import type { ProgramLogger } from '../log/logger.ts';
import { type MultiUserAccess, startGateway } from '../multi-user/gateway.ts';
import type { OptionValues } from '../options/table.ts';
import type { KeptPassword } from './admin-password.ts';
import { readCertificateWishes } from './certificate-wishes.ts';
import { beginFirstStart } from './data-folder.ts';
import { inviteAddresses, readGivenAddresses } from './invite-addresses.ts';
import { localCommands } from './local-commands.ts';
import { hostAtRelays, readRelays } from './relays.ts';
import { RouterPort, refusalToMap, takeBackLeftOver } from './router-port.ts';
import { certify, type ServerCertificate } from './server-certificate.ts';
import { prepareServer } from './server-options.ts';

/** A server that listens, with the ways to command it. */
export interface RunningServer {
  readonly server: SceneportServer;
  readonly dataFolder: string;
  /** True until a start has told its invite and its password. */
  readonly isFirstStart: boolean;
  /** The admin password that was made, at the start that tells it. */
  readonly madePassword: KeptPassword | null;
  /** Where old Multi-User clients are let in, or null: they are not served. */
  readonly multiUser: MultiUserAccess | null;
  /** The addresses that the user has given, as invites name them. */
  readonly given: readonly Address[];
  /** Its ends at the relays by which it is reached. */
  readonly relayHosts: readonly RelayHost[];
  /** The port that the router is asked to open, or null: it is not asked. */
  readonly router: RouterPort | null;
  /** Its certificates of a public authority, those that it waits for among them. */
  readonly certificates: readonly ServerCertificate[];
  readonly run: CommandRunner;
  /** Calls `listener` whenever others reach the server by other ways than before. */
  onReachChanged(listener: () => void): void;
  /** The addresses of this machine that it listens on, as they are now. */
  addresses(): readonly LocalAddress[];
  /** Tells the users, stores everything, and gives port and folder back. */
  stop(reason: string): Promise<void>;
}

/** Starts the server that the options describe, and its socket for `sceneport admin`. Throws what keeps it from starting. */
export async function startRunning(
  values: OptionValues,
  dataFolder: string,
  log: ProgramLogger,
): Promise<RunningServer | Refusal> {
  const given = readGivenAddresses(values.address);
  if (isRefusal(given)) return given;
  const relays = readRelays(values.relay);
  if (isRefusal(relays)) return relays;
  const refused = refusalToMap(values);
  if (refused !== null) return refused;
  const wishes = readCertificateWishes(values, relays);
  if (isRefusal(wishes)) return wishes;
  const isFirstStart = beginFirstStart(dataFolder);
  const prepared = prepareServer(values, dataFolder, log);
  if (isRefusal(prepared)) return prepared;
  const { bind } = prepared.options;
  const outside = (port: number): number => (values.behindProxy ? PROXY_PORT : port);
  const addresses = (): readonly LocalAddress[] => localAddresses(bind, machineInterfaces());
  let router: RouterPort | null = null;
  const server = await startServer({
    ...prepared.options,
    reachedBy: (port) => ({
      addresses: inviteAddresses(router?.external ?? null, given, addresses(), outside(port)),
      relays,
    }),
  });
  const gateway = values.multiUser ? await startGateway(server, values, prepared.options) : null;
  const reachListeners: (() => void)[] = [];
  const reachChanged = (): void => {
    for (const listener of reachListeners) listener();
  };
  const wish = { port: server.port, bind, externalPort: values.externalPort, dataFolder };
  router = values.mapPort ? new RouterPort(wish, log, reachChanged) : null;
  if (router === null) takeBackLeftOver(dataFolder, bind, log);
  const run = localCommands(server, values.session[0]!, gateway?.curveKey ?? null);
  const relayHosts = hostAtRelays(relays, server, dataFolder, log, (host) => {
    if (host.status.state === 'registered') router?.lookFrom(host);
    reachChanged();
  });
  const certificates = certify(wishes, { server, relayHosts, dataFolder, log, changed: reachChanged });
  const socket = await openSocket(dataFolder, run, log);
  return {
    server,
    dataFolder,
    isFirstStart,
    madePassword: isFirstStart || prepared.keptPassword?.isNew ? prepared.keptPassword : null,
    multiUser: gateway,
    given: inviteAddresses(null, given, [], outside(server.port)),
    relayHosts,
    router,
    certificates,
    run,
    onReachChanged: (listener) => void reachListeners.push(listener),
    addresses,
    async stop(reason) {
      log.info('stopping', { reason });
      const routerClosed = router?.close();
      for (const certificate of certificates) certificate.close();
      for (const host of relayHosts) host.close();
      await socket?.close();
      await gateway?.close();
      await server.close();
      await routerClosed;
    },
  };
}

async function openSocket(
  dataFolder: string,
  run: CommandRunner,
  log: ProgramLogger,
): Promise<AdminSocket | null> {
  const path = socketPathOf(dataFolder);
  if (path === null) {
    log.warn('the path of the data folder is too long for sceneport admin', { dataFolder });
    return null;
  }
  return AdminSocket.listen(path, (request) => run(request, request.session));
}
