import { LISTENING, LOOKING, RELAY, SERVE } from '../command-sets.ts';
import type { OptionRow } from '../row.ts';

const NETWORK = 'Network';

/** Where the server listens, and how others reach it. */
export const NETWORK_OPTIONS = {
  port: {
    kind: 'integer',
    minimum: 0,
    maximum: 65535,
    unit: null,
    default: 5555,
    commands: [...LISTENING, ...LOOKING],
    group: NETWORK,
    bareVariable: 'port',
    help: 'The one TCP port for everything. 0 picks a free one.',
  },
  bind: {
    kind: 'text',
    placeholder: 'ADDRESS',
    default: '::',
    commands: [...LISTENING, ...LOOKING],
    group: NETWORK,
    help: 'The address to listen on. :: is every address of the machine, 127.0.0.1 this machine only; unix:/path a socket for a proxy.',
  },
  address: {
    kind: 'list',
    placeholder: 'HOST[:PORT]',
    default: [],
    commands: SERVE,
    group: NETWORK,
    help: 'An address that others reach the server at, to be written into invites instead of those of the machine.',
  },
  relay: {
    kind: 'list',
    placeholder: 'HOST[:PORT]',
    default: [],
    commands: SERVE,
    group: NETWORK,
    help: 'A relay by which others reach the server where no straight way leads to it. It passes on what it cannot read.',
  },
  mapPort: {
    kind: 'switch',
    default: false,
    commands: SERVE,
    group: NETWORK,
    help: 'Asks the router to forward the port to this computer (PCP, NAT-PMP or UPnP), so that others reach it over the internet. Taken back at exit.',
  },
  externalPort: {
    kind: 'integer',
    minimum: 1,
    maximum: 65535,
    unit: null,
    default: null,
    commands: SERVE,
    group: NETWORK,
    help: 'The port of the router for --map-port. Without it one by chance, the same at every start.',
  },
  allow: {
    kind: 'text',
    placeholder: 'FILE',
    default: null,
    commands: RELAY,
    group: NETWORK,
    help: 'The codes of the servers that may register, one a line; # begins a remark. Without it every server may.',
  },
  behindProxy: {
    kind: 'switch',
    default: false,
    commands: [...SERVE, ...LOOKING],
    group: NETWORK,
    help: 'Speaks plain HTTP and WebSocket on loopback or a Unix socket, for a proxy in front that does TLS.',
  },
  openMetrics: {
    kind: 'switch',
    default: false,
    commands: LISTENING,
    group: NETWORK,
    help: 'Lets /metrics be read from this machine without a login, for a Prometheus beside the server. Not with --behind-proxy.',
  },
  multiUser: {
    kind: 'switch',
    default: false,
    commands: [...SERVE, ...LOOKING],
    group: NETWORK,
    bareVariable: 'MULTI_USER',
    help: 'Lets existing Multi-User add-ons join a session of their own, not encrypted: they have the port and the three after it, Sceneport the fourth after it. On by itself where the variable port is set.',
  },
  multiUserCurve: {
    kind: 'choice',
    choices: ['off', 'allow', 'require'],
    default: 'allow',
    commands: SERVE,
    group: NETWORK,
    help: 'Whether clients on the ports of --multi-user may encrypt with CurveZMQ. Scripts can, old add-ons cannot: require keeps them out.',
  },
} as const satisfies Record<string, OptionRow>;
