import type { Permission } from "@souk/api";
import type { ComponentType } from "react";
import type { IconName } from "../parts/icon.tsx";

/** The groups of the navigation, in its order. */
export const groups = ["Shop", "Data", "Models", "Operate"] as const;
export type Group = (typeof groups)[number];

/** Things with a name or id that the command palette finds and opens. */
export type EntityKind =
  | "product"
  | "dataset"
  | "model"
  | "version"
  | "run"
  | "task"
  | "question"
  | "saved";

/** One page of the dashboard. The list in `pages.ts` is all that router, navigation and palette know. */
export interface PageEntry {
  /** TanStack Router's style: "/runs/$id". */
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  /** Where the navigation shows it; absent: not there (a page of one thing). */
  readonly group?: Group;
  /** What one must be allowed to do to see it; absent: anybody who is logged in. */
  readonly permission?: Permission;
  /** Path of the page above, for the breadcrumbs of a page of one thing. */
  readonly parent?: string;
  /** The things this page shows one of; its path has one parameter, their name or id (a version: model and number). */
  readonly opens?: EntityKind;
  /** Other words people may look for it by. */
  readonly keywords?: readonly string[];
  /** The module of the page: a chunk of its own. */
  readonly load: () => Promise<{ readonly Page: ComponentType }>;
}
