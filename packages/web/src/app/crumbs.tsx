import { Link, useMatches } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Icon } from "../parts/icon.tsx";
import type { PageEntry } from "../pages/page-entry.ts";
import { pages } from "../pages/pages.ts";
import { useApi } from "../wire/hooks.ts";
import styles from "./shell.module.css";

/** Where the page stands: its group, the pages above it, and the thing it shows. */
export function Crumbs(): ReactElement | null {
  const match = useMatches().at(-1);
  const page = match?.staticData.page;
  const parameters: readonly unknown[] = Object.values(match?.params ?? {});
  const thing = page?.opens ? parameters.at(-1) : undefined;
  const name = useNameOf(page, thing);
  if (!page) return null;
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
          {name ?? wordOf(thing, page.title)}
        </li>
      </ol>
    </nav>
  );
}

/** What people call the thing, where its address says an id; the page itself asks the same, so nothing is asked twice. */
function useNameOf(page: PageEntry | undefined, thing: unknown): string | undefined {
  const id = typeof thing === "string" ? thing : "";
  const is = (kind: PageEntry["opens"]): { enabled: boolean } => ({
    enabled: page?.opens === kind && id !== "",
  });
  const product = useApi("getProduct", { params: { id } }, is("product")).data;
  const saved = useApi("answerSavedQuestion", { params: { id } }, is("saved")).data;
  const question = useApi("runQuestion", { params: { question: id } }, is("question")).data;
  if (page?.opens === "product") {
    const called: unknown = product?.facts["name" as keyof typeof product.facts];
    return typeof called === "string" ? called : undefined;
  }
  if (page?.opens === "saved") return saved?.question.title;
  return page?.opens === "question" ? question?.question.title : undefined;
}

function wordOf(parameter: unknown, otherwise: string): string {
  return typeof parameter === "string" ? parameter : otherwise;
}

function pagesAbove(page: PageEntry): PageEntry[] {
  const parent = pages.find(({ path }) => path === page.parent);
  return parent ? [...pagesAbove(parent), parent] : [];
}
