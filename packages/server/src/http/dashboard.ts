import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { errorCode, sha256 } from "@souk/core";
import type { FastifyReply, FastifyRequest } from "fastify";

/** What the built pages have where each answer needs a fresh nonce for their style elements. */
const NONCE_PLACE = "__STYLE_NONCE__";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** One built file, in memory: nothing a request says reaches the file system. */
interface Asset {
  readonly type: string;
  readonly etag: string;
  /** True when the name holds a hash of the content. */
  readonly isHashed: boolean;
  readonly plain: Buffer;
  readonly gzip?: Buffer;
  readonly br?: Buffer;
}

/** The built pages, as answers to requests that are no route of the API. */
export interface Dashboard {
  /** Sends a file or the page; undefined when the request asks for neither. */
  answer(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined;
}

/** Reads the pages built into `directory`. Without them, every page says how to build them. */
export async function openDashboard(directory: string | undefined): Promise<Dashboard> {
  const assets = directory === undefined ? new Map<string, Asset>() : await readAssets(directory);
  const page = assets.get("/index.html")?.plain.toString("utf8") ?? notBuilt;
  return {
    answer(request, reply) {
      if (request.method !== "GET" && request.method !== "HEAD") return undefined;
      const path = request.url.split("?", 1)[0] ?? "/";
      const asset = path === "/index.html" ? undefined : assets.get(path);
      if (asset) return sendAsset(asset, request, reply);
      return isPage(path, request) ? sendPage(page, reply) : undefined;
    },
  };
}

/** What a browser asks for when a person opens an address; programs ask for JSON, or for anything. */
function isPage(path: string, request: FastifyRequest): boolean {
  if (path === "/") return true;
  if (/^\/(api|v1|v2|predict|invocations|assets)(\/|$)/.test(path)) return false;
  return (request.headers.accept ?? "").includes("text/html");
}

function sendPage(page: string, reply: FastifyReply): FastifyReply {
  const nonce = randomBytes(16).toString("base64");
  return reply
    .code(200)
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-cache")
    .header("content-security-policy", policyOf(nonce))
    .send(page.replaceAll(NONCE_PLACE, nonce));
}

/** Only what this server sends may run, load or be called; styles made at run time carry the nonce of their page. */
function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function sendAsset(asset: Asset, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply
    .type(asset.type)
    .header("etag", asset.etag)
    .header("vary", "accept-encoding")
    .header("cache-control", asset.isHashed ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.headers["if-none-match"]?.includes(asset.etag)) return reply.code(304).send();
  const accepted = (request.headers["accept-encoding"] ?? "").split(/\s*,\s*/);
  for (const encoding of ["br", "gzip"] as const) {
    const body = asset[encoding];
    if (body && accepted.some((one) => one.split(";", 1)[0] === encoding))
      return reply.code(200).header("content-encoding", encoding).send(body);
  }
  return reply.code(200).send(asset.plain);
}

async function readAssets(directory: string): Promise<Map<string, Asset>> {
  const files = new Map<string, Buffer>();
  for (const path of await filesIn(directory))
    files.set(`/${relative(directory, path).split(sep).join("/")}`, await readFile(path));
  const assets = new Map<string, Asset>();
  for (const [path, plain] of files) {
    const type = types[extname(path)];
    if (type) assets.set(path, { type, ...compressed(files, path), ...tagged(path, plain), plain });
  }
  return assets;
}

function compressed(files: ReadonlyMap<string, Buffer>, path: string): Partial<Asset> {
  const gzip = files.get(`${path}.gz`);
  const br = files.get(`${path}.br`);
  return { ...(gzip && { gzip }), ...(br && { br }) };
}

function tagged(path: string, plain: Buffer): Pick<Asset, "etag" | "isHashed"> {
  return { etag: `"${sha256(plain).slice(0, 32)}"`, isHashed: path.startsWith("/assets/") };
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return [];
    throw cause;
  }
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Souk</title>
<style nonce="${NONCE_PLACE}">body { font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 15vh auto; padding: 0 1.5rem }</style>
<h1>The dashboard is not built yet</h1>
<p>The API of this server works. For the pages, run</p>
<pre>npm run build</pre>
<p>where Souk is installed, then start it again.</p>
</html>
`;
