import type { RouteAnswer } from "@souk/api";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useNavigate } from "@tanstack/react-router";
import { memo, type MouseEvent, type ReactElement, useEffect, useRef } from "react";
import { formatMoney } from "../../parts/money.ts";
import { Photo } from "../../parts/photo.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import styles from "./products.module.css";
import type { Product, Search } from "./search.ts";
import { useProductAt } from "./use-pages.ts";

const CARD_WIDTH = 190;
const GAP = 12;
const heights = { grid: 292, list: 68 } as const;

/** Products that fit, as cards or as lines: of any number, only those in sight are in the page and asked for. */
export function ProductList({
  search,
  look,
  first,
}: {
  search: Search;
  look: "grid" | "list";
  first: RouteAnswer<"listProducts">;
}): ReactElement {
  const { total } = first;
  const scroller = useRef<HTMLDivElement>(null);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const merged = useMergedRef(scroller, ref);
  const across = look === "list" ? 1 : Math.max(2, Math.floor((width + GAP) / (CARD_WIDTH + GAP)));
  const virtual = useVirtualizer({
    count: Math.ceil(total / across),
    getScrollElement: () => scroller.current,
    estimateSize: () => heights[look] + GAP,
    overscan: 3,
  });
  const rows = virtual.getVirtualItems();
  const at = useProductAt(search, first, {
    from: (rows[0]?.index ?? 0) * across,
    to: ((rows.at(-1)?.index ?? 0) + 1) * across,
  });
  const asked = JSON.stringify(search);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [asked, look]);
  useEffect(() => virtual.measure(), [virtual, look, across]);
  const navigate = useNavigate();
  return (
    <div ref={merged} className={styles["scroller"]} data-look={look}>
      <div
        role="list"
        aria-label="Products"
        className={styles["list"]}
        style={{ height: virtual.getTotalSize() }}
        onClick={(event) => {
          const to = followed(event);
          if (to) void navigate({ to });
        }}
      >
        {rows.map(({ index, start }) => (
          <Row key={index} grid={{ across, total, look, at }} index={index} start={start} />
        ))}
      </div>
    </div>
  );
}

/** The page that a plain click on a product opens. One listener for all: a link of the router costs more than its card. */
function followed(event: MouseEvent): string | undefined {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return undefined;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link) return undefined;
  event.preventDefault();
  return link.getAttribute("href") ?? undefined;
}

function Row({
  grid: { across, total, look, at },
  index,
  start,
}: {
  grid: {
    readonly across: number;
    readonly total: number;
    readonly look: "grid" | "list";
    readonly at: (place: number) => Product | undefined;
  };
  index: number;
  /** Pixels from the top of the list. */
  start: number;
}): ReactElement {
  const places = Array.from({ length: across }, (_, column) => index * across + column);
  return (
    <div
      role="none"
      className={styles["row"]}
      style={{
        transform: `translateY(${start}px)`,
        height: heights[look],
        gridTemplateColumns: `repeat(${across}, minmax(0, 1fr))`,
      }}
    >
      {places
        .filter((place) => place < total)
        .map((place) => (
          <div key={place} role="listitem" aria-posinset={place + 1} aria-setsize={total}>
            <Listed product={at(place)} look={look} />
          </div>
        ))}
    </div>
  );
}

/** The end of a category path, which tells products apart: "Toys / Board game". */
function shelfOf(category: string): string {
  return category.split(" / ").slice(-2).join(" / ");
}

/** Drawn once, however far one scrolls. */
const Listed = memo(function Listed({
  product,
  look,
}: {
  product: Product | undefined;
  look: "grid" | "list";
}): ReactElement {
  if (!product) return <div className={styles["waiting"]} />;
  const { id, name, category, priceMinor, currency, photo, photos } = product;
  return (
    <a href={addressOf("/products/$id", { id })} className={styles["product"]} data-look={look}>
      <span className={styles["picture"]}>
        <Photo hash={photo} width={look === "grid" ? 320 : 64} alt="" />
        {photos > 1 && look === "grid" && <span className={styles["more"]}>{photos} photos</span>}
      </span>
      <span className={styles["name"]}>{name ?? id}</span>
      <span className={styles["where"]} title={category}>
        {category === undefined ? "No category" : look === "grid" ? shelfOf(category) : category}
      </span>
      <span className={styles["price"]}>
        {priceMinor === undefined ? "No price" : formatMoney(priceMinor, currency)}
      </span>
    </a>
  );
});
