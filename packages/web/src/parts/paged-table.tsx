import { Loader } from "@mantine/core";
import { type ReactElement, type ReactNode, useMemo } from "react";
import { type Column, Grid, numericColumns } from "./data-grid.tsx";
import styles from "./data-table.module.css";
import { formatNumber } from "./format.ts";

interface PagedTableProps<T> {
  /** What the rows are, for those who cannot see them. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  /** Those that came so far. */
  readonly rows: readonly T[];
  readonly rowId: (row: T) => string;
  /** "column", "-column" for the other way round, "" for the order of the server. */
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  /** Enter, or a click on a row. */
  readonly onOpen?: (row: T) => void;
  /** The space bar, on a row. */
  readonly onMark?: (row: T) => void;
  /** Names what is shown (filters, order): the table begins at the top when it changes. */
  readonly beginning: string;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** Asks for the next page; called again and again while the end is near. */
  readonly onMore: () => void;
  /** Filters, above the rows. */
  readonly tools?: ReactNode;
  readonly maxHeight?: number;
}

/**
 * A table whose rows come from the server a page at a time, in the server's order: more are asked for as one scrolls. Sorting
 * is the page's to keep (in the address) and the server's to do.
 */
export function PagedTable<T>({
  label,
  columns,
  rows,
  rowId,
  sort,
  onSort,
  onOpen,
  onMark,
  beginning,
  hasMore,
  isLoading,
  onMore,
  tools,
  maxHeight = 620,
}: PagedTableProps<T>): ReactElement {
  const found = useMemo(
    () => rows.map((row) => ({ id: rowId(row), original: row })),
    [rows, rowId],
  );
  const numeric = useMemo(() => numericColumns(columns, rows), [columns, rows]);
  return (
    <div className={styles["frame"]}>
      <div className={styles["tools"]}>
        <div className={styles["filters"]}>{tools}</div>
        <span className={styles["count"]} role="status">
          {isLoading && <Loader size={12} mr={6} aria-hidden />}
          {hasMore
            ? `${formatNumber(rows.length)} ${label}, more as you scroll`
            : `${formatNumber(rows.length)} ${label}`}
        </span>
      </div>
      <Grid
        label={label}
        columns={columns}
        numeric={numeric}
        rows={found}
        sort={sort}
        onSort={onSort}
        onOpen={onOpen}
        onMark={onMark}
        maxHeight={maxHeight}
        beginning={beginning}
        onEnd={hasMore && !isLoading ? onMore : undefined}
        none="Nothing fits these filters"
      />
    </div>
  );
}
