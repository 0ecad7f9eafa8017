/** `@sceneport/server`: a Sceneport server, started and used by the command line, by tests and by the benchmark. */
export { type Clock, systemClock } from './clock.ts';
export { changeIdentity, earlierIdentities } from './gateway/earlier-keys.ts';
export { type Identity, identityOf, loadIdentity, storeIdentity } from './gateway/identity.ts';
export { unixPath } from './gateway/listen.ts';
export { type Logger, silentLogger } from './logger.ts';
export { type Caller, COMMANDS } from './ops/commands.ts';
export { DEFAULT_LIMITS, DEFAULT_OPTIONS, type ServerLimits, type ServerOptions } from './options.ts';
export { type SceneportServer, type StartOptions, startServer } from './pipeline.ts';
