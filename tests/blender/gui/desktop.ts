import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { blenderVersion, inRepository } from '../../harness/blender-process.ts';
import type { Cleanup } from '../../harness/temporary-folder.ts';
import type { Screen } from './screen.ts';
import { homeEnvironment } from './window-blender.ts';

const runProgram = promisify(execFile);

/** In each Blender of the user: says through the pipe which process is asking. */
const tellWhoAsks = (pipe: string): string => `import os
import bpy

def look():
    from sceneport.ui import arriving
    if arriving.state.asked is None or not arriving.was_read():
        return 0.1
    with open(${JSON.stringify(pipe)}, "w") as file:
        file.write(f"{os.getpid()} {arriving.state.asked}")

def register():
    bpy.app.timers.register(look, persistent=True)
`;

/** The add-on is installed, and the button in its preferences pressed. */
const installAndRegister = `import addon_utils, bpy
bpy.context.preferences.view.show_splash = False
addon_utils.enable("sceneport", default_set=True)
bpy.ops.wm.save_userpref()
bpy.ops.sceneport.register_links()`;

/** A desktop of Linux without anything on it: what its applications do with a link that somebody clicks. */
export class Desktop {
  readonly #home: string;
  readonly #screen: Screen;

  constructor(home: string, screen: Screen) {
    this.#home = home;
    this.#screen = screen;
  }

  /** The application that opens invites, empty where there is none. */
  async opensInvites(): Promise<string> {
    const { stdout } = await this.#run('xdg-mime', ['query', 'default', 'x-scheme-handler/sceneport']);
    return stdout.trim();
  }

  /** Opens a link; answers when a Blender that runs has taken it. */
  async open(link: string): Promise<void> {
    await this.#run('xdg-open', [link]);
  }

  /**
   * Installs the add-on, lets it open invites, and opens one while no Blender runs; answers what the Blender that is
   * started by it asks about, once it has been drawn.
   */
  async openWithoutBlender(t: Cleanup, link: string, picture: string): Promise<string> {
    const pipe = join(this.#home, 'asks');
    const scripts = join(this.#home, 'blender', blenderVersion, 'scripts');
    execFileSync('mkfifo', [pipe]);
    for (const folder of ['addons', 'startup']) mkdirSync(join(scripts, folder), { recursive: true });
    symlinkSync(inRepository('addon/sceneport'), join(scripts, 'addons', 'sceneport'));
    await this.#run('blender', ['-b', '--python-exit-code', '1', '--python-expr', installAndRegister]);
    writeFileSync(join(scripts, 'startup', 'tell_who_asks.py'), tellWhoAsks(pipe));
    await this.#run('gio', ['open', link]);
    const [, pid, asked] = /^(\d+) (.*)$/.exec(await readFile(pipe, 'utf8')) ?? [];
    t.after(() => void process.kill(Number(pid), 'SIGKILL'));
    await this.#screen.picture(picture);
    return asked ?? '';
  }

  async #run(program: string, args: string[]): Promise<{ stdout: string }> {
    const env = { ...homeEnvironment(this.#home), DISPLAY: this.#screen.display };
    return await runProgram(program, args, { env });
  }
}
