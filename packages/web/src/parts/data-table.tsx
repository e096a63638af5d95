import { TextInput } from "@mantine/core";
import {
  columnFilteringFeature,
  createFilteredRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  type RowData,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import styles from "./data-table.module.css";
import type { Cell } from "./export.ts";
import { formatNumber } from "./format.ts";
import { Icon } from "./icon.tsx";
import { useUrlState } from "./url-state.ts";

const features = tableFeatures({
  rowSortingFeature,
  columnFilteringFeature,
  globalFilteringFeature,
  sortedRowModel: createSortedRowModel(),
  filteredRowModel: createFilteredRowModel(),
});

const ROW_HEIGHT = 38;

/** One column: how a row's value is found, and how it is shown when not as plain text. */
export interface Column<T> {
  /** Name in the address and in exports. */
  readonly id: string;
  readonly title: string;
  readonly value: (row: T) => Cell;
  readonly show?: (row: T) => ReactNode;
  /** Least width in pixels, default 110. */
  readonly width?: number;
  /** Share of the space left over, default 1; 0 keeps the width. */
  readonly grow?: number;
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
}: {
  /** Names its part of the address; unique in its page. */
  name: string;
  /** What the rows are, for those who cannot see them. */
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowId: (row: T, index: number) => string;
  /** Enter, or a click on a row. */
  onOpen?: (row: T) => void;
  /** Shown when there is no row at all. */
  empty?: ReactNode;
  maxHeight?: number;
  withSearch?: boolean;
}): ReactElement {
  const [sort, setSort] = useUrlState(`${name}-sort`);
  const [find, setFind] = useUrlState(`${name}-find`);
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowId,
    globalFilterFn: (row, id, words: string) =>
      wordOf(row.getValue(id)).toLowerCase().includes(words.toLowerCase()),
    getColumnCanGlobalFilter: () => true,
    enableSortingRemoval: true,
    state: { sorting: sortingOf(sort), globalFilter: find },
  });
  const found = table.getRowModel().rows;
  if (rows.length === 0 && empty) return <>{empty}</>;
  const numeric = new Set(columns.filter((column) => isNumeric(column, rows)).map(({ id }) => id));
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
              ? `${formatNumber(rows.length)} rows`
              : `${formatNumber(found.length)} of ${formatNumber(rows.length)} rows`}
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
      />
    </div>
  );
}

interface Row<T> {
  readonly id: string;
  readonly original: T;
}

interface GridProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly numeric: ReadonlySet<string>;
  readonly rows: readonly Row<T>[];
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly onOpen: ((row: T) => void) | undefined;
  readonly maxHeight: number;
}

function Grid<T>(props: GridProps<T>): ReactElement {
  const { label, columns, numeric, rows, sort, onSort, onOpen, maxHeight } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollPaddingStart: ROW_HEIGHT,
  });
  const template = templateOf(columns);
  // Another order or other rows begin at the top.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActive(-1);
  }, [sort, rows.length]);

  function walk(event: KeyboardEvent): void {
    if (event.target !== scroller.current) return;
    const row = rows[active];
    if (event.key === "Enter" && row) onOpen?.(row.original);
    const target = targetOf(event.key, { active, count: rows.length, maxHeight });
    if (target === undefined) return;
    event.preventDefault();
    setActive(target);
    virtual.scrollToIndex(target);
  }

  return (
    <div
      ref={scroller}
      className={styles["scroller"]}
      style={{ maxHeight }}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={rows[active] ? rowName(label, active) : undefined}
      tabIndex={0}
      onKeyDown={walk}
    >
      <div
        className={styles["head"]}
        role="row"
        aria-rowindex={1}
        style={{ gridTemplateColumns: template }}
      >
        {columns.map((column) => (
          <HeadCell
            key={column.id}
            column={column}
            isNumeric={numeric.has(column.id)}
            sort={sort}
            onSort={onSort}
          />
        ))}
      </div>
      <div className={styles["body"]} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <BodyRow
            key={index}
            grid={props}
            place={{ index, start, template, isActive: index === active }}
            onPick={setActive}
          />
        ))}
      </div>
      {rows.length === 0 && <div className={styles["none"]}>No row has these words</div>}
    </div>
  );
}

function BodyRow<T>({
  grid: { label, columns, numeric, rows, onOpen },
  place: { index, start, template, isActive },
  onPick,
}: {
  grid: GridProps<T>;
  place: { index: number; start: number; template: string; isActive: boolean };
  onPick: (index: number) => void;
}): ReactElement | null {
  const row = rows[index];
  if (!row) return null;
  return (
    <div
      id={rowName(label, index)}
      className={styles["row"]}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isActive}
      data-open={onOpen ? true : undefined}
      style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
      onClick={() => {
        onPick(index);
        onOpen?.(row.original);
      }}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={styles["cell"]}
          data-numeric={numeric.has(column.id) || undefined}
        >
          {column.show ? column.show(row.original) : textOf(column.value(row.original))}
        </div>
      ))}
    </div>
  );
}

/** Where a key leads from the active row; undefined when it leads nowhere. */
function targetOf(
  key: string,
  { active, count, maxHeight }: { active: number; count: number; maxHeight: number },
): number | undefined {
  const page = Math.max(1, Math.floor(maxHeight / ROW_HEIGHT) - 2);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined || count === 0 ? undefined : Math.min(Math.max(target, 0), count - 1);
}

function templateOf<T>(columns: readonly Column<T>[]): string {
  return columns
    .map(({ width = 110, grow = 1 }) =>
      grow === 0 ? `${width}px` : `minmax(${width}px, ${grow}fr)`,
    )
    .join(" ");
}

function HeadCell<T>({
  column: { id, title },
  isNumeric,
  sort,
  onSort,
}: {
  column: Column<T>;
  isNumeric: boolean;
  sort: string;
  onSort: (sort: string) => void;
}): ReactElement {
  const way = sort === id ? "ascending" : sort === `-${id}` ? "descending" : "none";
  // Numbers are asked for from the top, words from A.
  const first = isNumeric ? `-${id}` : id;
  const second = isNumeric ? id : `-${id}`;
  const next = sort === first ? second : sort === second ? "" : first;
  return (
    <div
      role="columnheader"
      aria-sort={way}
      className={styles["cell"]}
      data-numeric={isNumeric || undefined}
    >
      <button type="button" className={styles["title"]} onClick={() => onSort(next)}>
        {title}
        <Icon name={way === "none" ? "sort" : way === "ascending" ? "up" : "down"} size={12} />
      </button>
    </div>
  );
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
  return words.compare(wordOf(left), wordOf(right));
}

function wordOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function sortingOf(sort: string): { id: string; desc: boolean }[] {
  if (sort === "") return [];
  return sort.startsWith("-") ? [{ id: sort.slice(1), desc: true }] : [{ id: sort, desc: false }];
}

function isNumeric<T>(column: Column<T>, rows: readonly T[]): boolean {
  const seen = rows.slice(0, 20).map((row) => column.value(row));
  return (
    seen.some((value) => typeof value === "number") &&
    seen.every((value) => value === null || value === undefined || typeof value === "number")
  );
}

function textOf(value: Cell): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? formatNumber(value) : String(value);
}

function rowName(label: string, index: number): string {
  return `${label.replaceAll(/\W+/g, "-")}-row-${index}`;
}
