export function makeZip(files: { name: string; bytes: Buffer }[]): Buffer;
