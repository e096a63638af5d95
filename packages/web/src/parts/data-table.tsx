import { TextInput } from "@mantine/core";
import {
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { type ReactElement, type ReactNode, useDeferredValue, useMemo } from "react";
import { type Column, Grid, numericColumns } from "./data-grid.tsx";
import styles from "./data-table.module.css";
import { formatNumber } from "./format.ts";
import { Icon } from "./icon.tsx";
import { searchOf, wordOf } from "./row-search.ts";
import { useUrlState } from "./url-state.ts";

export type { Column } from "./data-grid.tsx";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

interface DataTableProps<T extends RowData> {
  /** Names its part of the address; unique in its page. */
  readonly name: string;
  /** What the rows are, for those who cannot see them. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowId: (row: T, index: number) => string;
  /** Enter, or a click on a row. */
  readonly onOpen?: (row: T) => void;
  /** Shown when there is no row at all. */
  readonly empty?: ReactNode;
  readonly maxHeight?: number;
  readonly withSearch?: boolean;
}

/**
 * A table of any length: sorted by a click on a title, filtered by words, walked with the arrow keys, and only what is in
 * sight is in the page. Sorting and words live in the address as `<name>-sort` and `<name>-find`.
 */
export function DataTable<T extends RowData>({
  name,
  label,
  columns,
  rows,
  rowId,
  onOpen,
  empty,
  maxHeight = 560,
  withSearch = true,
}: DataTableProps<T>): ReactElement {
  const [sort, setSort] = useUrlState(`${name}-sort`);
  const [find, setFind] = useUrlState(`${name}-find`);
  // Typing goes on while the rows are looked through.
  const words = useDeferredValue(find);
  const found = useFound({ columns, rows, rowId, sort, words });
  const numeric = useMemo(() => numericColumns(columns, rows), [columns, rows]);
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div className={styles["frame"]}>
      {withSearch && (
        <Search
          label={label}
          find={find}
          onFind={setFind}
          found={found.length}
          count={rows.length}
        />
      )}
      <Grid
        label={label}
        columns={columns}
        numeric={numeric}
        rows={found}
        sort={sort}
        onSort={setSort}
        onOpen={onOpen}
        maxHeight={maxHeight}
        beginning={`${sort} ${words}`}
      />
    </div>
  );
}

/** The rows that have the words, in the order asked for. */
function useFound<T extends RowData>({
  columns,
  rows,
  rowId,
  sort,
  words,
}: Pick<DataTableProps<T>, "columns" | "rows" | "rowId"> & { sort: string; words: string }) {
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const search = useMemo(() => searchOf(columns, rows), [columns, rows]);
  const data = useMemo(() => [...search(words)], [search, words]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowId,
    enableSortingRemoval: true,
    state: { sorting: sortingOf(sort) },
  });
  return table.getRowModel().rows;
}

/** Words to look for, and how many rows have them. */
function Search({
  label,
  find,
  onFind,
  found,
  count,
}: {
  label: string;
  find: string;
  onFind: (find: string) => void;
  found: number;
  count: number;
}): ReactElement {
  return (
    <div className={styles["tools"]}>
      <TextInput
        size="xs"
        value={find}
        onChange={(event) => onFind(event.currentTarget.value)}
        placeholder="Filter"
        aria-label={`Filter ${label}`}
        leftSection={<Icon name="search" size={14} />}
      />
      <span className={styles["count"]} role="status">
        {found === count ? rowsInWords(count) : `${formatNumber(found)} of ${rowsInWords(count)}`}
      </span>
    </div>
  );
}

function rowsInWords(count: number): string {
  return `${formatNumber(count)} ${count === 1 ? "row" : "rows"}`;
}

function definitionOf<T>(column: Column<T>) {
  return {
    id: column.id,
    accessorFn: (row: T) => column.value(row),
    sortFn: byValue,
    sortUndefined: "last" as const,
  };
}

/** Numbers by size, words by alphabet with numbers inside by size; nothing last. */
function byValue(
  a: { getValue: (id: string) => unknown },
  b: { getValue: (id: string) => unknown },
  id: string,
): number {
  const left = a.getValue(id);
  const right = b.getValue(id);
  if (typeof left === "number" && typeof right === "number") return left - right;
  return alphabet.compare(wordOf(left), wordOf(right));
}

const alphabet = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function sortingOf(sort: string): { id: string; desc: boolean }[] {
  if (sort === "") return [];
  return sort.startsWith("-") ? [{ id: sort.slice(1), desc: true }] : [{ id: sort, desc: false }];
}
