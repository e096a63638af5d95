/**
 * Reads Protocol Buffers from bytes that may be hostile: every length is checked against what is left of the message it
 * stands in, and nothing is allocated for a count that the file only claims. See protobuf-writer.ts for the format.
 */
import { SoukError } from "@souk/core";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** How a field's value is stored: an integer, eight bytes, a length and as many bytes, four bytes. */
const [VARINT, FIXED64, DELIMITED, FIXED32] = [0, 1, 2, 5];

/** The bytes of a file, and a view of them. */
interface Content {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A place in one message. `next` moves to the next field, then one of the others reads its value, or `skip`. */
export class MessageReader {
  /** What the message is, for errors. */
  readonly name: string;
  /** Number of the field that `next` found. */
  field = 0;
  readonly #bytes: Uint8Array;
  readonly #content: Content;
  readonly #start: number;
  readonly #end: number;
  #at: number;
  #wire = 0;

  private constructor(content: Content, name: string, start: number, end: number) {
    this.#content = content;
    this.#bytes = content.bytes;
    this.name = name;
    this.#start = start;
    this.#at = start;
    this.#end = end;
  }

  /** A reader of a whole file. */
  static over(bytes: Uint8Array, name: string): MessageReader {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new MessageReader({ bytes, view }, name, 0, bytes.byteLength);
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.#at === this.#end) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    if (this.field < 1 || this.field >= 2 ** 29) this.fail(`a field number ${this.field}`);
    return true;
  }

  /** Passes over the value. */
  skip(): void {
    if (this.#wire === VARINT) this.#varint();
    else if (this.#wire === FIXED64) this.#advance(8);
    else if (this.#wire === FIXED32) this.#advance(4);
    else this.#delimited();
  }

  /** A signed integer; above 2^53 it is rounded. */
  integer(): number {
    this.#expect(VARINT, "an integer");
    return this.#varint();
  }

  /** A float32. */
  float(): number {
    this.#expect(FIXED32, "a float");
    return this.#content.view.getFloat32(this.#advance(4), true);
  }

  /** UTF-8 text of at most `limit` bytes. */
  text(limit: number): string {
    const start = this.#delimited();
    const length = this.#at - start;
    if (length > limit) {
      throw new SoukError(
        "ONNX_LIMIT",
        `${this.name}: a text of field ${this.field} has ${length} bytes, at most ${limit} are read`,
      );
    }
    return this.#ascii(start) ?? this.#utf8(start);
  }

  /** Bytes of the file, not copied. */
  bytes(): Uint8Array {
    const start = this.#delimited();
    return this.#bytes.subarray(start, this.#at);
  }

  /** The nested message, to be read with a reader of its own. */
  message(name: string): MessageReader {
    const start = this.#delimited();
    return new MessageReader(this.#content, name, start, this.#at);
  }

  /** A reader at the beginning of this message. */
  again(): MessageReader {
    return new MessageReader(this.#content, this.name, this.#start, this.#end);
  }

  /** Length of this message in bytes. */
  get byteLength(): number {
    return this.#end - this.#start;
  }

  /** Calls `take` with each integer of a field that holds one, or a packed list. */
  integers(take: (value: number) => void): void {
    if (this.#wire === VARINT) return take(this.#varint());
    this.#packed(() => take(this.#varint()));
  }

  /** Like `integers`, without rounding; negative ones as they are. */
  bigIntegers(take: (value: bigint) => void): void {
    if (this.#wire === VARINT) return take(this.#bigVarint());
    this.#packed(() => take(this.#bigVarint()));
  }

  /** Calls `take` with each float32 of a field that holds one, or a packed list. */
  floats(take: (value: number) => void): void {
    if (this.#wire === FIXED32) return take(this.float());
    this.#packed(() => take(this.#content.view.getFloat32(this.#advance(4), true)));
  }

  /** Calls `take` with each float64 of a field that holds one, or a packed list. */
  doubles(take: (value: number) => void): void {
    const read = () => take(this.#content.view.getFloat64(this.#advance(8), true));
    if (this.#wire === FIXED64) read();
    else this.#packed(read);
  }

  /** Throws `ONNX_MALFORMED` with the place in the file. */
  fail(found: string): never {
    throw new SoukError("ONNX_MALFORMED", `${this.name}: found ${found} near byte ${this.#at}`);
  }

  #packed(read: () => void): void {
    const start = this.#delimited();
    const end = this.#at;
    this.#at = start;
    while (this.#at < end) read();
    if (this.#at !== end) this.fail("a packed list that ends inside an element");
  }

  /** Passes over a length and as many bytes, and gives where these start. */
  #delimited(): number {
    this.#expect(DELIMITED, "a length");
    return this.#advance(this.#varint());
  }

  /** Short plain text, as names are, without the cost of a decoder. */
  #ascii(start: number): string | undefined {
    if (this.#at - start > 64) return undefined;
    let text = "";
    for (let at = start; at < this.#at; at++) {
      const byte = this.#bytes[at];
      if (byte > 127) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #utf8(start: number): string {
    try {
      return decoder.decode(this.#bytes.subarray(start, this.#at));
    } catch {
      return this.fail(`text of field ${this.field} that is not UTF-8`);
    }
  }

  #expect(wire: number, wanted: string): void {
    if (this.#wire !== wire)
      this.fail(`wire type ${this.#wire} in field ${this.field}, not ${wanted}`);
  }

  #advance(count: number): number {
    const start = this.#at;
    if (count < 0 || count > this.#end - start) {
      this.fail(`${count} bytes announced where ${this.#end - start} are left`);
    }
    this.#at += count;
    return start;
  }

  /** Seven bytes fit a double exactly; what is longer is negative or huge and goes through a BigInt. */
  #varint(): number {
    const start = this.#at;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 7; count++) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    this.#at = start;
    return Number(this.#bigVarint());
  }

  #bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    return this.fail("an integer of more than ten bytes");
  }

  #byte(): number {
    if (this.#at >= this.#end) this.fail("the end inside an integer");
    return this.#bytes[this.#at++];
  }
}
