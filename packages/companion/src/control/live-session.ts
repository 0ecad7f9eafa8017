import { type DatablockId, type Refusal, SceneportError } from '@sceneport/protocol';
import type { Say } from '../conversation/down.ts';
import type { AppliedOrder, Show } from '../conversation/up.ts';
import { Again } from '../edits/again.ts';
import { Committer } from '../edits/committer.ts';
import { Editor, type Knowledge } from '../edits/editor.ts';
import { Publication } from '../edits/publication.ts';
import { StaleArrays } from '../edits/stale-arrays.ts';
import { Mirror } from '../mirror/mirror.ts';
import { Graveyard } from '../names/graveyard.ts';
import { inOrder } from '../orders/kinds.ts';
import { OrderDesk } from '../orders/order-desk.ts';
import { Standing } from '../orders/standing.ts';
import type { Session } from '../session.ts';
import { Deletions } from '../undo/deletions.ts';
import { Removals } from '../undo/removals.ts';
import { RemovedItems } from '../undo/removed-items.ts';
import { UndoWatch } from '../undo/undo-watch.ts';
import type { Receipts } from './receipts.ts';
import { reportGivenUp, reportOverwritten, reportRefused } from './reports.ts';

/** What may be taken of what the add-on shows: nothing of the file from before the session. */
type Listening = 'nothing' | 'hand-over' | 'again' | 'everything';

/** One open session with one Blender: the editor takes what Blender shows, the order desk orders what it does not. */
export class LiveSession {
  readonly session: Session;
  readonly mirror = new Mirror();
  readonly desk: OrderDesk;
  readonly #say: Say;
  readonly #receipts: Receipts | null;
  readonly #onChange: () => void;
  readonly #knowledge: Knowledge;
  readonly #editor: Editor;
  readonly #committer: Committer;
  readonly #stale: StaleArrays;
  readonly #ends: (() => void)[];
  readonly #undo: UndoWatch;
  #listening: Listening = 'nothing';
  #publication: Publication | null = null;
  #again: Again | null = null;
  /** The last event that Blender showed before its companion was started anew, until it shows all of the session again. */
  #since = Number.POSITIVE_INFINITY;
  #published: ((refused: Refusal | null) => void) | null = null;
  #openOrder = 0;
  #listensThen: Listening = 'nothing';
  #opened: () => void = () => {};
  #scheduled = false;
  #ended = false;
  #whenDone: (() => void)[] = [];

  constructor(
    session: Session,
    say: Say,
    lastOrder: number,
    receipts: Receipts | null,
    onChange: () => void,
  ) {
    this.session = session;
    this.#say = say;
    this.#receipts = receipts;
    receipts?.begin(() => this.stored());
    this.#onChange = onChange;
    this.#undo = new UndoWatch(say);
    this.#knowledge = {
      mirror: this.mirror,
      standing: new Standing(),
      graveyard: new Graveyard(),
      removals: new Removals(),
      deletions: new Deletions(session.me.number),
      removedItems: new RemovedItems(session.me.number),
    };
    this.#editor = new Editor(session, this.#knowledge);
    this.#stale = new StaleArrays(session, this.mirror, say);
    this.#committer = new Committer(
      session,
      (refused, ids) => {
        reportRefused(session, say, refused);
        this.#stale.note(refused);
        this.desk.touch(ids);
        void this.#saveStale();
      },
      () => this.#wake(),
    );
    this.desk = new OrderDesk(
      session,
      this.#knowledge,
      {
        say,
        holds: (id) => this.#publication !== null || this.#committer.holds(id) || this.#stale.holds(id),
        givenUp: (id, aspect) => reportGivenUp(session, this.mirror, say, id, aspect),
        wake: () => this.#wake(),
      },
      lastOrder,
    );
    this.#ends = [
      session.on('event', ({ touched, removed }) => this.desk.touch([...touched, ...removed])),
      session.on('reset', ({ touched, removed }) => this.desk.touch([...touched, ...removed])),
      session.on('state', () => this.#wake()),
    ];
  }

  /** Shown differences that are not commits yet, and commits that are not acknowledged yet (J2). */
  get pending(): number {
    return this.session.pending + this.#committer.waiting;
  }

  /** The last event of which Blender shows everything that is not held back (J2). */
  get shownSeq(): number {
    return Math.min(this.desk.shownSeq, this.#since);
  }

  /** Orders an empty file (J3, J4). Resolves when it is open; what Blender shows of it counts only when {@link fill} is called. */
  openEmpty(): Promise<void> {
    this.#listening = 'nothing';
    this.desk.openEmpty();
    this.#openOrder = this.desk.lastOrder;
    return new Promise((resolve) => {
      this.#opened = resolve;
    });
  }

  /** Shows the session in an empty file (J3). Resolves when Blender shows everything. */
  async fill(): Promise<void> {
    const opened = this.openEmpty();
    this.#listensThen = 'everything';
    await opened;
    const ids = inOrder([...this.session.ids()], (id) => this.session.view(id)?.type ?? null);
    this.desk.touch([...ids, ...this.mirror.ids()]);
    const fetched = this.session.fetchContent(ids);
    await this.#done();
    const refused = await fetched;
    if (refused !== null && !this.#ended) throw new SceneportError(refused);
  }

  /** Asks for everything that Blender shows and publishes it (J4); what the session refuses is the answer. */
  publish(): Promise<Refusal | null> {
    this.mirror.clear();
    this.#listening = 'hand-over';
    this.#publication = new Publication(this.session);
    this.#say({ type: 'hand-over' });
    return new Promise((resolve) => {
      this.#published = resolve;
    });
  }

  /**
   * Takes the session for what Blender shows and lets it show everything again (J12), of which this user had seen the session
   * up to event `since`. Resolves when Blender shows the session.
   */
  async showAgain(since: number): Promise<void> {
    this.#listening = 'again';
    this.#again = new Again(this.session, this.#knowledge, since);
    this.#since = since;
    this.#say({ type: 'show-again', stored: this.#receipts?.storedBefore ?? 0 });
    await this.#done();
    this.#since = Number.POSITIVE_INFINITY;
  }

  /** V1. */
  show(show: Show, buffers: readonly Uint8Array[]): void {
    if (show.reason === 'again') this.#takeAgain(show, buffers);
    else this.#take(show, buffers);
    if (show.show !== undefined && this.#listening !== 'nothing' && this.#publication === null) {
      this.#receipts?.took(show.show);
    }
  }

  #take(show: Show, buffers: readonly Uint8Array[]): void {
    const isHandOver = this.#listening === 'hand-over';
    const isDeaf = this.#listening === 'nothing' || this.#listening === 'again';
    if (isDeaf || (isHandOver && show.reason !== 'hand-over')) {
      this.#undo.shown(show, true);
      return;
    }
    const touched = new Set<DatablockId>();
    const edit = this.#editor.take(show, buffers, touched);
    if (isHandOver) this.#takeHandOver(edit, show);
    else if (edit.ids.size > 0) this.#committer.add(edit);
    this.#undo.shown(show, edit.ids.size > 0);
    this.desk.touch(touched);
    this.#onChange();
  }

  /** O4. */
  applied(applied: AppliedOrder, buffers: readonly Uint8Array[]): void {
    if (!this.desk.applied(applied, buffers)) return;
    if (applied.order === this.#openOrder) {
      this.#listening = this.#listensThen;
      this.#opened();
    }
    this.#onChange();
  }

  /** Resolves when everything that was handed over is on disk (J5, L4). */
  async stored(): Promise<void> {
    await this.#committer.settled();
    await this.session.stored();
  }

  /** Takes no more part in the session. */
  end(): void {
    this.#ended = true;
    this.#receipts?.end();
    for (const end of this.#ends) end();
    this.#opened();
    for (const resolve of this.#whenDone.splice(0)) resolve();
  }

  #takeHandOver(edit: Parameters<Publication['add']>[0], { done, show }: Show): void {
    const publication = this.#publication!;
    publication.add(edit);
    if (!done) return;
    this.#listening = 'everything';
    const outcome = publication.publish();
    this.#committer.waitFor(outcome.then(() => undefined));
    void outcome.then((refused) => {
      this.#publication = null;
      if (refused === null && show !== undefined) this.#receipts?.took(show);
      this.#published?.(refused);
      this.desk.touch(this.session.ids());
    });
  }

  #takeAgain(show: Show, buffers: readonly Uint8Array[]): void {
    const again = this.#again;
    if (again === null) return;
    const edit = again.take(show, buffers);
    if (edit.ids.size > 0) this.#committer.add(edit);
    if (!show.done) return;
    this.#again = null;
    this.#listening = 'everything';
    reportOverwritten(this.session, this.#say, again.overwritten);
    this.desk.touch([...this.session.ids(), ...this.mirror.ids()]);
    this.#onChange();
  }

  async #saveStale(): Promise<void> {
    const freed = await this.#stale.save(this.pending === 0);
    if (freed.size > 0 && !this.#ended) this.desk.touch(freed);
  }

  #done(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenDone.push(resolve);
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#ended) return;
      if (this.#listening === 'everything' && !this.#undo.isUnderWay) this.desk.pump();
      if (this.#listening === 'everything' && this.desk.isDone)
        for (const resolve of this.#whenDone.splice(0)) resolve();
      this.#onChange();
    });
  }
}
