export type PackedBytes = { compressed: Buffer; crc: number; sizeBytes: number };
export type ZipFile = { name: string; isProgram?: boolean } & ({ bytes: Buffer } | { packed: PackedBytes });
export function makeZip(files: ZipFile[]): Buffer;
