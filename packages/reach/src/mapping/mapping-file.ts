import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64, toBase64 } from '@sceneport/protocol';
import type { MapRequest, RouterProtocol } from './router.ts';

/** What the data folder remembers of the port that was opened last. */
export interface KeptMapping {
  /** The port outside: wanted again, so that invites that name it stay valid. */
  readonly externalPort: number;
  /** How to take it back, while it is open; null once it has been. */
  readonly open: OpenRecord | null;
}

/** What it takes to take a mapping back that an earlier run has left behind. */
export interface OpenRecord {
  readonly protocol: RouterProtocol;
  readonly request: MapRequest;
}

const FILE_NAME = 'port-mapping.json';

/** Reads what the data folder remembers; null where it remembers nothing, or nothing that can be read. */
export function readKeptMapping(dataFolder: string): KeptMapping | null {
  try {
    return keptMapping(JSON.parse(readFileSync(join(dataFolder, FILE_NAME), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Writes it down, whole or not at all: it is what is known after a crash. */
export function writeKeptMapping(dataFolder: string, { externalPort, open }: KeptMapping): void {
  const json = {
    externalPort,
    open:
      open === null
        ? null
        : {
            protocol: open.protocol,
            internalPort: open.request.internalPort,
            nonce: toBase64(open.request.nonce),
          },
  };
  const path = join(dataFolder, FILE_NAME);
  writeFileSync(`${path}.new`, `${JSON.stringify(json)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

function keptMapping(json: unknown): KeptMapping | null {
  const { externalPort, open } = (json ?? {}) as Record<string, unknown>;
  if (!isPort(externalPort)) return null;
  return { externalPort, open: openRecord(open, externalPort) };
}

function openRecord(json: unknown, externalPort: number): OpenRecord | null {
  const { protocol, internalPort, nonce } = (json ?? {}) as Record<string, unknown>;
  const isProtocol = protocol === 'PCP' || protocol === 'NAT-PMP' || protocol === 'UPnP';
  if (!isProtocol || !isPort(internalPort) || typeof nonce !== 'string') return null;
  const bytes = fromBase64(nonce);
  if (bytes === null || bytes.length !== 12) return null;
  return { protocol, request: { internalPort, externalPort, leaseSeconds: 0, nonce: bytes } };
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535;
}
