import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Cleanup } from '../harness/temporary-folder.ts';

const HTML = '<!doctype html><meta charset="utf-8"><title>Sceneport</title>';

const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
  });
  return outputFiles[0]?.text ?? '';
};

/** Serves a page with the SDK in it, as a web site would; answers its address. */
export const servePage = async (t: Cleanup): Promise<string> => {
  const page = `${HTML}<script>${(await bundle()).replaceAll('</script', '<\\/script')}</script>`;
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};
