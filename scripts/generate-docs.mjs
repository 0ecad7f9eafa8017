// Writes the generated documents, from the built packages. With --check it writes nothing and fails where one is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { inRepository } from './lib/paths.mjs';
import { configPage } from './pages/config-page.mjs';
import { errorsPage } from './pages/errors-page.mjs';
import { framesPage } from './pages/frames-page.mjs';

const pages = { 'CONFIG.md': configPage(), 'ERRORS.md': errorsPage(), 'FRAMES.md': framesPage() };

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

let staleCount = 0;
for (const [name, text] of Object.entries(pages)) {
  const path = inRepository('docs', name);
  if (read(path) === text) continue;
  staleCount += 1;
  if (process.argv.includes('--check'))
    console.error(`docs/${name} is stale: run node scripts/generate-docs.mjs`);
  else writeFileSync(path, text);
}
process.exit(process.argv.includes('--check') && staleCount > 0 ? 1 : 0);
