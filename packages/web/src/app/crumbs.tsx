import { Link, useMatches } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Icon } from "../parts/icon.tsx";
import type { PageEntry } from "../pages/page-entry.ts";
import { pages } from "../pages/pages.ts";
import styles from "./shell.module.css";

/** Where the page stands: its group, the pages above it, and the thing it shows. */
export function Crumbs(): ReactElement | null {
  const match = useMatches().at(-1);
  const page = match?.staticData.page;
  if (!match || !page) return null;
  const parameters: readonly unknown[] = Object.values(match.params);
  const thing = page.opens ? parameters.at(-1) : undefined;
  const above = pagesAbove(page);
  return (
    <nav aria-label="Breadcrumbs" className={styles["trail"]}>
      <ol className={styles["crumbs"]}>
        <li>{above[0]?.group ?? page.group ?? "Souk"}</li>
        {above.map(({ path, title, opens }) => (
          <li key={path}>
            <Icon name="right" size={12} />
            <Link to={path}>{opens ? wordOf(parameters[0], title) : title}</Link>
          </li>
        ))}
        <li aria-current="page">
          <Icon name="right" size={12} />
          {wordOf(thing, page.title)}
        </li>
      </ol>
    </nav>
  );
}

function wordOf(parameter: unknown, otherwise: string): string {
  return typeof parameter === "string" ? parameter : otherwise;
}

function pagesAbove(page: PageEntry): PageEntry[] {
  const parent = pages.find(({ path }) => path === page.parent);
  return parent ? [...pagesAbove(parent), parent] : [];
}
