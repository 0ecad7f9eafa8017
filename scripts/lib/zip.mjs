import { crc32, deflateRawSync } from 'node:zlib';

const dosEpochDate = 0x21; // 1980-01-01: the same files always give the same bytes
const versionNeeded = 20;
const utf8Names = 0x0800;
const deflated = 8;
const regularFileMode = 0o100644;
const programMode = 0o100755;

const pack = (bytes) => ({
  compressed: deflateRawSync(bytes, { level: 9 }),
  crc: crc32(bytes),
  sizeBytes: bytes.length,
});

/**
 * A zip archive (APPNOTE 6.3.3, no zip64) that depends on nothing but its files: fixed times and modes,
 * entries sorted by name. What another archive has deflated already may be given as it is.
 * @param {({name: string, isProgram?: boolean} & ({bytes: Buffer} | {packed: {compressed: Buffer, crc: number,
 * sizeBytes: number}}))[]} files names with `/`, relative
 * @returns {Buffer}
 */
export const makeZip = (files) => {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const contents = [];
  const directory = [];
  let offset = 0;
  for (const { name, isProgram = false, bytes, packed } of sorted) {
    const nameBytes = Buffer.from(name, 'utf8');
    const { compressed, crc, sizeBytes } = packed ?? pack(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(versionNeeded, 0);
    common.writeUInt16LE(utf8Names, 2);
    common.writeUInt16LE(deflated, 4);
    common.writeUInt16LE(0, 6);
    common.writeUInt16LE(dosEpochDate, 8);
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(compressed.length, 14);
    common.writeUInt32LE(sizeBytes, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = [Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, compressed];
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((isProgram ? programMode : regularFileMode) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    const madeOnUnix = Buffer.from([versionNeeded, 3]);
    directory.push(Buffer.from('PK\x01\x02', 'latin1'), madeOnUnix, common, rest, nameBytes);
    contents.push(...local);
    offset += 4 + common.length + nameBytes.length + compressed.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(sorted.length, 8);
  end.writeUInt16LE(sorted.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...contents, directoryBytes, end]);
};
