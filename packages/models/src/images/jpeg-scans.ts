/**
 * Counts the scans of a JPEG. A progressive file may have thousands of a few bytes each, every one of which goes over the
 * whole picture before a row comes out, where no time limit is looked at: a megabyte can keep a thread busy for minutes.
 *
 * Source: ITU-T T.81, annex B. A file is markers (FF and a byte that is not 0 or FF), most with a length and content;
 * after a start of scan (DA) come coded bytes up to the next marker that is no restart (D0 to D7).
 */
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** The number of scans up to the end of the image, counted no further than `most` + 1. */
export function countJpegScans(bytes: Uint8Array, most: number): number {
  const { buffer, byteOffset, byteLength } = bytes;
  const file = Buffer.from(buffer, byteOffset, byteLength);
  let scans = 0;
  for (let at = nextMarker(file, 2); at >= 0 && scans <= most; at = nextMarker(file, at)) {
    const marker = file[at + 1];
    if (marker === END_OF_IMAGE) break;
    if (marker === START_OF_SCAN) scans++;
    // A length counts its own two bytes. One that leads out of the file ends the search: the decoder refuses it.
    at += at + 4 <= file.length ? 2 + Math.max(2, file.readUInt16BE(at + 2)) : 2;
  }
  return scans;
}

/** Where the next marker with content, or the end, begins; -1 when there is none. */
function nextMarker(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0; at = file.indexOf(0xff, at + 1)) {
    const marker = file[at + 1];
    // Stuffed bytes, fill bytes, TEM, restarts and a second start are no segments.
    const isSegment = marker > 1 && marker < 0xff && !(marker >= 0xd0 && marker <= 0xd8);
    if (isSegment) return at;
  }
  return -1;
}
