import type { Permission, Role } from "@souk/api";

/** Who is logged in, and what they may do. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
}
