/** The polynomial of CRC-32 as in IEEE 802.3, reversed. */
const POLYNOMIAL = 0xed_b8_83_20;
const TABLE: Uint32Array = buildTable();

/** Computes the CRC-32 of bytes. Not that of `node:zlib`, which Node 20.15 was the first to have, and not every runtime has. */
export function computeCrc32(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) sum = (TABLE[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}

function buildTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 1 ? POLYNOMIAL ^ (sum >>> 1) : sum >>> 1;
    return sum;
  });
}
