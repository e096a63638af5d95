/** How a photo's name tells whose photo it is. */
export const productRules = ["stem", "numbered", "folder"] as const;

/**
 * `stem`: the file's name without its ending is the product's id; `numbered`: that, without a last `-2` or `_2`, which is
 * the photo's place among the product's; `folder`: the name of the folder it is in.
 */
export type ProductRule = (typeof productRules)[number];

/** What becomes of the photos of one source. */
export interface PhotosReport {
  /** Rows that dataset `images` now has from this source: photos of products, each once. */
  readonly photos: number;
  readonly products: number;
  /** Photos that a product was given more than once. */
  readonly repeated: number;
  /** Photos that were not taken. */
  readonly refused: number;
  /** Refused photos by error code. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The first 1000 refused photos: name or address, error code, what was wrong. */
  readonly bad: readonly {
    readonly name: string;
    readonly code: string;
    readonly message: string;
  }[];
  /** Batch of dataset `images`, absent when no photo was good. */
  readonly batchId?: string;
  /** Version of dataset `images`. */
  readonly version?: number;
  /** True when the very same photos were there already. */
  readonly skipped: boolean;
}

/** How far an intake is. */
export interface PhotosProgress {
  readonly photos: number;
  readonly refused: number;
}

/** Where photos come from. The routes only ever give `stream`. */
type PhotoSource =
  | { readonly kind: "path"; readonly path: string }
  | {
      readonly kind: "stream";
      readonly stream: AsyncIterable<Uint8Array>;
      /** Tells a list by its ending. */
      readonly fileName?: string;
    };

/** Photos of products: files by hash in `<data>/images`, rows in dataset `images`. */
export interface PhotosNoun {
  /**
   * Takes in a folder, archive, single photo or list. A bad photo is in the report; the same photos again change nothing.
   * @throws SoukError `IMAGE_SOURCE_MISSING`, `IMAGE_SOURCE_LIMIT`, `IMAGE_SOURCE_UNSAFE`, `IMAGE_SOURCE_BROKEN`,
   * `PHOTO_LIST_INVALID`.
   */
  add(
    source: PhotoSource,
    options?: {
      /** How names tell products, default "stem". Lists say it themselves. */
      rule?: ProductRule;
      /** Whose photo a single photo is. */
      productId?: string;
      /** What column `source` says, default the name of the source. */
      sourceName?: string;
      signal?: AbortSignal;
      onProgress?: (progress: PhotosProgress) => void;
    },
  ): Promise<PhotosReport>;
  /**
   * A JPEG of a stored photo, made anew, of the next width of 64, 160, 320, 640, 1024 (default 320).
   * @throws SoukError `PHOTO_UNKNOWN`, `PHOTO_BUSY`, `IMAGE_HASH`.
   */
  thumbnail(hash: string, options?: { width?: number }): Promise<Uint8Array>;
}
