import type { PageEntry } from "./page-entry.ts";

/** Every page inside the shell, in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  {
    path: "/",
    title: "Home",
    icon: "home",
    group: "Shop",
    keywords: ["overview", "start", "dashboard"],
    load: () => import("./home/page.tsx"),
  },
];
