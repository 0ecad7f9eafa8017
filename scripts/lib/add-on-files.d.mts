type File = { name: string; bytes: Buffer };
export function addOnFiles(program: Buffer): File[];
export function onlyFor(platform: string, files: File[]): File[];
