/** The native library behind photos (sharp, over libvips), loaded when the first photo comes and narrowed to what we read. */
import { SoukError } from "@souk/core";

type Sharp = typeof import("sharp").default;

let loading: Promise<Sharp> | undefined;

/**
 * The library, set up once for this process: only its readers of JPEG, PNG and WebP work, nothing is cached (no photo
 * is opened twice in a row), and each photo is decoded by one thread, so that many are decoded at a time.
 *
 * @throws SoukError `IMAGE_ENGINE` when the library has no files for this platform.
 */
export function imageEngine(): Promise<Sharp> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Sharp> {
  try {
    const { default: sharp } = await import("sharp");
    sharp.cache(false);
    sharp.concurrency(1);
    sharp.block({ operation: ["VipsForeignLoad"] });
    sharp.unblock({
      operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"],
    });
    return sharp;
  } catch (cause) {
    loading = undefined;
    throw new SoukError(
      "IMAGE_ENGINE",
      `expected sharp with its files for ${process.platform}-${process.arch}, got none that loads`,
      { cause },
    );
  }
}
