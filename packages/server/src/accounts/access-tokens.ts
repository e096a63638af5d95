import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, errorCode, putFileIfAbsent, SoukError } from "@souk/core";
import { errors, jwtVerify, SignJWT } from "jose";

/** Short, because a stateless reader could only see the end of a token, not its revocation. */
export const ACCESS_TOKEN_MS = 15 * 60_000;
const ALGORITHM = "HS256";
const ISSUER = "souk";
const KEY_BYTES = 32;

/** What an access token says: whose, of which session, until when. */
interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAtMs: number;
}

/** Signs and reads access tokens (JWT, HS256) with the key of the data directory. */
export interface AccessTokens {
  sign(userId: string, sessionId: string): Promise<string>;
  /** @throws SoukError `AUTH_TOKEN` for anything not signed here, or over. */
  read(token: string): Promise<AccessClaims>;
}

/** Opens `<keysDirectory>/access-token.key`, making it (32 random bytes, mode 0600) on the first run. */
export async function openAccessTokens(options: {
  keysDirectory: string;
  clock: Clock;
}): Promise<AccessTokens> {
  const key = await openKey(options.keysDirectory);
  const { clock } = options;
  return {
    sign(userId, sessionId) {
      const seconds = Math.floor(clock.now() / 1000);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: "at+jwt" })
        .setIssuer(ISSUER)
        .setAudience(ISSUER)
        .setSubject(userId)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + ACCESS_TOKEN_MS / 1000)
        .sign(key);
    },
    read: (token) => readToken(token, key, clock),
  };
}

async function readToken(token: string, key: Uint8Array, clock: Clock): Promise<AccessClaims> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: "at+jwt",
      issuer: ISSUER,
      audience: ISSUER,
      currentDate: new Date(clock.now()),
      requiredClaims: ["exp", "sub", "sid"],
    });
    const { sub, sid, exp } = payload;
    if (typeof sub !== "string" || typeof sid !== "string" || typeof exp !== "number")
      throw badToken();
    return { userId: sub, sessionId: sid, expiresAtMs: exp * 1000 };
  } catch (cause) {
    if (cause instanceof errors.JWTExpired)
      throw new SoukError("AUTH_TOKEN", "The access token is over: refresh it", { cause });
    throw badToken(cause);
  }
}

/** The same words for every reason: a caller with a forged token learns nothing. */
export function badToken(cause?: unknown): SoukError {
  return new SoukError(
    "AUTH_TOKEN",
    "Expected a valid access token or API key as `Authorization: Bearer …`",
    { cause },
  );
}

async function openKey(directory: string): Promise<Uint8Array> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const path = join(directory, "access-token.key");
  const existing = await readKey(path);
  if (existing) return existing;
  await putFileIfAbsent(path, randomBytes(KEY_BYTES), { mode: 0o600 });
  const written = await readKey(path);
  if (!written) throw new SoukError("AUTH_KEY_FILE", `${path} could not be written`);
  return written;
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  try {
    const key = await readFile(path);
    if (key.length !== KEY_BYTES)
      throw new SoukError(
        "AUTH_KEY_FILE",
        `${path} has ${key.length} bytes, expected ${KEY_BYTES}`,
      );
    return key;
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return undefined;
    throw cause;
  }
}
