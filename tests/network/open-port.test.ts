import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { MappingStatus, RouterProtocol } from '@sceneport/reach';
import { JsonLines } from '../harness/json-lines.ts';
import { endProcess, keepErrorOutput } from '../harness/process-end.ts';
import { node } from '../harness/program.ts';
import { type Cleanup, temporaryFolder } from '../harness/temporary-folder.ts';
import { NetworkLab } from './lab.ts';
import { labProblem } from './lab-problem.ts';
import { RouterDaemon } from './miniupnpd.ts';

const problem = labProblem(['miniupnpd']);
const options = problem === null ? {} : { skip: problem };
const echo = fileURLToPath(new URL('./echo.ts', import.meta.url));
const openPort = fileURLToPath(new URL('./open-port.ts', import.meta.url));

/** Somebody at the host who has port 7000 opened. */
class Opener {
  readonly #child;
  readonly #lines: JsonLines;

  constructor(lab: NetworkLab, dataFolder: string, protocols: readonly RouterProtocol[] = []) {
    this.#child = lab.start('host', node, [openPort, '7000', dataFolder, ...protocols]);
    this.#lines = new JsonLines(this.#child.stdout!, keepErrorOutput(this.#child));
  }

  /** The next state. */
  next(): Promise<MappingStatus> {
    return this.#lines.next<MappingStatus>();
  }

  /** The port outside. */
  async opened(): Promise<number> {
    const status = await this.next();
    assert.equal(status.state, 'open', JSON.stringify(status));
    return status.state === 'open' ? status.external.port : 0;
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin!.end();
    await ended;
  }

  async crash(): Promise<void> {
    await endProcess(this.#child, 'SIGKILL');
  }
}

async function labWithServer(t: Cleanup, isShared = false): Promise<NetworkLab> {
  const lab = NetworkLab.create(t, { isShared });
  const child = lab.start('host', node, [echo, 'listen', '7000']);
  await once(child.stdout!, 'data');
  return lab;
}

const dial = (lab: NetworkLab, port: number): string =>
  lab.run('joiner', node, [echo, 'dial', lab.addresses.outsideA, String(port)]).trim();

for (const protocol of ['PCP', 'NAT-PMP', 'UPnP'] as const) {
  test(
    `[W8] by ${protocol} a real router lets a joiner behind another router in, until the end`,
    options,
    async (t) => {
      const lab = await labWithServer(t);
      const router = await RouterDaemon.start(t, lab);
      const opener = new Opener(lab, temporaryFolder(t), [protocol]);
      const status = await opener.next();
      assert.ok(status.state === 'open' && status.protocol === protocol, JSON.stringify(status));
      assert.equal(status.external.host, lab.addresses.outsideA);
      assert.deepEqual(router.open, [`${status.external.port} to ${lab.addresses.host}:7000`]);
      assert.match(dial(lab, status.external.port), /^11\.0\.2\.2 /);
      await opener.end();
      assert.deepEqual(router.open, []);
      assert.match(dial(lab, status.external.port), /^failed/);
    },
  );

  test(
    `[W10] by ${protocol} what a crash has left open in a real router is closed at the next start`,
    options,
    async (t) => {
      const lab = await labWithServer(t);
      const router = await RouterDaemon.start(t, lab);
      const dataFolder = temporaryFolder(t);
      const crashed = new Opener(lab, dataFolder, [protocol]);
      const port = await crashed.opened();
      await crashed.crash();
      assert.equal(router.open.length, 1);
      const again = new Opener(lab, dataFolder);
      assert.equal(await again.opened(), port);
      assert.deepEqual(router.open, [`${port} to ${lab.addresses.host}:7000`]);
      await again.end();
      assert.deepEqual(router.open, []);
    },
  );
}

test(
  '[W8] a router that knows only UPnP, or only NAT-PMP, opens one port and no more',
  options,
  async (t) => {
    const lab = await labWithServer(t);
    for (const ways of [{ upnp: false }, { natPmp: false }, {}]) {
      const router = await RouterDaemon.start(t, lab, ways);
      const opener = new Opener(lab, temporaryFolder(t));
      await opener.opened();
      assert.equal(router.open.length, 1);
      await opener.end();
      assert.deepEqual(router.open, []);
      await router.pull();
    }
  },
);

// This router tells by PCP only that it has no room; asked in all ways, it tells why.
for (const protocols of [['NAT-PMP'], ['UPnP'], []] as const) {
  test(
    `[W11] a router whose provider shares addresses is found out by ${protocols[0] ?? 'all ways'}`,
    options,
    async (t) => {
      const lab = await labWithServer(t, true);
      await RouterDaemon.start(t, lab);
      const status = await new Opener(lab, temporaryFolder(t), protocols).next();
      assert.ok(status.state === 'failed' && status.kind === 'shared-address', JSON.stringify(status));
      assert.match(status.reason, /^Your provider shares one public address among many customers/);
    },
  );
}

test('[W8] where no router opens ports, that is said', options, async (t) => {
  const lab = await labWithServer(t);
  const status = await new Opener(lab, temporaryFolder(t)).next();
  assert.ok(status.state === 'failed' && status.kind === 'no-router', JSON.stringify(status));
});
