/** `@sceneport/relay`: the relay, and the host's end of it. */

export {
  RelayHost,
  type RelayHostOptions,
  type RelayStatus,
  type ViewFromOutside,
} from './host/relay-host.ts';
export {
  DEFAULT_RELAY_LIMITS,
  DEFAULT_RELAY_OPTIONS,
  type RelayLimits,
  type RelayOptions,
} from './options.ts';
export { type Relay, type StartRelayOptions, startRelay } from './relay.ts';
