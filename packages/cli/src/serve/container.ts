import { existsSync } from 'node:fs';
import type { LocalAddress } from '@sceneport/reach';

/** Files by which Docker and Podman mark the inside of a container. */
const MARKS = ['/.dockerenv', '/run/.containerenv'];

/** Whether these seem to be addresses inside a container, which others cannot use. */
export function areOfContainer(
  addresses: readonly LocalAddress[],
  exists: (path: string) => boolean = existsSync,
): boolean {
  const reaches = addresses.map(({ reach }) => reach);
  return reaches.includes('network') && !reaches.includes('internet') && MARKS.some(exists);
}
