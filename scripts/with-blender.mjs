// `with-blender.mjs VERSION COMMAND ...` provides a Blender and runs a command, such as one test file, with
// the variables set that tell the tests which Blender to run in.
import { blenderEnvironment, blenderVersions, provideBlender } from './blenders.mjs';
import { run } from './lib/command.mjs';

const [version, program, ...args] = process.argv.slice(2);
if (!blenderVersions.includes(version) || program === undefined) {
  console.error(`usage: node scripts/with-blender.mjs ${blenderVersions.join('|')} COMMAND [ARGUMENT ...]`);
  process.exit(2);
}
const blender = await provideBlender(version);
if (blender.reason !== null) {
  console.error(`Blender ${version}: ${blender.reason}`);
  process.exit(1);
}
process.exit(await run(program, args, blenderEnvironment(version, blender)));
