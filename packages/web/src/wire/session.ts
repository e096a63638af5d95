import { openSessionOf, type OpenSession, problemOfResponse } from "./answers.ts";
import type { Person } from "./person.ts";

/*
 * Who is logged in, in this tab. The access token lives here and nowhere else; what outlives a reload is a cookie that no
 * script can read, which `renew` trades for a fresh token:
 *
 *   starting ──renew──► open ──401──renew──► open, or the page anew when it is somebody else's by now
 *       └──► closed ◄──────┴── log out, here or in another tab
 *
 * A renewal that finds the session over leaves it open, marked `isOver`: pages keep what was typed into them while the same
 * person logs in again.
 */

export type Session =
  | { readonly state: "starting" }
  | { readonly state: "unreachable" }
  | { readonly state: "closed"; readonly setupNeeded: boolean; readonly wasOpen: boolean }
  | { readonly state: "open"; readonly person: Person; readonly isOver: boolean };

let session: Session = { state: "starting" };
let accessToken: string | undefined;
let renewal: Promise<void> | undefined;
const listeners = new Set<() => void>();
const otherTabs = new BroadcastChannel("souk-session");

/** The session now; for `useSyncExternalStore`. */
export function readSession(): Session {
  return session;
}

/** Calls `listener` at each change, until the returned function is called. */
export function watchSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Finds out whether the cookie still holds a session, and hears of logins and logouts in other tabs from now on. */
export async function startSession(): Promise<void> {
  otherTabs.addEventListener("message", ({ data }) => {
    if (data === "closed" && session.state === "open") close({ setupNeeded: false });
    if (data === "open") void findSession();
  });
  await findSession();
}

/** Asks whether the cookie holds a session, once at a time. Never rejects: `readSession` tells what came of it. */
export function findSession(): Promise<void> {
  return (renewal ??= renew().finally(() => (renewal = undefined)));
}

/** @throws the server's Problem as `ApiError`: AUTH_FAILED, AUTH_THROTTLED, HTTP_RATE. */
export async function logIn(credentials: { username: string; password: string }): Promise<void> {
  await openWith("/api/v1/session", credentials);
}

/** First run. @throws `ApiError`: AUTH_SETUP_TOKEN, AUTH_SETUP_DONE, AUTH_PASSWORD_WEAK. */
export async function setUp(request: {
  setupToken: string;
  username: string;
  password: string;
}): Promise<void> {
  await openWith("/api/v1/session/setup", request);
}

/** Ends the session here, on the server and in the other tabs. */
export async function logOut(): Promise<void> {
  await fetch("/api/v1/session", { method: "DELETE" }).catch(() => undefined);
  tellOtherTabs("closed");
  close({ setupNeeded: false, wasOpen: false });
}

/** `fetch` with the access token; renews it once when it is over. What the API's client and the event stream send with. */
export async function sessionFetch(
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const used = accessToken;
  const response = await fetch(input, withToken(init, used));
  if (response.status !== 401 || init?.body instanceof ReadableStream) return response;
  if (accessToken === used) await findSession();
  return accessToken && accessToken !== used
    ? fetch(input, withToken(init, accessToken))
    : response;
}

function withToken(init: RequestInit | undefined, token: string | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  if (token) headers.set("authorization", `Bearer ${token}`);
  return { ...init, headers };
}

async function renew(): Promise<void> {
  try {
    const response = await fetch("/api/v1/session/renew", { method: "POST" });
    if (!response.ok) throw await problemOfResponse(response);
    const answer = openSessionOf(await response.json());
    if (answer.state === "open") return open(answer);
    if (session.state === "open" && !answer.setupNeeded) end(session.person);
    else close({ setupNeeded: answer.setupNeeded });
  } catch {
    // A server that restarts must not look like a logout: pages stay, and the next request tries again.
    if (session.state === "starting") change({ state: "unreachable" });
  }
}

async function openWith(path: string, body: object): Promise<void> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await problemOfResponse(response);
  const answer = openSessionOf(await response.json());
  if (answer.state !== "open") return;
  open(answer);
  tellOtherTabs("open");
}

function tellOtherTabs(state: "open" | "closed"): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel reaches its own origin alone
  otherTabs.postMessage(state);
}

function open({ token, person }: OpenSession): void {
  // Somebody else logged in in another tab: nothing that was read or written as the one before may stay.
  if (session.state === "open" && session.person.id !== person.id) return location.reload();
  accessToken = token;
  if (session.state === "open" && !session.isOver && sameRights(session.person, person)) return;
  change({ state: "open", person, isOver: false });
}

function end(person: Person): void {
  accessToken = undefined;
  if (session.state === "open" && !session.isOver) change({ state: "open", person, isOver: true });
}

function sameRights(a: Person, b: Person): boolean {
  return a.id === b.id && a.role === b.role && a.permissions.size === b.permissions.size;
}

function close({
  setupNeeded,
  wasOpen = session.state === "open",
}: {
  setupNeeded: boolean;
  wasOpen?: boolean;
}): void {
  accessToken = undefined;
  change({ state: "closed", setupNeeded, wasOpen });
}

function change(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}
