#!/usr/bin/env node
// The program as npm puts it on the path; it must also be read by versions of Node that are too old to run it.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`sceneport: this is Node.js ${process.versions.node}; 22.13 or newer is needed. (no-node)`);
  process.exit(1);
}
await import('../dist/main.js');
