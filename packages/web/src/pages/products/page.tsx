import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { BringData } from "../../parts/bring-data.tsx";
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
import {
  addressed,
  addressWith,
  cliOf,
  type Filters,
  type Search,
  searchOf,
  sorts,
} from "./search.ts";
import { useFirstPage } from "./use-pages.ts";

/** What the shop sells, to search and filter. */
export function Page(): ReactElement {
  const { filters, change, clear } = useFilters();
  const [look, setLook] = useUrlState("as", "grid");
  const currencies = useApi("productCurrencies", {});
  const search = searchOf(filters, currencies.data?.items ?? []);
  const all = useApi("listProducts", { query: { limit: 1 } });
  // How many minor units a price has depends on the currency.
  const isPriced = filters.min !== "" || filters.max !== "";
  const fitting = useFirstPage(search, { enabled: !isPriced || !currencies.isPending });
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
          search,
          currencies: currencies.data?.items.length,
        })}
        copy={copyTextsOf("listProducts", { query: search }, cliOf(search))}
        exports={productsExport(search)}
      />
      <FilterBar
        filters={filters}
        onChange={change}
        onClear={clear}
        categories={categories.data?.items ?? []}
        currencies={currencies.data?.items ?? []}
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
  change: (next: Partial<Filters>) => void;
  clear: () => void;
} {
  const navigate = useNavigate();
  const [text] = useUrlState(addressed.text);
  const [category] = useUrlState(addressed.category);
  const [currency] = useUrlState(addressed.currency);
  const [min] = useUrlState(addressed.min);
  const [max] = useUrlState(addressed.max);
  const [asked] = useUrlState(addressed.sort, "name");
  const sort = sorts.find(({ value }) => value === asked)?.value ?? "name";
  // All at once: the address is one thing.
  const change = (next: Partial<Filters>): void =>
    void navigate({
      to: ".",
      replace: true,
      resetScroll: false,
      search: (kept: object) => addressWith(kept, next),
    });
  return {
    filters: { text, category, currency, min, max, sort },
    change,
    clear: () => change({ text: "", category: "", currency: "", min: "", max: "" }),
  };
}

function verdictOf({
  total,
  fitting,
  categories,
  search,
  currencies = 0,
}: {
  total: number | undefined;
  fitting: number | undefined;
  categories: number | undefined;
  search: Search;
  /** How many there are. */
  currencies: number | undefined;
}): string {
  if (total === undefined) return "Looking through the shelves…";
  const sold = `The shop sells ${formatNumber(total)} ${total === 1 ? "product" : "products"}`;
  const isByPrice = search.sort?.endsWith("price") && !search.currency && currencies > 1;
  const inTurn = isByPrice ? " Prices are in order within each currency." : "";
  if (fitting !== undefined && Object.keys(search).some((name) => name !== "sort")) {
    const priced = search.currency ? `, priced in ${search.currency}` : "";
    return `${sold}; ${formatNumber(fitting)} of them ${fitting === 1 ? "fits" : "fit"} the search${priced}.${inTurn}`;
  }
  return `${sold}${categories ? ` in ${formatNumber(categories)} categories` : ""}.${inTurn}`;
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
        <BringData dataset="products" />
        <CommandLine text="npx souk ingest products catalogue.csv" />
        <CommandLine text="npx souk photos add photos.zip" />
      </StateOf>
    </>
  );
}
