import type { Role } from "@souk/api";

const words: Readonly<Record<Role, string>> = {
  viewer: "looks at data, models and runs",
  analyst: "also ingests, asks, predicts, corrects and trains",
  operator: "also compacts datasets, decides checks and promotes",
  admin: "also manages people, keys and the system",
};

/** Roles to choose from, with what each may do. */
export function roleOptions(roles: readonly Role[]): { value: Role; label: string }[] {
  return roles.map((role) => ({ value: role, label: `${role}: ${words[role]}` }));
}
