import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import { type Logger, type ServerOptions, systemClock, unixPath } from '@sceneport/server';
import { nativePort } from '../multi-user/gateway.ts';
import { OPTIONS, type OptionValues } from '../options/table.ts';
import { type KeptPassword, keptAdminPassword } from './admin-password.ts';
import { passwordFrom } from './password-file.ts';

/** What a server is started with, and the admin password that was made where none is given. */
export interface PreparedServer {
  /** All but by what it is reached, which is known only later. */
  readonly options: Omit<ServerOptions, 'reachedBy'>;
  readonly keptPassword: KeptPassword | null;
}

/** The server's options from those of the program. Reads the files of passwords; makes an admin password when there is none. */
export function prepareServer(
  values: OptionValues,
  dataFolder: string,
  log: Logger,
): PreparedServer | Refusal {
  const sessionPassword = passwordFrom(values.sessionPassword, values.sessionPasswordFile, 'session');
  if (isRefusal(sessionPassword)) return sessionPassword;
  const bind = bindOf(values);
  if (isRefusal(bind)) return bind;
  const givenPassword = passwordFrom(values.adminPassword, values.adminPasswordFile, 'admin');
  if (isRefusal(givenPassword)) return givenPassword;
  const kept = givenPassword === null ? keptAdminPassword(dataFolder) : null;
  const options: PreparedServer['options'] = {
    dataFolder,
    port: nativePort(values),
    bind,
    addresses: values.address,
    sessions: values.session,
    sessionPassword,
    adminPassword: givenPassword ?? kept!.password,
    openRole: values.open ? values.openRole : null,
    timeoutMs: values.timeout,
    lockGraceMs: values.lockGrace,
    historyDays: values.historyDays,
    limits: {
      connections: values.connections,
      commitsPerSecond: values.commitsPerSecond,
      bytesPerSecond: values.bytesPerSecond,
      unnamedBytes: values.unnamedBytes,
      sessionBytes: values.sessionBytes,
      checkpointEvents: values.checkpointEvents,
      checkpointBytes: values.checkpointBytes,
    },
    behindProxy: values.behindProxy,
    openMetrics: values.openMetrics,
    log,
    clock: systemClock,
  };
  return { options, keptPassword: kept };
}

/** Behind a proxy the server itself speaks without encryption and is only for this machine (T1). */
function bindOf({ bind, behindProxy, openMetrics, relay }: OptionValues): string | Refusal {
  if (!behindProxy) {
    if (unixPath(bind) === null) return bind;
    return refusal('bad-option', 'Only a proxy can use a Unix socket: --bind unix:… needs --behind-proxy.');
  }
  if (relay.length > 0) {
    return refusal(
      'bad-option',
      'Behind a proxy the server cannot be reached through a relay. Leave out --relay.',
    );
  }
  if (openMetrics) {
    return refusal('bad-option', 'Behind a proxy --open-metrics would let everyone read them. Leave it out.');
  }
  if (bind === OPTIONS.bind.default) return '127.0.0.1';
  if (unixPath(bind) !== null || /^(127\.[\d.]+|::1|localhost)$/.test(bind)) return bind;
  return refusal(
    'bad-option',
    `With --behind-proxy the server speaks without encryption, so it listens on this machine only, not on ${bind}.`,
  );
}
