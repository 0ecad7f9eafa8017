const directoryEntry = 0x02014b50;
const directoryEntryBytes = 46;
const localEntryBytes = 30;
const endBytes = 22;
const deflated = 8;

/** Where the directory of an archive begins, and how many entries it has. */
const findDirectory = (archive) => {
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end === -1 || end + endBytes > archive.length) throw new Error('this is no zip archive');
  return { count: archive.readUInt16LE(end + 10), start: archive.readUInt32LE(end + 16) };
};

/** The bytes of an entry, whose local header has a name and an extra field of lengths of its own. */
const dataOf = (archive, localOffset, compressedBytes) => {
  const nameBytes = archive.readUInt16LE(localOffset + 26);
  const extraBytes = archive.readUInt16LE(localOffset + 28);
  const start = localOffset + localEntryBytes + nameBytes + extraBytes;
  return archive.subarray(start, start + compressedBytes);
};

/**
 * One file of a zip archive (no zip64), still deflated, as `makeZip` takes it: nothing is inflated.
 * Throws where it is not there or stored in another way.
 */
export const readZipEntry = (archive, name) => {
  const { count, start } = findDirectory(archive);
  let at = start;
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== directoryEntry) throw new Error('the directory of this zip is damaged');
    const nameBytes = archive.readUInt16LE(at + 28);
    const afterNameBytes = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    const nameStart = at + directoryEntryBytes;
    if (archive.toString('utf8', nameStart, nameStart + nameBytes) === name) {
      if (archive.readUInt16LE(at + 10) !== deflated) throw new Error(`${name} is not deflated`);
      return {
        compressed: dataOf(archive, archive.readUInt32LE(at + 42), archive.readUInt32LE(at + 20)),
        crc: archive.readUInt32LE(at + 16),
        sizeBytes: archive.readUInt32LE(at + 24),
      };
    }
    at = nameStart + nameBytes + afterNameBytes;
  }
  throw new Error(`there is no ${name} in this zip`);
};
