import type { ChunkName } from '@sceneport/protocol';
import type {
  ChunkStore,
  ClientStore,
  MovedServer,
  Outbox,
  OutboxEntry,
  Resume,
  StoredReplica,
} from './client-store.ts';

/** A store that lives as long as its holder: the default, and what a session outlives a lost connection with. */
export function memoryStore(): ClientStore {
  let resume: Resume | null = null;
  let replica: StoredReplica | null = null;
  const trusted = new Map<string, string>();
  const moved = new Map<string, MovedServer>();
  return {
    chunks: memoryChunks(),
    outbox: memoryOutbox(),
    loadResume: async () => resume,
    saveResume: async (next) => {
      resume = next;
    },
    loadReplica: async () => replica,
    saveReplica: async (next) => {
      replica = next;
    },
    loadTrust: async (address) => trusted.get(address) ?? null,
    saveTrust: async (address, code) => void trusted.set(address, code),
    loadMoved: async (code) => moved.get(code) ?? null,
    saveMoved: async (code, server) => void moved.set(code, server),
  };
}

/** Chunks in memory. */
export function memoryChunks(): ChunkStore {
  const chunks = new Map<ChunkName, Uint8Array>();
  return {
    get: async (name) => chunks.get(name),
    put: async (name, bytes) => void chunks.set(name, bytes),
    has: async (name) => chunks.has(name),
  };
}

function memoryOutbox(): Outbox {
  const entries = new Map<number, OutboxEntry>();
  return {
    put: async (entry) => void entries.set(entry.counter, entry),
    settle: async (counter) => void entries.delete(counter),
    all: async () => [...entries.values()].sort((a, b) => a.order - b.order),
  };
}
