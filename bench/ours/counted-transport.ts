import { platformTransport, type Transport } from '@sceneport/client';
import { isRefusal } from '@sceneport/protocol';

/** Bytes that TLS 1.3 puts around a record of AES-GCM: 5 of header, 1 of type, 16 of tag (RFC 8446 §5.2). */
const RECORD_BYTES = 22;

/** The platform's transport, and what has been sent on it: frames with their length, and a TLS record around each. */
export function countedTransport(): { transport: Transport; sentBytes(): number } {
  const inner = platformTransport();
  let sent = 0;
  const transport: Transport = {
    async open(address, check, opening) {
      const wire = await inner.open(address, check, opening);
      if (isRefusal(wire)) return wire;
      return {
        peer: wire.peer,
        isRelayed: wire.isRelayed,
        listen: (handler) => wire.listen(handler),
        close: () => wire.close(),
        send(frame) {
          sent += 4 + frame.length + RECORD_BYTES;
          wire.send(frame);
        },
      };
    },
  };
  return { transport, sentBytes: () => sent };
}
