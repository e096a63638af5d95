import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { CommandLine } from "../../parts/command-line.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { formatNumber } from "../../parts/format.ts";
import { PageHeader } from "../../parts/page-header.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi } from "../../wire/hooks.ts";
import { FilterBar } from "./filter-bar.tsx";
import { ProductList } from "./product-list.tsx";
import { productsExport } from "./products-export.ts";
import { cliOf, type Filters, searchOf, sorts } from "./search.ts";
import { useFirstPage } from "./use-pages.ts";

/** What the shop sells, to search and filter. */
export function Page(): ReactElement {
  const { filters, change, clear } = useFilters();
  const [look, setLook] = useUrlState("as", "grid");
  const search = searchOf(filters);
  const all = useApi("listProducts", { query: { limit: 1 } });
  const fitting = useFirstPage(search);
  const categories = useApi("productCategories", {});
  if (all.data?.total === 0) return <NoProducts />;
  return (
    <>
      <PageHeader
        title="Products"
        verdict={verdictOf({
          total: all.data?.total,
          fitting: fitting.data?.total,
          categories: categories.data?.items.length,
          isFiltered: Object.keys(search).some((name) => name !== "sort"),
        })}
        copy={copyTextsOf("listProducts", { query: search }, cliOf(search))}
        exports={productsExport(search)}
      />
      <FilterBar
        filters={filters}
        onChange={change}
        onClear={clear}
        categories={categories.data?.items ?? []}
        look={look === "list" ? "list" : "grid"}
        onLook={setLook}
      />
      <Answer
        query={fitting}
        permission="datasets:read"
        isEmpty={({ total }) => total === 0}
        empty={
          <StateOf
            kind="empty"
            icon="search"
            title="No product fits"
            text="Try fewer words, another category or a wider price."
          />
        }
      >
        {(first) => (
          <ProductList search={search} first={first} look={look === "list" ? "list" : "grid"} />
        )}
      </Answer>
    </>
  );
}

function useFilters(): {
  filters: Filters;
  change: (name: keyof Filters, value: string) => void;
  clear: () => void;
} {
  const navigate = useNavigate();
  const [text, setText] = useUrlState("find");
  const [category, setCategory] = useUrlState("category");
  const [min, setMin] = useUrlState("min");
  const [max, setMax] = useUrlState("max");
  const [asked, setSort] = useUrlState("sort", "name");
  const sort = sorts.find(({ value }) => value === asked)?.value ?? "name";
  const setters = { text: setText, category: setCategory, min: setMin, max: setMax, sort: setSort };
  return {
    filters: { text, category, min, max, sort },
    change: (name, value) => setters[name](value),
    // All at once: the address is one thing.
    clear: () => void navigate({ to: ".", replace: true, search: withoutFilters }),
  };
}

function withoutFilters(search: object): object {
  const filtered = ["find", "category", "min", "max"];
  return Object.fromEntries(Object.entries(search).filter(([name]) => !filtered.includes(name)));
}

function verdictOf({
  total,
  fitting,
  categories,
  isFiltered,
}: {
  total: number | undefined;
  fitting: number | undefined;
  categories: number | undefined;
  isFiltered: boolean;
}): string {
  if (total === undefined) return "Looking through the shelves…";
  const sold = `The shop sells ${formatNumber(total)} ${total === 1 ? "product" : "products"}`;
  if (isFiltered && fitting !== undefined)
    return `${sold}; ${formatNumber(fitting)} of them ${fitting === 1 ? "fits" : "fit"} the search.`;
  return categories ? `${sold} in ${formatNumber(categories)} categories.` : `${sold}.`;
}

function NoProducts(): ReactElement {
  return (
    <>
      <PageHeader title="Products" verdict="The shop has no products yet." tone="warn" />
      <StateOf
        kind="empty"
        icon="box"
        title="Nothing on the shelves"
        text="Products come from the dataset “products” (product_id, name, description, category_path, price_minor, currency), their photos from “images”. Bring them in:"
      >
        <CommandLine text="npx souk ingest products catalogue.csv" />
        <CommandLine text="npx souk photos add photos.zip" />
      </StateOf>
    </>
  );
}
