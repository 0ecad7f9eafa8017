/** Runs ticks.py inside the Blender that `with-blender.mjs` names, with the arguments of this command. */
import { spawnSync } from 'node:child_process';
import { blenderCommand } from '../../tests/harness/blender-process.ts';

const [program, args] = blenderCommand('bench/blender/ticks.py', process.argv.slice(2));
process.exitCode = spawnSync(program, args, { stdio: 'inherit' }).status ?? 1;
