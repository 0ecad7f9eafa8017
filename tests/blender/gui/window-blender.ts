import { type ChildProcess, spawn } from 'node:child_process';
import { TestBlender } from '../../harness/blender.ts';
import { blenderVersion, inRepository } from '../../harness/blender-process.ts';
import { programEnvironment } from '../../harness/program.ts';
import { type Cleanup, temporaryFolder } from '../../harness/temporary-folder.ts';
import { type Screen, startScreen } from './screen.ts';

/** A Blender with a window, on a screen of its own, used as by hand. */
export class WindowBlender extends TestBlender {
  readonly screen: Screen;

  constructor(child: ChildProcess, screen: Screen) {
    super(child);
    this.screen = screen;
  }

  /** Waits until Python leaves something true in `answer`; the test's own timeout bounds it. */
  async waitFor(code: string): Promise<unknown> {
    return await this.do('wait', { code });
  }

  /** Presses a button: invokes an operator. True where it asks something first. */
  async press(operator: string, fields: Record<string, unknown> = {}): Promise<boolean> {
    const result = (await this.do('press', { operator, fields })) as string[];
    return result.includes('RUNNING_MODAL');
  }

  /** One real key stroke with the mouse in the 3D view, or what covers it. */
  async key(name: string, fields: Record<string, unknown> = {}): Promise<void> {
    await this.do('key', { name, ...fields });
  }

  /** A real Ctrl+Z. */
  async undo(): Promise<void> {
    await this.key('Z', { ctrl: true });
  }

  /** A real Ctrl+Shift+Z. */
  async redo(): Promise<void> {
    await this.key('Z', { ctrl: true, shift: true });
  }

  /** Moves what is selected with G and the mouse, so many pixels along the red axis. */
  async drag(pixels: number): Promise<void> {
    await this.key('G');
    await this.key('X');
    await this.key('RET', { aside: pixels });
  }

  /** Opens the sidebar with the panel of the add-on. */
  async openPanel(): Promise<void> {
    await this.do('sidebar');
    await this.do('redraw');
    await this.do('tab');
    await this.do('redraw');
  }

  /** Keeps a picture of the screen in test-output/, for people. */
  async picture(name: string): Promise<void> {
    await this.do('redraw');
    await this.screen.picture(inRepository(`test-output/blender-${blenderVersion}-${name}.png`));
  }
}

const windowCommand = (): string[] => {
  const value = process.env.SCENEPORT_BLENDER_WINDOW_COMMAND;
  if (value === undefined) throw new Error(`Blender ${blenderVersion} has no windows here`);
  return JSON.parse(value) as string[];
};

/** The variables of a user whose settings, backups and caches are in one folder. */
export const homeEnvironment = (home: string): NodeJS.ProcessEnv => ({
  ...programEnvironment(),
  HOME: home,
  XDG_CONFIG_HOME: home,
  XDG_CACHE_HOME: home,
  // Without a graphics card the shaders are compiled for the processor, which takes seconds: once for all tests.
  MESA_SHADER_CACHE_DIR: inRepository('.cache/mesa'),
});

/** Starts a Blender with the add-on and a window, of a user with a folder of its own unless one is named. */
export const startWindowBlender = async (
  t: Cleanup,
  user: string,
  home: string = temporaryFolder(t),
): Promise<WindowBlender> => {
  const screen = await startScreen();
  const [program, ...start] = windowCommand();
  if (program === undefined) throw new Error('SCENEPORT_BLENDER_WINDOW_COMMAND is empty');
  const driver = inRepository('tests/blender/gui/window_driver.py');
  const child = spawn(program, [...start, driver, '--', inRepository('addon'), user], {
    env: { ...homeEnvironment(home), DISPLAY: screen.display },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const blender = new WindowBlender(child, screen);
  t.after(async () => {
    await blender.kill();
    await screen.end();
  });
  await blender.ready();
  return blender;
};
