import type { ColumnBatch } from "../read.ts";
import { demoOrders } from "./orders.ts";
import { demoPosts } from "./posts.ts";
import { demoProducts } from "./products.ts";
import { demoReviews } from "./reviews.ts";
import { type DemoTruth, demoTruth } from "./truth.ts";
import { buildWorld, type DemoShopOptions } from "./world.ts";

/** Shown wherever the demo shop is shown. */
export const demoBanner =
  "DEMO SHOP: every product, customer, review and number here is invented by a random generator. Nothing is real.";

/** An invented shop whose truth is known. Each stream can be read again and gives the same rows. */
export interface DemoShop {
  readonly truth: DemoTruth;
  products(): AsyncIterable<ColumnBatch>;
  reviews(): AsyncIterable<ColumnBatch>;
  posts(): AsyncIterable<ColumnBatch>;
  orders(): AsyncIterable<ColumnBatch>;
}

/**
 * Invents a shop: the same options give the same rows on every platform.
 * Rows are made while they are read, so memory does not grow with the size.
 * @throws SoukError `DEMO_OPTION` when a count is out of range.
 */
export function generateDemoShop(options: DemoShopOptions): DemoShop {
  const world = buildWorld(options);
  let truth: DemoTruth | undefined;
  return {
    get truth() {
      return (truth ??= demoTruth(world));
    },
    products: () => demoProducts(world),
    reviews: () => demoReviews(world),
    posts: () => demoPosts(world),
    orders: () => demoOrders(world),
  };
}
