import { useParams } from "@tanstack/react-router";
import { memberOf } from "../wire/answers.ts";

/** A named part of the address ("/runs/$id" has "id"); "" where the page has none. */
export function usePathParameter(name: string): string {
  const value = memberOf(useParams({ strict: false }), name);
  return typeof value === "string" ? value : "";
}
