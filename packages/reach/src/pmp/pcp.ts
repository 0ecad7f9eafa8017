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

/** RFC 6887 §7 and §19: version, opcodes, the bit of an answer, and the number of TCP. */
const VERSION = 2;
const ANNOUNCE = 0;
const MAP = 1;
const ANSWER = 0x80;
const TCP = 6;

/** A header is 24 bytes (§7.1, §7.2), what MAP adds 36 (§11.1). */
const HEADER_BYTES = 24;
const MAP_BYTES = 60;

/** Where what is in a MAP message, request and answer alike. */
const AT = { nonce: 24, protocol: 36, internalPort: 40, externalPort: 42, externalAddress: 44 } as const;

const NETWORK_FAILURE = 7;
const CANNOT_PROVIDE_EXTERNAL = 11;

/** The result codes of §7.4. */
const RESULTS: readonly string[] = [
  'success',
  'it does not know this version',
  'opening ports is switched off in it',
  'it did not understand the request',
  'it cannot open ports',
  'it does not know what was asked of it',
  'it did not understand the request',
  'it has no address on the internet',
  'it has no room for more ports',
  'it does not open ports for TCP',
  'this computer has too many ports open in it',
  'the port is taken',
  'another router is between this computer and it',
  'it has too many peers for this port',
];

/** Finds a router that speaks PCP (RFC 6887): it answers to ANNOUNCE, with success or by a refusal of version 2. */
export const findPcp: FindRouter = async (place, signal) => {
  const answered = await ask({
    host: place.gateway,
    port: place.pmpPort,
    local: place.local,
    attempts: FINDING_ATTEMPTS,
    signal,
    request: header(ANNOUNCE, place.local, 0),
    // A router that has only NAT-PMP answers with its own version, 0 (§9).
    read: (bytes) => (bytes[0] === 0 ? 'other version' : readResult(bytes, ANNOUNCE)),
  });
  return answered === null || answered === 'other version' ? null : new PcpRouter(place);
};

class PcpRouter implements Router {
  readonly protocol = 'PCP';
  readonly #place: RouterPlace;

  constructor(place: RouterPlace) {
    this.#place = place;
  }

  async map(request: MapRequest): Promise<Mapped | MappingFailure> {
    const answer = await this.#ask(request);
    if (answer === null) return SILENT;
    if (isFailure(answer) || isPublicIPv4(answer.external.host)) return answer;
    await this.unmap(request);
    return { kind: 'shared-address', detail: `its own address is ${answer.external.host}` };
  }

  /** A lease of 0 s with the nonce of the mapping takes it back (§15.1). */
  async unmap(request: MapRequest): Promise<MappingFailure | null> {
    const answer = await this.#ask({ ...request, externalPort: 0, leaseSeconds: 0 });
    return answer === null ? SILENT : isFailure(answer) ? answer : null;
  }

  #ask(request: MapRequest): Promise<Mapped | MappingFailure | null> {
    const { gateway, local, pmpPort } = this.#place;
    return ask({
      host: gateway,
      port: pmpPort,
      local,
      request: mapMessage(request, local),
      read: (bytes) => readMapAnswer(bytes, request),
    });
  }
}

const SILENT: MappingFailure = { kind: 'no-router', detail: 'it no longer answers' };

function header(opcode: number, local: string, leaseSeconds: number, bytes = HEADER_BYTES): Buffer {
  const message = Buffer.alloc(bytes);
  message[0] = VERSION;
  message[1] = opcode;
  message.writeUInt32BE(leaseSeconds, 4);
  mappedAddress(local).copy(message, 8);
  return message;
}

function mapMessage(request: MapRequest, local: string): Buffer {
  const message = header(MAP, local, request.leaseSeconds, MAP_BYTES);
  message.set(request.nonce, AT.nonce);
  message[AT.protocol] = TCP;
  message.writeUInt16BE(request.internalPort, AT.internalPort);
  message.writeUInt16BE(request.externalPort, AT.externalPort);
  mappedAddress('0.0.0.0').copy(message, AT.externalAddress);
  return message;
}

/** An IPv4 address as the 16 bytes of ::ffff:a.b.c.d. */
function mappedAddress(address: string): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.fill(0xff, 10, 12);
  bytes.set(address.split('.').map(Number), 12);
  return bytes;
}

/** What an answer to `request` says; null when it is none. */
function readMapAnswer(bytes: Buffer, request: MapRequest): Mapped | MappingFailure | null {
  const result = readResult(bytes, MAP);
  if (result === null || bytes.length < MAP_BYTES) return null;
  const isOurs =
    bytes.subarray(AT.nonce, AT.protocol).equals(request.nonce) &&
    bytes[AT.protocol] === TCP &&
    bytes.readUInt16BE(AT.internalPort) === request.internalPort;
  if (!isOurs) return null;
  if (result !== 'success') return result;
  const port = bytes.readUInt16BE(AT.externalPort);
  const leaseSeconds = bytes.readUInt32BE(4);
  if (request.leaseSeconds > 0 && (port === 0 || leaseSeconds === 0)) return null;
  const host = bytes.subarray(AT.externalAddress + 12, AT.externalAddress + 16).join('.');
  return { external: { host, port }, leaseSeconds };
}

/** What the header of an answer says; null when it is no answer to `opcode`. */
function readResult(bytes: Buffer, opcode: number): MappingFailure | 'success' | null {
  if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION || bytes[1] !== (opcode | ANSWER)) return null;
  const result = bytes[3]!;
  if (result === 0) return 'success';
  const detail = RESULTS[result] ?? `it gave the unknown answer ${result}`;
  if (result === NETWORK_FAILURE) return { kind: 'shared-address', detail };
  return { kind: result === CANNOT_PROVIDE_EXTERNAL ? 'port-taken' : 'refused', detail };
}
