import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { SoukError } from "@souk/core";
import { createTurnstile } from "./turnstile.ts";

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

/** Two at a time: 400 at once push unrelated file reads to 1.1 s, two keep them at 8 ms (measured on 4 cores). */
const HASHES_AT_ONCE = 2;
/** Beyond this many waiting, a flood is told to come back instead of growing the queue. */
const WAITING = 200;

const SHORTEST = 12;

/** Hashes and checks passwords with argon2id, two at a time. */
export interface Passwords {
  /** PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. @throws SoukError `AUTH_BUSY`. */
  hash(password: string): Promise<string>;
  /** Checks against `stored`, or against nothing with the same work when there is no such user. @throws `AUTH_BUSY`. */
  verify(password: string, stored: string | undefined): Promise<boolean>;
}

/** A fresh hasher with its own queue. */
export function createPasswords(): Passwords {
  const turnstile = createTurnstile({
    atOnce: HASHES_AT_ONCE,
    waiting: WAITING,
    full: () => new SoukError("AUTH_BUSY", "Too many logins at once: try again in a few seconds"),
  });
  return {
    hash: (password) => turnstile(() => hashPassword(password)),
    verify: (password, stored) => turnstile(() => verifyPassword(password, stored)),
  };
}

/**
 * Refuses a password that is easy to guess.
 * @throws SoukError `AUTH_PASSWORD_WEAK` with what is missing, never the password.
 */
export function checkPasswordStrength(password: string, username: string): void {
  const problem = weakness(password, username);
  if (problem) throw new SoukError("AUTH_PASSWORD_WEAK", `Choose another password: ${problem}`);
}

/** The username within a password is known to everybody: it does not count. */
function weakness(password: string, username: string): string | undefined {
  const counted = password.toLowerCase().replaceAll(username.toLowerCase(), "");
  if (counted.length < SHORTEST)
    return `it needs at least ${SHORTEST} characters, the username not counted`;
  if (new Set(counted).size < 5) return "it needs at least 5 different characters";
  return undefined;
}

async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(password, salt);
  const parameters = `m=${MEMORY_KIB},t=${PASSES},p=${LANES}`;
  return `$argon2id$v=19$${parameters}$${unpadded(salt)}$${unpadded(tag)}`;
}

async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, , , , salt, tag] = (stored ?? "").split("$");
  const tried = await derive(
    password,
    salt ? Buffer.from(salt, "base64") : randomBytes(SALT_BYTES),
  );
  const expected = tag ? Buffer.from(tag, "base64") : randomBytes(TAG_BYTES);
  return stored !== undefined && timingSafeEqual(tried, expected);
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  const options = {
    message: Buffer.from(password.normalize("NFKC"), "utf8"),
    nonce: salt,
    parallelism: LANES,
    tagLength: TAG_BYTES,
    memory: MEMORY_KIB,
    passes: PASSES,
  };
  return new Promise((resolve, reject) => {
    argon2("argon2id", options, (error, tag) => {
      if (error) reject(error);
      else resolve(tag);
    });
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}
