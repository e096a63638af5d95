/** Takes exact numbers of bytes from a stream of chunks. */
export interface ByteReader {
  /** The next `count` bytes; fewer only at the end of the stream. */
  take(count: number): Promise<Buffer>;
  /** Passes over `count` bytes without keeping them. @returns how many there were. */
  skip(count: number): Promise<number>;
}

/** A reader of `chunks`; holds no more than it was asked for and one chunk. */
export function byteReader(chunks: AsyncIterable<Buffer>): ByteReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  /** Some of the next bytes, at most `count`; none at the end. */
  async function some(count: number): Promise<Buffer> {
    while (rest.length === 0) {
      const { done, value } = await iterator.next();
      if (done) return rest;
      rest = value;
    }
    const part = rest.subarray(0, count);
    rest = rest.subarray(part.length);
    return part;
  }

  return {
    async take(count) {
      const parts: Buffer[] = [];
      for (let missing = count; missing > 0;) {
        const part = await some(missing);
        if (part.length === 0) break;
        parts.push(part);
        missing -= part.length;
      }
      return Buffer.concat(parts);
    },
    async skip(count) {
      let missing = count;
      while (missing > 0) {
        const { length } = await some(missing);
        if (length === 0) break;
        missing -= length;
      }
      return count - missing;
    },
  };
}
