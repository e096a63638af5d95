import type { RouteAnswer } from "@souk/api";
import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { Icon } from "../../parts/icon.tsx";
import { useTyped } from "../../parts/use-typed.ts";
import styles from "./products.module.css";
import {
  categoryLevels,
  type Currencies,
  type Filters,
  priceCurrency,
  searchOf,
  sorts,
} from "./search.ts";

/** Words, category, price and order; all of it in the address. */
export function FilterBar({
  filters,
  onChange,
  onClear,
  categories,
  currencies,
  look,
  onLook,
}: {
  filters: Filters;
  onChange: (next: Partial<Filters>) => void;
  onClear: () => void;
  categories: RouteAnswer<"productCategories">["items"];
  currencies: Currencies;
  look: "grid" | "list";
  onLook: (look: string) => void;
}): ReactElement {
  const { text, category, sort } = filters;
  return (
    <form className={styles["filters"]} role="search" onSubmit={(event) => event.preventDefault()}>
      <TypedFilter
        label="Find products"
        placeholder="Words of the name, description or id"
        value={text}
        onChange={(value) => onChange({ text: value })}
        icon
      />
      <CategoryFilter
        category={category}
        categories={categories}
        onChange={(value) => onChange({ category: value })}
      />
      <PriceFilters filters={filters} currencies={currencies} onChange={onChange} />
      <Arrangement
        sort={sort}
        onSort={(value) => onChange({ sort: value })}
        look={look}
        onLook={onLook}
      />
      {isFiltered(filters) && <ClearButton onClick={onClear} />}
    </form>
  );
}

function isFiltered({ text, category, currency, min, max }: Filters): boolean {
  return [text, category, currency, min, max].some((filter) => filter !== "");
}

function ClearButton({ onClick }: { onClick: () => void }): ReactElement {
  return (
    <Button
      variant="subtle"
      color="gray"
      leftSection={<Icon name="cross" size={14} />}
      onClick={onClick}
    >
      Clear
    </Button>
  );
}

/** In which order, and as what. */
function Arrangement({
  sort,
  onSort,
  look,
  onLook,
}: {
  sort: string;
  onSort: (sort: string) => void;
  look: "grid" | "list";
  onLook: (look: string) => void;
}): ReactElement {
  return (
    <>
      <Select
        aria-label="Order"
        value={sort}
        onChange={(value) => onSort(value ?? "name")}
        data={[...sorts]}
        allowDeselect={false}
        className={styles["order"]}
      />
      <SegmentedControl
        aria-label="Show as"
        value={look}
        onChange={onLook}
        data={[
          { value: "grid", label: "Photos" },
          { value: "list", label: "List" },
        ]}
      />
    </>
  );
}

function CategoryFilter({
  category,
  categories,
  onChange,
}: {
  category: string;
  categories: RouteAnswer<"productCategories">["items"];
  onChange: (category: string) => void;
}): ReactElement {
  return (
    <Select
      aria-label="Category"
      placeholder="All categories"
      value={category === "" ? null : category}
      onChange={(value) => onChange(value ?? "")}
      data={withChosen(categoryLevels(categories), category)}
      searchable
      clearable
      clearButtonProps={{ "aria-label": "All categories" }}
      limit={200}
      className={styles["category"]}
    />
  );
}

interface PricesProps {
  readonly filters: Filters;
  readonly currencies: Currencies;
  readonly onChange: (next: Partial<Filters>) => void;
}

/** From what price to what, and in which currency where there are several. */
function PriceFilters(props: PricesProps): ReactElement {
  return (
    <>
      <PriceFilter {...props} />
      {(props.currencies.length > 1 || props.filters.currency !== "") && (
        <CurrencyFilter {...props} />
      )}
    </>
  );
}

function PriceFilter({ filters, currencies, onChange }: PricesProps): ReactElement {
  const currency = priceCurrency(filters, currencies);
  return (
    <div className={styles["prices"]}>
      <TypedFilter
        label="Least price"
        placeholder={currency ?? "Price"}
        value={filters.min}
        onChange={(min) => onChange({ min })}
      />
      <TypedFilter
        label="Highest price"
        placeholder="to"
        value={filters.max}
        onChange={(max) => onChange({ max })}
      />
    </div>
  );
}

/** In which currency prices are looked for; where a price is given, always one of them. */
function CurrencyFilter({ filters, currencies, onChange }: PricesProps): ReactElement {
  const { currency = "" } = searchOf(filters, currencies);
  const options = currencies.map((one) => ({ value: one.currency, label: one.currency }));
  return (
    <Select
      aria-label="Currency"
      placeholder="All currencies"
      value={currency === "" ? null : currency}
      onChange={(value) =>
        onChange(value === null ? { currency: "", min: "", max: "" } : { currency: value })
      }
      data={withChosen(options, currency)}
      clearable
      clearButtonProps={{ "aria-label": "All currencies" }}
      className={styles["order"]}
    />
  );
}

/** A filter of the address that the data may not have (any more) is shown all the same. */
function withChosen(
  options: readonly { readonly value: string; readonly label: string }[],
  chosen: string,
): { value: string; label: string }[] {
  const known = chosen === "" || options.some(({ value }) => value === chosen);
  return known ? [...options] : [...options, { value: chosen, label: chosen }];
}

function TypedFilter({
  label,
  placeholder,
  value,
  onChange,
  icon = false,
}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  icon?: boolean;
}): ReactElement {
  const [typed, setTyped] = useTyped(value, onChange);
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      inputMode={icon ? "search" : "decimal"}
      maxLength={500}
      {...(icon && { leftSection: <Icon name="search" size={15} />, className: styles["find"] })}
    />
  );
}
