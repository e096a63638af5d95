import { SoukError } from "@souk/core";
import { imageLimits } from "@souk/models";

const HASH = /^[0-9a-f]{64}$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** Four characters of base64 for three bytes, and what stands before them in a data URI. */
const MOST_CHARS = Math.ceil(imageLimits.maxBytes / 3) * 4 + 100;

/**
 * The cell of a photo input: the SHA-256 of a stored photo, or the bytes of the file. A text is a hash, a `data:` URI of
 * base64, or base64 alone; `{ "b64": … }` is TensorFlow Serving's word for bytes.
 *
 * @throws SoukError `SERVING_PHOTO` for anything else, `IMAGE_LIMIT` for more bytes than a photo may have.
 */
export function readPhotoCell(value: unknown, place: string): string | Uint8Array | null {
  if (value instanceof Uint8Array)
    return checkLength(value.byteLength, imageLimits.maxBytes, value);
  const text = textOf(value);
  if (text === "") return null;
  if (text === undefined) throw noPhoto(place, typeof value);
  if (HASH.test(text)) return text;
  checkLength(text.length, MOST_CHARS, text);
  const base64 = text.startsWith("data:") ? afterComma(text) : text;
  if (base64 === undefined || !BASE64.test(base64)) throw noPhoto(place, "another text");
  return Buffer.from(base64, "base64");
}

/** Whether the text of a photo cell can only be the name of a file: a short one, with an ending. */
export function namesFile(text: string): boolean {
  return text.length <= 4096 && !text.startsWith("data:") && /\.(jpe?g|png|webp)$/i.test(text);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || !("b64" in value)) return undefined;
  return typeof value.b64 === "string" ? value.b64 : undefined;
}

/** Source: RFC 2397. */
function afterComma(uri: string): string | undefined {
  const comma = uri.indexOf(",");
  return comma > 0 && comma < 100 && uri.slice(0, comma).endsWith(";base64")
    ? uri.slice(comma + 1)
    : undefined;
}

function checkLength<T>(length: number, most: number, value: T): T {
  if (length <= most) return value;
  throw new SoukError("IMAGE_LIMIT", `photo: expected at most ${most} bytes, got ${length}`);
}

function noPhoto(place: string, got: string): SoukError {
  return new SoukError(
    "SERVING_PHOTO",
    `expected in ${place} a photo: the SHA-256 of a stored one, a data: URI or base64; got ${got}`,
  );
}
