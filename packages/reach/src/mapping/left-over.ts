import { findRouter } from './find-router.ts';
import { type OpenRecord, readKeptMapping, writeKeptMapping } from './mapping-file.ts';
import { type RouterNetwork, routerPlace } from './place.ts';
import { isFailure } from './router.ts';

/**
 * Takes a mapping back that an earlier run with this data folder, ended by a crash, has left in the router (W10). `left`:
 * it could not be taken back, stays written down for the next start, and ends with its lease.
 */
export async function removeLeftOver(
  dataFolder: string,
  bind: string,
  network: RouterNetwork = {},
): Promise<'nothing' | 'closed' | 'left'> {
  const kept = readKeptMapping(dataFolder);
  if (kept === null || kept.open === null) return 'nothing';
  if (!(await takeBack(kept.open, bind, network))) return 'left';
  writeKeptMapping(dataFolder, { ...kept, open: null });
  return 'closed';
}

async function takeBack(
  { protocol, request }: OpenRecord,
  bind: string,
  network: RouterNetwork,
): Promise<boolean> {
  const place = await routerPlace(bind, network);
  if (isFailure(place)) return false;
  const router = await findRouter(protocol, place, new AbortController().signal);
  return router !== null && (await router.unmap(request)) === null;
}
