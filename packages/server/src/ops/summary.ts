import type { Session } from '../session/session.ts';

/** A session as the list of sessions shows it. */
export async function summary(session: Session): Promise<Record<string, unknown>> {
  const { settings, sequencer, members, storage } = session;
  return {
    name: settings.name,
    seq: sequencer.durableSeq,
    datablocks: sequencer.state.datablocks.size,
    users: members.connected().length,
    blender: settings.blender,
    createdMs: settings.createdMs,
    changedMs: session.changedMs,
    sizeBytes: await storage.sizeBytes(),
    readOnly: sequencer.readOnly !== null,
  };
}
