import type { ColumnBatch } from "../read.ts";
import { batchesOf } from "./batch.ts";
import { demoCategories, demoTowns } from "./vocabulary.ts";
import { DAY_QUANTILES, type DemoWorld } from "./world.ts";

/** The columns of the shape `products`. */
export const productColumns = [
  "product_id",
  "name",
  "description",
  "category_path",
  "price_minor",
  "currency",
  "location",
  "url",
  "created_at",
] as const;

const WITHOUT_DESCRIPTION = 0.02;

/** Every product as an offer: a price in pence or cents, an invented town, a link that leads nowhere. */
export async function* demoProducts(world: DemoWorld): AsyncGenerator<ColumnBatch> {
  yield* batchesOf(productColumns, productRows(world));
}

function* productRows(world: DemoWorld): Generator<(string | number | null)[]> {
  const rng = world.rng.fork("offers");
  for (const product of world.products) {
    const category = demoCategories[product.category]!;
    const aspects = `careful ${rng.pick(category.aspects)}, ${rng.pick(category.aspects)} checked by hand`;
    const isDescribed = rng.next() >= WITHOUT_DESCRIPTION;
    const noun = product.noun.charAt(0).toUpperCase() + product.noun.slice(1);
    const firstDay =
      world.dayTables[product.category]![Math.floor(product.launch * DAY_QUANTILES)]!;
    yield [
      product.id,
      product.title,
      isDescribed ? `An invented ${product.noun} of the demo shop: ${aspects}.` : null,
      `${category.path} / ${noun}`,
      product.priceMinor,
      product.currency,
      rng.pick(demoTowns),
      `https://demo-shop.example/${product.id}`,
      `${world.days[firstDay]!}T09:00:00Z`,
    ];
  }
}
