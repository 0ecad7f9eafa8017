import { isPublicIPv4 } from '@sceneport/protocol';
import type {
  FindRouter,
  Mapped,
  MappingFailure,
  MapRequest,
  Router,
  RouterPlace,
} from '../mapping/router.ts';
import { isFailure } from '../mapping/router.ts';
import { ask, FINDING_ATTEMPTS } from './exchange.ts';

/** The opcodes of RFC 6886 §3.2 and §3.3; an answer has the highest bit set as well. */
const EXTERNAL_ADDRESS = 0;
const MAP_TCP = 2;
const ANSWER = 0x80;

const NETWORK_FAILURE = 3;

/** The result codes of RFC 6886 §3.5. */
const RESULTS: readonly string[] = [
  'success',
  'it does not know this version',
  'opening ports is switched off in it',
  'it has no address on the internet',
  'it has no room for more ports',
  'it cannot open ports',
];

/** Finds a router that speaks NAT-PMP (RFC 6886), by asking for its address outside. */
export const findNatPmp: FindRouter = async (place, signal) => {
  const external = await askForAddress(place, signal);
  return external === null ? null : new NatPmpRouter(place);
};

class NatPmpRouter implements Router {
  readonly protocol = 'NAT-PMP';
  readonly #place: RouterPlace;

  constructor(place: RouterPlace) {
    this.#place = place;
  }

  async map(request: MapRequest): Promise<Mapped | MappingFailure> {
    const host = await askForAddress(this.#place);
    if (host === null) return SILENT;
    if (typeof host !== 'string') return host;
    if (!isPublicIPv4(host)) return { kind: 'shared-address', detail: `its own address is ${host}` };
    const answer = await this.#ask(request.internalPort, request.externalPort, request.leaseSeconds);
    if (answer === null) return SILENT;
    return isFailure(answer)
      ? answer
      : { external: { host, port: answer.externalPort }, leaseSeconds: answer.leaseSeconds };
  }

  /** A lease of 0 s for the port inside takes it back (§3.4). */
  async unmap({ internalPort }: MapRequest): Promise<MappingFailure | null> {
    const answer = await this.#ask(internalPort, 0, 0);
    return answer === null ? SILENT : isFailure(answer) ? answer : null;
  }

  #ask(internalPort: number, externalPort: number, leaseSeconds: number): Promise<Granted | null> {
    const request = Buffer.alloc(12);
    request[1] = MAP_TCP;
    request.writeUInt16BE(internalPort, 4);
    request.writeUInt16BE(externalPort, 6);
    request.writeUInt32BE(leaseSeconds, 8);
    return ask({
      ...placeOf(this.#place),
      request,
      read: (bytes) => {
        const failure = readResult(bytes, MAP_TCP);
        if (failure !== 'success') return failure;
        if (bytes.length < 16 || bytes.readUInt16BE(8) !== internalPort) return null;
        const granted = { externalPort: bytes.readUInt16BE(10), leaseSeconds: bytes.readUInt32BE(12) };
        const isUsable = leaseSeconds === 0 || (granted.externalPort > 0 && granted.leaseSeconds > 0);
        return isUsable ? granted : null;
      },
    });
  }
}

type Granted = { readonly externalPort: number; readonly leaseSeconds: number } | MappingFailure;

const SILENT: MappingFailure = { kind: 'no-router', detail: 'it no longer answers' };

/** The address of the router outside, what it refused with, or null when it does not speak NAT-PMP. */
async function askForAddress(
  place: RouterPlace,
  signal?: AbortSignal,
): Promise<string | MappingFailure | null> {
  return ask({
    ...placeOf(place),
    ...(signal === undefined ? {} : { signal, attempts: FINDING_ATTEMPTS }),
    request: Uint8Array.of(0, EXTERNAL_ADDRESS),
    read: (bytes) => {
      const failure = readResult(bytes, EXTERNAL_ADDRESS);
      if (failure !== 'success') return failure;
      return bytes.length < 12 ? null : bytes.subarray(8, 12).join('.');
    },
  });
}

/** What the first 4 bytes of an answer say; null when they are no answer to `opcode`. */
function readResult(bytes: Buffer, opcode: number): MappingFailure | 'success' | null {
  if (bytes.length < 8 || bytes[0] !== 0 || bytes[1] !== (opcode | ANSWER)) return null;
  const result = bytes.readUInt16BE(2);
  if (result === 0) return 'success';
  const kind = result === NETWORK_FAILURE ? 'shared-address' : 'refused';
  return { kind, detail: RESULTS[result] ?? `it gave the unknown answer ${result}` };
}

function placeOf({ gateway, local, pmpPort }: RouterPlace): { host: string; port: number; local: string } {
  return { host: gateway, port: pmpPort, local };
}
