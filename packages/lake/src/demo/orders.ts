import type { Rng } from "@souk/core";
import type { ColumnBatch } from "../read.ts";
import { batchesOf } from "./batch.ts";
import { DAY_QUANTILES, type DemoWorld } from "./world.ts";

/** The columns of the shape `orders`. */
export const orderColumns = [
  "event_id",
  "customer_id",
  "product_id",
  "kind",
  "quantity",
  "price_minor",
  "currency",
  "occurred_at",
] as const;

/** Chance of each next step of a visit: view → cart → purchase → return. */
export const orderFunnel = { cart: 0.24, purchase: 0.55, returned: 0.06 } as const;

/** Events of shop visits: every visit starts with a view and may go on to cart, purchase and return. */
export async function* demoOrders(world: DemoWorld): AsyncGenerator<ColumnBatch> {
  yield* batchesOf(orderColumns, orderRows(world));
}

function* orderRows(world: DemoWorld): Generator<(string | number)[]> {
  const rng = world.rng.fork("orders");
  let number = 0;
  while (number < world.counts.orders) {
    for (const event of visit(world, rng)) {
      if (number >= world.counts.orders) return;
      number++;
      yield [`demo-e${String(number).padStart(8, "0")}`, ...event];
    }
  }
}

function* visit(world: DemoWorld, rng: Rng): Generator<(string | number)[]> {
  const u = rng.next();
  const customer = `demo-c${1 + Math.floor(world.customers * u * Math.sqrt(u))}`;
  const product = world.products[world.popularity.draw(rng)]!;
  const position = product.launch + (1 - product.launch) * rng.next();
  const day = world.dayTables[product.category]![Math.floor(position * DAY_QUANTILES)]!;
  const quantity = rng.next() < 0.85 ? 1 : 2 + rng.integer(3);
  let minute = 6 * 60 + rng.integer(17 * 60);
  const event = (kind: string, date: number): (string | number)[] => {
    const time = `${world.days[Math.min(date, world.days.length - 1)]!}T${clock(minute)}Z`;
    const { id, priceMinor, currency } = product;
    return [customer, id, kind, quantity, priceMinor, currency, time];
  };
  yield event("view", day);
  if (rng.next() >= orderFunnel.cart) return;
  minute += 1 + rng.integer(10);
  yield event("cart", day);
  if (rng.next() >= orderFunnel.purchase) return;
  minute += 1 + rng.integer(15);
  yield event("purchase", day);
  if (rng.next() < orderFunnel.returned) yield event("return", day + 3 + rng.integer(20));
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00`;
}
