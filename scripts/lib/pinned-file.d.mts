export function sha256(bytes: Buffer): string;
export function providePinned(file: { url: string; sha256: string }, folder: string): Promise<Buffer>;
