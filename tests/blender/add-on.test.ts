import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'node:test';
import { blenderVersion, inRepository } from '../harness/blender-process.ts';
import { runBlenderCases } from '../harness/blender-script.ts';

/** Modules that the scripts share, and a measurement: they have no cases. */
const helpers = new Set(['blender_rich.py', 'blender_support.py', 'blender_times.py']);

const scripts = readdirSync(inRepository('addon/tests'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /^blender_\w+\.py$/.test(basename(path)) && !helpers.has(basename(path)))
  .sort();

for (const script of scripts)
  test(`${script} in Blender ${blenderVersion}`, (t) => runBlenderCases(t, join('addon/tests', script), []));
