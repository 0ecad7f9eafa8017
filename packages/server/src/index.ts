/** `@sceneport/server`: a Sceneport server, started and used by the command line, by tests and by the benchmark. */

export { networkOf } from './access/network.ts';
export { LoginThrottle } from './access/throttle.ts';
export { type Clock, systemClock } from './clock.ts';
export { RateLimit } from './decode/rate-limit.ts';
export { Outlet } from './fanout/outlet.ts';
export { changeIdentity, earlierIdentities } from './gateway/earlier-keys.ts';
export { isThisMachine } from './gateway/http.ts';
export { type Identity, identityOf, loadIdentity, storeIdentity } from './gateway/identity.ts';
export type { Link } from './gateway/link.ts';
export { listen, PROXY_PORT, unixPath } from './gateway/listen.ts';
export { trackConnections } from './gateway/listener.ts';
export { endSlowRequests } from './gateway/request-deadline.ts';
export { type Logger, silentLogger } from './logger.ts';
export { type Caller, COMMANDS } from './ops/commands.ts';
export { type DialledBack, dialBack } from './ops/dial-back.ts';
export { metric } from './ops/metric.ts';
export {
  DEFAULT_LIMITS,
  DEFAULT_OPTIONS,
  type ReachedBy,
  type ServerLimits,
  type ServerOptions,
} from './options.ts';
export { type SceneportServer, type StartOptions, startServer } from './pipeline.ts';
export type { Member, Peer } from './session/member.ts';
export type { Author } from './session/sequencer.ts';
export type { Session } from './session/session.ts';
