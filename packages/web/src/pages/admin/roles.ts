import { isRole, type Role } from "@souk/api";

const words: Readonly<Record<Role, string>> = {
  viewer: "Looks at data, models and runs",
  analyst: "Looks at everything, ingests, asks, predicts, corrects and trains",
  operator: "As an analyst; also compacts datasets, decides checks and promotes",
  admin: "As an operator; also manages people, keys and the system",
};

/** What people of a role may do. */
export function roleWords(role: string): string {
  return isRole(role) ? words[role] : "";
}
