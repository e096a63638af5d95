/** Child process: writes the files of the demo shop, and its photos as `photos/CATEGORY/PRODUCT.jpg`. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { demoPhotos, writeDemoShop, type WrittenDemoShop } from "@souk/lake";
import { encodeJpeg } from "@souk/models";
import { serveParent } from "./child-side.ts";

/** What the parent asks for. */
export interface DemoRequest {
  readonly directory: string;
  readonly seed: number;
  readonly reviews: number;
}

/** What was written. */
export interface WrittenDemo extends WrittenDemoShop {
  /** Folder of the photos. */
  readonly photos: string;
}

async function writeDemo(
  { directory, seed, reviews }: DemoRequest,
  signal: AbortSignal,
): Promise<WrittenDemo> {
  const shop = await writeDemoShop(directory, { seed, reviews, signal });
  const photos = join(directory, "photos");
  const temporary = join(directory, `.tmp-photos-${process.pid}`);
  try {
    for (const photo of demoPhotos({ seed, reviews })) {
      signal.throwIfAborted();
      const folder = join(temporary, photo.category);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${photo.productId}.jpg`), await encodeJpeg(photo));
    }
    await rm(photos, { recursive: true, force: true });
    await rename(temporary, photos);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return { ...shop, photos };
}

if (import.meta.main) {
  serveParent((request, { signal }) => {
    // The parent is this project's own process: the request is what `DemoRequest` says.
    return writeDemo(request as DemoRequest, signal);
  });
}
