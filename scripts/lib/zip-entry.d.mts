import type { PackedBytes } from './zip.d.mts';
export function readZipEntry(archive: Buffer, name: string): PackedBytes;
