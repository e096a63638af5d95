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
/** Offers whose words do not say what is sold: there, only the photo does. */
const VAGUE_SHARE = 0.3;

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
    const isVague = rng.next() < VAGUE_SHARE;
    const text = isVague
      ? "An invented article of the demo shop, packed and checked by hand."
      : `An invented ${product.noun} of the demo shop: ${aspects}.`;
    const noun = product.noun.charAt(0).toUpperCase() + product.noun.slice(1);
    const firstDay =
      world.dayTables[product.category]![Math.floor(product.launch * DAY_QUANTILES)]!;
    yield [
      product.id,
      isVague ? product.shortTitle : product.title,
      isDescribed ? text : null,
      `${category.path} / ${noun}`,
      product.priceMinor,
      product.currency,
      rng.pick(demoTowns),
      `https://demo-shop.example/${product.id}`,
      `${world.days[firstDay]!}T09:00:00Z`,
    ];
  }
}
