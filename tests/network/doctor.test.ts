import test from 'node:test';
import { NetworkLab } from './lab.ts';
import { LabProgram } from './lab-program.ts';
import { SlowWire, slowWireProblem } from './slow-wire.ts';

const skip = slowWireProblem() ?? false;

for (const { lossPercent, says } of [
  { lossPercent: 0, says: /✓ (None|About 1) of 100 round trips (was|were) repeated or stalled\.\n/ },
  {
    lossPercent: 8,
    says: /✗ About \d+ of \d+ round trips were repeated or stalled: packets are lost.*\n +Try a cable/,
  },
]) {
  test(`doctor tells how many round trips stall where ${lossPercent} % of the packets are lost`, {
    skip,
  }, async (t) => {
    const lab = NetworkLab.create(t);
    await SlowWire.lay(lab, { delayMs: 5, lossPercent });
    lab.forward(5555);
    const server = LabProgram.start(t, lab, 'host', ['serve', '--address', lab.addresses.outsideA]);
    const [invite] = await server.says(/sceneport:\/\/\S+#[a-z2-7]{26}/);
    await LabProgram.start(t, lab, 'joiner', ['doctor', invite]).says(says);
  });
}
