/** What a search for products asks; nothing given: every product by name. */
export interface ProductSearch {
  /** Words that all stand in id, name, description or category. */
  readonly text?: string;
  /** A category path and all below it. */
  readonly category?: string;
  /** Only what is priced in it: "GBP". */
  readonly currency?: string;
  /** In minor units of each product's own currency. */
  readonly minPrice?: number;
  readonly maxPrice?: number;
  /** By price: one currency after the other. */
  readonly sort?: "name" | "price" | "-price" | "newest";
  /** Default 100. */
  readonly limit?: number;
  readonly offset?: number;
}

/** A product as a list shows it. */
export interface ListedProduct {
  readonly id: string;
  readonly name?: string;
  readonly category?: string;
  readonly priceMinor?: number;
  readonly currency?: string;
  readonly location?: string;
  /** Hash of its first photo. */
  readonly photo?: string;
  readonly photos: number;
}

/** A category path with what is in it. */
export interface ProductCategory {
  readonly category: string;
  readonly products: number;
  /** Prices are absent where they are in several currencies. */
  readonly minPrice?: number;
  readonly maxPrice?: number;
  readonly currency?: string;
}

/** What customers said of a product. */
export interface ReviewsSummary {
  readonly count: number;
  readonly mean?: number;
  /** How many gave 1, 2, 3, 4 and 5 stars. */
  readonly stars: readonly number[];
  readonly newest: readonly {
    readonly headline?: string;
    readonly body?: string;
    readonly stars: number;
    readonly date?: string;
  }[];
}

/** One product with all that is known of it. */
export interface ProductDetail {
  readonly id: string;
  /** Every column of its row, as plain values. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  /** The first one first. */
  readonly photos: readonly {
    readonly hash: string;
    readonly width?: number;
    readonly height?: number;
  }[];
  /** Absent when the shop keeps no reviews. */
  readonly reviews?: ReviewsSummary;
}

/** What the shop sells, read from the datasets products, images and reviews. */
export interface ProductsNoun {
  /** Empty, with a total of 0, while there is no dataset of products. */
  list(
    search?: ProductSearch,
    options?: { signal?: AbortSignal },
  ): Promise<{ readonly items: readonly ListedProduct[]; readonly total: number }>;
  /** By path, at most 5000. */
  categories(options?: { signal?: AbortSignal }): Promise<readonly ProductCategory[]>;
  /** In which currencies how many products are priced, the commonest first. */
  currencies(options?: {
    signal?: AbortSignal;
  }): Promise<readonly { readonly currency: string; readonly products: number }[]>;
  /** @throws SoukError `PRODUCT_UNKNOWN`. */
  get(id: string, options?: { signal?: AbortSignal }): Promise<ProductDetail>;
}
