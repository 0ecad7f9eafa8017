import type { ZipFile } from './zip.d.mts';
export const platforms: string[];
export const thisPlatform: string;
export function bundledNodeFiles(platform: string): Promise<ZipFile[]>;
