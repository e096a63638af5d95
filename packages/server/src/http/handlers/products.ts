import { outerLevels } from "@souk/models";
import type { ProductDetail } from "../../product-values.ts";
import type { ModelCardView } from "../../souk-values.ts";
import type { HandlersOf } from "../call.ts";
import { batchOfRows, type InputRow, servedCards } from "../predicting.ts";
import type { ServerState } from "../state.ts";

/** The dataset whose models answer for a product's own row. */
const PRODUCTS = "products";

export function productHandlers(state: ServerState): HandlersOf<"products"> {
  const { products } = state.souk;
  return {
    listProducts: ({ query, signal }) => products.list(query, { signal }),
    productCategories: async ({ signal }) => ({ items: await products.categories({ signal }) }),
    productCurrencies: async ({ signal }) => ({ items: await products.currencies({ signal }) }),
    getProduct: ({ params, signal }) => products.get(params.id, { signal }),
    async productInputs({ params, signal }) {
      const product = await products.get(params.id, { signal });
      const cards = (await servedCards(state)).filter(({ card }) => card.task.dataset === PRODUCTS);
      const items = cards.map(({ name, card }) => inputsOf(state, { name, card, product }));
      return { items: await Promise.all(items) };
    },
  };
}

async function inputsOf(
  { souk }: ServerState,
  { name, card, product }: { name: string; card: ModelCardView; product: ProductDetail },
): Promise<object> {
  const row = rowOfProduct(card, product);
  const [inputHash] = await souk.serving.inputHashes({
    model: name,
    batch: batchOfRows(card, [row]),
  });
  const served = souk.serving
    .models()
    .find(({ model, aliases }) => model === name && aliases.includes("champion"));
  const known = knownAnswer(card, product);
  return {
    model: name,
    version: served?.version ?? 0,
    row,
    inputHash,
    ...(known !== undefined && { known }),
  };
}

/** The product's columns under the names of the model's inputs; a photo input is its first photo. */
function rowOfProduct({ signature }: ModelCardView, { facts, photos }: ProductDetail): InputRow {
  const cells = signature.inputs.map(({ name, kind }) => {
    if (kind === "image") return [name, photos[0]?.hash ?? null] as const;
    const fact = Object.hasOwn(facts, name) ? facts[name] : null;
    if (kind === "text" && fact !== null && fact !== undefined)
      return [name, String(fact)] as const;
    return [name, fact ?? null] as const;
  });
  return Object.fromEntries(cells);
}

/** What the product's row says the answer is; undefined where the target is made of other rows or columns. */
function knownAnswer(
  { task }: ModelCardView,
  { facts }: ProductDetail,
): string | number | undefined {
  const { target } = task;
  const column = target?.derive ? target.derive.column : target?.column;
  const fact = column !== undefined && Object.hasOwn(facts, column) ? facts[column] : null;
  if (fact === null || fact === undefined || typeof fact === "boolean") return undefined;
  if (!target?.derive) return fact;
  const { kind, levels } = target.derive;
  return kind === "path" && levels !== undefined
    ? outerLevels(String(fact), levels) || undefined
    : undefined;
}
