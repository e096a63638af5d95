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
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  // Typing goes on while the rows are looked through.
  const words = useDeferredValue(find);
  const search = useMemo(() => searchOf(columns, rows), [columns, rows]);
  const data = useMemo(() => [...search(words)], [search, words]);
  const numeric = useMemo(() => numericColumns(columns, rows), [columns, rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowId,
    enableSortingRemoval: true,
    state: { sorting: sortingOf(sort) },
  });
  const found = table.getRowModel().rows;
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div className={styles["frame"]}>
      {withSearch && (
        <div className={styles["tools"]}>
          <TextInput
            size="xs"
            value={find}
            onChange={(event) => setFind(event.currentTarget.value)}
            placeholder="Filter"
            aria-label={`Filter ${label}`}
            leftSection={<Icon name="search" size={14} />}
          />
          <span className={styles["count"]} role="status">
            {found.length === rows.length
              ? rowsInWords(rows.length)
              : `${formatNumber(found.length)} of ${rowsInWords(rows.length)}`}
          </span>
        </div>
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
