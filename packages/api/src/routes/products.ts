import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, Count, Label, Name, Open } from "../values.ts";
import { ProductId } from "./photos.ts";

/** Words and paths of a search: one line. */
const Line = Type.String({ maxLength: 500, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });
const PriceMinor = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const ListedProduct = Type.Object({
  id: Type.String(),
  name: Type.Optional(Type.String()),
  category: Type.Optional(Type.String()),
  /** In pence, cents, and the like. */
  priceMinor: Type.Optional(Type.Number()),
  currency: Type.Optional(Type.String()),
  location: Type.Optional(Type.String()),
  /** Hash of its first photo. */
  photo: Type.Optional(Type.String()),
  photos: Count,
});

const Review = Type.Object({
  headline: Type.Optional(Type.String()),
  body: Type.Optional(Type.String()),
  stars: Type.Number(),
  date: Type.Optional(Type.String()),
});

const shared = { tag: "products", errors: "problem" } as const;
const productParams = closed({ id: ProductId });

/** What the shop sells, from the datasets products, images and reviews. */
export const productRoutes = {
  listProducts: {
    ...shared,
    method: "GET",
    path: "/api/v1/products",
    permission: "datasets:read",
    summary: "Products whose words, category and price fit, a page of them, and how many there are",
    query: closed({
      /** Words that all stand in id, name, description or category. */
      text: Type.Optional(Line),
      /** A category path and all below it: "Garden / Pots". */
      category: Type.Optional(Line),
      /** Only what is priced in it: "GBP". */
      currency: Type.Optional(
        Type.String({ minLength: 1, maxLength: 20, pattern: "^[^\\u0000-\\u001f\\u007f]+$" }),
      ),
      /** In minor units of each product's own currency: with products in several, say which. */
      minPrice: Type.Optional(PriceMinor),
      maxPrice: Type.Optional(PriceMinor),
      /** Default "name"; by price, one currency comes after the other. */
      sort: Type.Optional(Type.Enum(["name", "price", "-price", "newest"])),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000 })),
    }),
    responses: {
      200: Type.Object({ items: Type.Array(ListedProduct), total: Count }),
    },
  },
  productCategories: {
    ...shared,
    method: "GET",
    path: "/api/v1/product-categories",
    permission: "datasets:read",
    summary: "Category paths, at most 5000, with how many products each has and what they cost",
    responses: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            category: Type.String(),
            products: Count,
            /** Absent, as its currency, where the prices are in several currencies. */
            minPrice: Type.Optional(Type.Number()),
            maxPrice: Type.Optional(Type.Number()),
            currency: Type.Optional(Type.String()),
          }),
        ),
      }),
    },
  },
  productCurrencies: {
    ...shared,
    method: "GET",
    path: "/api/v1/product-currencies",
    permission: "datasets:read",
    summary: "In which currencies how many products are priced, the commonest first",
    responses: {
      200: Type.Object({
        items: Type.Array(Type.Object({ currency: Type.String(), products: Count })),
      }),
    },
  },
  getProduct: {
    ...shared,
    method: "GET",
    path: "/api/v1/products/:id",
    permission: "datasets:read",
    summary: "One product: every column, its photos, and its reviews in short",
    params: productParams,
    responses: {
      200: Type.Object({
        id: Type.String(),
        facts: Open,
        photos: Type.Array(
          Type.Object({
            hash: Type.String(),
            width: Type.Optional(Type.Integer()),
            height: Type.Optional(Type.Integer()),
          }),
        ),
        /** Absent when the shop keeps no reviews. */
        reviews: Type.Optional(
          Type.Object({
            count: Count,
            mean: Type.Optional(Type.Number()),
            /** How many gave 1, 2, 3, 4 and 5 stars. */
            stars: Type.Array(Count),
            newest: Type.Array(Review),
          }),
        ),
      }),
    },
  },
  productInputs: {
    ...shared,
    method: "GET",
    path: "/api/v1/products/:id/inputs",
    permission: "predict:run",
    summary:
      "What each served model of products is given of this one, with the hash its predictions are stored under",
    params: productParams,
    responses: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            model: Name,
            version: Type.Integer(),
            row: Open,
            inputHash: Type.String(),
            /** What the product itself says the answer is, where it says so. */
            known: Type.Optional(Label),
          }),
        ),
      }),
    },
  },
} as const satisfies Record<string, RouteContract>;
