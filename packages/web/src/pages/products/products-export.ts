import { csvOf, type ExportColumn, jsonOf } from "../../parts/export.ts";
import type { Exportable } from "../../parts/page-header.tsx";
import { callApi } from "../../wire/hooks.ts";
import type { Product, Search } from "./search.ts";

const columns: readonly ExportColumn<Product>[] = [
  { id: "product_id", value: ({ id }) => id },
  { id: "name", value: ({ name }) => name },
  { id: "category_path", value: ({ category }) => category },
  { id: "price_minor", value: ({ priceMinor }) => priceMinor },
  { id: "currency", value: ({ currency }) => currency },
  { id: "location", value: ({ location }) => location },
  { id: "photos", value: ({ photos }) => photos },
];

const EXPORT_PAGE = 500;
/** A longer list is SQL's business: the page's command line has it whole. */
const MOST_EXPORTED = 20_000;

/** Every product that fits, fetched when it is asked for. */
export function productsExport(search: Search): Exportable {
  async function all(): Promise<Product[]> {
    const items: Product[] = [];
    for (let offset = 0; offset < MOST_EXPORTED; offset += EXPORT_PAGE) {
      const page = await callApi("listProducts", {
        query: { ...search, limit: EXPORT_PAGE, offset },
      });
      items.push(...page.items);
      if (items.length >= page.total || page.items.length === 0) break;
    }
    return items;
  }
  return {
    name: "products",
    csv: async () => csvOf(columns, await all()),
    json: async () => jsonOf(columns, await all()),
  };
}
