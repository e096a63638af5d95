/**
 * A photo from an address that somebody else wrote. Such an address may point at this machine, the network behind it or
 * a cloud's metadata service (server-side request forgery), and its name may lead elsewhere a moment later:
 *
 *   address ─► http(s) only ─► look up once ─► every answer public? ─► connect to a checked one ─► 200, sized, in time
 */
import { lookup } from "node:dns/promises";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { errorMessage, SoukError } from "@souk/core";
import { isPublicAddress } from "./public-address.ts";

/** All addresses of a host name. */
export type Resolver = (host: string) => Promise<readonly string[]>;

/** What a fetch may do. */
export interface FetchLimits {
  /** Also from this machine and the network behind it: for an intranet, by configuration only. Default false. */
  readonly allowPrivate?: boolean;
  /** Most bytes of a photo. */
  readonly maxBytes: number;
  /** From the look-up to the last byte, milliseconds. */
  readonly timeoutMs: number;
  /** Default: the system's. */
  readonly resolve?: Resolver;
}

const MAX_URL = 2048;

/**
 * The bytes at `url`. Redirects are not followed, and the connection goes to an address that was checked. What the bytes
 * are is for the caller to see: a server's content type is not believed.
 *
 * @throws SoukError `PHOTO_URL_INVALID` for another protocol, credentials or no address at all; `PHOTO_URL_PRIVATE` for a
 * host with an address that is not public; `PHOTO_URL_UNREACHABLE` when nothing answers in time; `PHOTO_URL_ANSWER` for
 * any answer but 200, redirects too; `PHOTO_URL_SIZE` above `maxBytes`; the reason of `signal` when aborted.
 */
export async function fetchPhoto(
  url: string,
  { signal, ...limits }: FetchLimits & { readonly signal?: AbortSignal },
): Promise<Uint8Array> {
  const target = parsePhotoUrl(url);
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const stop = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    const address = await until(stop, checkedAddress(target, limits));
    const response = await connect(target, { address, signal: stop });
    return await readAnswer(response, limits.maxBytes);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof SoukError) throw cause;
    const why = timeout.aborted ? `no photo in ${limits.timeoutMs} ms` : errorMessage(cause);
    throw new SoukError("PHOTO_URL_UNREACHABLE", `${target.host}: expected a photo, got ${why}`, {
      cause,
    });
  }
}

/** An address of a photo, in the one way all parts read it. @throws SoukError `PHOTO_URL_INVALID`. */
export function parsePhotoUrl(url: string): URL {
  const target = url.length <= MAX_URL && URL.canParse(url) ? new URL(url) : undefined;
  const isHttp = target?.protocol === "http:" || target?.protocol === "https:";
  if (target && isHttp && target.username === "" && target.password === "") return target;
  throw new SoukError(
    "PHOTO_URL_INVALID",
    `expected an http or https address of up to ${MAX_URL} characters without a password, got another`,
  );
}

/** The address to connect to: every answer of the look-up must be public, so that none of them can be drawn later. */
async function checkedAddress(
  target: URL,
  { allowPrivate = false, resolve = resolveAll }: FetchLimits,
): Promise<string> {
  const host = target.hostname.replace(/^\[(.*)\]$/, "$1");
  const addresses = isIP(host) ? [host] : await resolve(host);
  const [first] = addresses;
  if (first === undefined)
    throw new SoukError("PHOTO_URL_UNREACHABLE", `${host}: expected an address, got none`);
  if (allowPrivate || addresses.every(isPublicAddress)) return first;
  throw new SoukError(
    "PHOTO_URL_PRIVATE",
    `${host}: expected a server on the internet, got an address of a private or special network`,
  );
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** A name's look-up cannot be stopped, but it need not be waited for. */
function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function connect(
  target: URL,
  { address, signal }: { address: string; signal: AbortSignal },
): Promise<IncomingMessage> {
  const family = isIP(address);
  // Whatever the name says by now, this is where the connection goes.
  const pinned: LookupFunction = (_host, options, done) => {
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  const send = target.protocol === "https:" ? requestHttps : requestHttp;
  const headers = {
    accept: "image/jpeg, image/png, image/webp",
    "accept-encoding": "identity",
    "user-agent": "souk-photos",
  };
  return new Promise((resolve, reject) => {
    const sent = send(target, {
      agent: false,
      headers,
      lookup: pinned,
      signal,
      maxHeaderSize: 16_384,
    });
    sent.once("response", resolve).on("error", reject).end();
  });
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  try {
    if (response.statusCode !== 200)
      throw new SoukError(
        "PHOTO_URL_ANSWER",
        `expected a photo with status 200, got status ${response.statusCode}`,
      );
    if (Number(response.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of response as AsyncIterable<Uint8Array>) {
      bytes += part.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      parts.push(part);
    }
    if (!response.complete)
      throw new SoukError("PHOTO_URL_UNREACHABLE", "expected a whole photo, got a torn answer");
    return Buffer.concat(parts);
  } finally {
    response.destroy();
  }
}

function tooLarge(maxBytes: number): SoukError {
  return new SoukError("PHOTO_URL_SIZE", `expected at most ${maxBytes} bytes, got more`);
}
