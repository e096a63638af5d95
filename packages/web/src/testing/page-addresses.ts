import type { Client } from "@souk/api";
import { type EntityKind, type PageEntry } from "../pages/page-entry.ts";

const starsByCategory = `select product_category, avg(star_rating) as stars
from reviews group by product_category order by stars desc`;

/** The address of each page in a shop: pages of one thing show one that the shop has; those without a thing are left out. */
export async function pageAddresses(
  pages: readonly PageEntry[],
  admin: Client,
): Promise<ReadonlyMap<PageEntry, string>> {
  const addresses = new Map<PageEntry, string>();
  for (const page of pages) {
    const thing = page.opens && (await thingOf(page.opens, admin));
    const address = thing ? page.path.replace(/\$.*$/, thing) : page.path;
    if (!address.includes("$")) addresses.set(page, (await filledIn(page.path, admin)) ?? address);
  }
  return addresses;
}

/** What stands in the place of a path's parameters. */
async function thingOf(kind: EntityKind, admin: Client): Promise<string | undefined> {
  if (kind === "product") return (await admin.listProducts({ query: { limit: 1 } })).items[0]?.id;
  if (kind === "dataset") return "reviews";
  if (kind === "model") return modelOf(admin);
  if (kind === "version") {
    const name = await modelOf(admin);
    if (name === undefined) return undefined;
    const { aliases, versions } = await admin.getModel({ params: { name } });
    return `${name}/${aliases["champion"] ?? versions.at(-1)?.version}`;
  }
  if (kind === "run") return (await measuredRuns(admin))[0];
  if (kind === "task") return (await admin.listTasks()).items[0]?.name;
  if (kind === "saved") return (await admin.listSavedQuestions()).items[0]?.id;
  return (await admin.listQuestions()).items[3]?.slug;
}

/** The model with the most versions. */
async function modelOf(admin: Client): Promise<string | undefined> {
  const { items } = await admin.listModels();
  return items.toSorted((a, b) => b.versions.length - a.versions.length)[0]?.name;
}

/** Runs of one task that were measured on test rows, newest first; n-grams before others, for they have curves. */
async function measuredRuns(admin: Client): Promise<readonly string[]> {
  const { items } = await admin.listRuns({
    query: { filter: "metrics.test_accuracy > 0", limit: 20 },
  });
  const sorted = items.toSorted(
    (a, b) => Number(b.family === "ngram") - Number(a.family === "ngram"),
  );
  return sorted.filter(({ task }) => task === sorted[0]?.task).map(({ id }) => id);
}

/** Pages that are empty until one says what to show. */
async function filledIn(path: string, admin: Client): Promise<string | undefined> {
  if (path === "/compare")
    return `/compare?runs=${(await measuredRuns(admin)).slice(0, 4).join(",")}`;
  if (path === "/explore") return `/explore?sql=${encodeURIComponent(starsByCategory)}`;
  if (path === "/forecasts") return "/forecasts?forecast=forecast-units";
  return undefined;
}
