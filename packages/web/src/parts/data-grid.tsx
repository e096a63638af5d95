import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactElement,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import styles from "./data-table.module.css";
import type { Cell } from "./export.ts";
import { formatNumber } from "./format.ts";
import { Icon } from "./icon.tsx";

const ROW_HEIGHT = 38;
/** More rows are asked for when so few are left below. */
const ROWS_AHEAD = 150;

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
  /** False: its title is no button. Default true. */
  readonly isSortable?: boolean;
}

/** A row and its name, which stays its own whatever the order. */
export interface GridRow<T> {
  readonly id: string;
  readonly original: T;
}

interface GridProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly numeric: ReadonlySet<string>;
  readonly rows: readonly GridRow<T>[];
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly onOpen: ((row: T) => void) | undefined;
  readonly maxHeight: number;
  /** Other rows than before, which begin at the top, when it changes. */
  readonly beginning: string;
  /** Called as the last rows come near. */
  readonly onEnd?: (() => void) | undefined;
  /** Said where there is no row. */
  readonly none?: string;
  /** The space bar, on a row. */
  readonly onMark?: ((row: T) => void) | undefined;
}

/** Rows of which only those in sight are in the page, under titles that sort; walked with the keys. */
export function Grid<T>(props: GridProps<T>): ReactElement {
  const { label, columns, numeric, rows, sort, onSort, onOpen, maxHeight } = props;
  const { scroller, virtual, items, active, pick, walk } = useWalking(props);
  const layout = useMemo(() => layoutOf(columns), [columns]);
  const cellsAt = useCallback(
    (index: number) => cellsOf({ columns, numeric, row: rows[index]?.original }),
    [columns, numeric, rows],
  );
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
      <div className={styles["head"]} role="row" aria-rowindex={1} style={layout}>
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
        {items.map(({ index, start }) => (
          <BodyRow
            key={index}
            id={rowName(label, index)}
            index={index}
            start={start}
            layout={layout}
            isActive={index === active}
            isOpening={onOpen !== undefined}
            cellsAt={cellsAt}
            onPick={pick}
          />
        ))}
      </div>
      {rows.length === 0 && (
        <div className={styles["none"]}>{props.none ?? "No row has these words"}</div>
      )}
    </div>
  );
}

/** Which rows are in sight, which is active, and the keys that walk them. */
function useWalking<T>(props: GridProps<T>) {
  const { rows, onOpen, beginning, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
    scrollPaddingStart: ROW_HEIGHT,
  });
  // Another order or other rows begin at the top.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActive(-1);
  }, [beginning]);
  const pick = useCallback(
    (index: number) => {
      setActive(index);
      const row = rows[index];
      if (row) onOpen?.(row.original);
    },
    [rows, onOpen],
  );
  const items = virtual.getVirtualItems();
  const isNearEnd = (items.at(-1)?.index ?? 0) >= rows.length - ROWS_AHEAD;
  useEffect(() => {
    if (isNearEnd) onEnd?.();
  }, [isNearEnd, rows.length, onEnd]);

  function walk(event: KeyboardEvent): void {
    if (event.target !== scroller.current) return;
    const target = actOnKey(event, { ...props, active });
    if (target === undefined) return;
    event.preventDefault();
    setActive(target);
    virtual.scrollToIndex(target);
  }

  return { scroller, virtual, items, active, pick, walk };
}

/** One row; drawn again only when it changes, not at each step of a scroll. */
const BodyRow = memo(function BodyRow({
  id,
  index,
  start,
  layout,
  isActive,
  isOpening,
  cellsAt,
  onPick,
}: {
  id: string;
  index: number;
  /** Pixels from the top. */
  start: number;
  layout: Layout;
  isActive: boolean;
  isOpening: boolean;
  cellsAt: (index: number) => ReactNode;
  onPick: (index: number) => void;
}): ReactElement {
  return (
    <div
      id={id}
      className={styles["row"]}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isActive}
      data-open={isOpening || undefined}
      style={{ ...layout, transform: `translateY(${start}px)` }}
      onClick={() => onPick(index)}
    >
      {cellsAt(index)}
    </div>
  );
});

function cellsOf<T>({
  columns,
  numeric,
  row,
}: {
  columns: readonly Column<T>[];
  numeric: ReadonlySet<string>;
  row: T | undefined;
}): ReactNode {
  if (row === undefined) return null;
  return columns.map((column) => (
    <div
      key={column.id}
      role="gridcell"
      className={styles["cell"]}
      data-numeric={numeric.has(column.id) || undefined}
    >
      {column.show ? column.show(row) : textOf(column.value(row))}
    </div>
  ));
}

/** Opens or marks the active row, or tells where the key leads. */
function actOnKey<T>(
  event: KeyboardEvent,
  { rows, active, maxHeight, onOpen, onMark }: GridProps<T> & { active: number },
): number | undefined {
  const row = rows[active];
  if (event.key === "Enter" && row) onOpen?.(row.original);
  if (event.key === " " && row && onMark) {
    event.preventDefault();
    onMark(row.original);
  }
  return targetOf(event.key, { active, count: rows.length, maxHeight });
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

interface Layout {
  readonly gridTemplateColumns: string;
  readonly minWidth: number;
}

/** The same for the titles and every row, whatever stands in them. */
function layoutOf<T>(columns: readonly Column<T>[]): Layout {
  const gridTemplateColumns = columns
    .map(({ width = 110, grow = 1 }) =>
      grow === 0 ? `${width}px` : `minmax(${width}px, ${grow}fr)`,
    )
    .join(" ");
  return {
    gridTemplateColumns,
    minWidth: columns.reduce((sum, { width = 110 }) => sum + width, 0),
  };
}

function HeadCell<T>({
  column: { id, title, isSortable = true },
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
      {!isSortable && <span className={styles["title"]}>{title}</span>}
      {isSortable && (
        <button type="button" className={styles["title"]} onClick={() => onSort(next)}>
          {title}
          <Icon name={way === "none" ? "sort" : way === "ascending" ? "up" : "down"} size={12} />
        </button>
      )}
    </div>
  );
}

/** Ids of the columns that hold numbers: they stand to the right. */
export function numericColumns<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
): ReadonlySet<string> {
  return new Set(columns.filter((column) => isNumeric(column, rows)).map(({ id }) => id));
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
