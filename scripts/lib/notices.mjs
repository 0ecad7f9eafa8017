import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRepository } from './paths.mjs';

const packageFolder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The text of the licence of a package, or its name where the package has no text. */
const licenceOf = (folder) => {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').trim();
  const { license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${folder} does not say how it is licensed`);
  return license;
};

/** What must be said of the packages that these source files (relative to the repository) belong to, as a comment of JavaScript. */
export const licenceNotices = (sources) => {
  const folders = new Set(sources.flatMap((source) => source.match(packageFolder) ?? []));
  const notices = [...folders].sort().map((relative) => {
    const folder = inRepository(relative);
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${licenceOf(folder)}\n`;
  });
  const text = ['This file contains the following packages.\n', ...notices].join('\n');
  if (text.includes('*/')) throw new Error('a licence would end the comment that it is in');
  return `/*\n${text}*/\n`;
};
