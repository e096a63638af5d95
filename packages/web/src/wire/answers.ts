import { isPermission, isRole } from "@souk/api";
import type { Person } from "./person.ts";

/** What the server said was wrong, or that it said nothing. */
export class ApiError extends Error {
  readonly code: string;
  /** HTTP status; 0 when nothing answered. */
  readonly status: number;
  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Any thrown thing as an ApiError: those of the API's client carry a code and a status in their details. */
export function apiErrorOf(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const code = memberOf(thrown, "code");
  const status = memberOf(memberOf(thrown, "details"), "status");
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError(
    typeof code === "string" ? code : "UNEXPECTED",
    message,
    typeof status === "number" ? status : 0,
  );
}

/** The problem a refused request was answered with. */
export async function problemOfResponse(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const code = memberOf(body, "code");
  const detail = memberOf(body, "detail");
  return new ApiError(
    typeof code === "string" ? code : "API_ANSWER",
    typeof detail === "string" ? detail : `The server answered ${response.status}`,
    response.status,
  );
}

/** A session that is open: the token to send and who it speaks for. */
export interface OpenSession {
  readonly state: "open";
  readonly token: string;
  readonly person: Person;
}

/** Reads the answer of the session routes. @throws ApiError `API_ANSWER`. */
export function openSessionOf(
  body: unknown,
): OpenSession | { readonly state: "closed"; readonly setupNeeded: boolean } {
  if (memberOf(body, "state") === "closed")
    return { state: "closed", setupNeeded: memberOf(body, "setupNeeded") === true };
  const token = memberOf(body, "access_token");
  const id = memberOf(body, "id");
  const username = memberOf(body, "username");
  const role = memberOf(body, "role");
  const permissions = memberOf(body, "permissions");
  if (
    typeof token !== "string" ||
    typeof id !== "string" ||
    typeof username !== "string" ||
    !isRole(role) ||
    !Array.isArray(permissions)
  )
    throw new ApiError("API_ANSWER", "Expected a session of Souk", 200);
  return {
    state: "open",
    token,
    person: { id, username, role, permissions: new Set(permissions.filter(isPermission)) },
  };
}

/** A member of something unknown, `undefined` when it has none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
