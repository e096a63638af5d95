/** Child process: writes the files of the demo shop. */
import { writeDemoShop } from "@souk/lake";
import { serveParent } from "./child-side.ts";

/** What the parent asks for. */
export interface DemoRequest {
  readonly directory: string;
  readonly seed: number;
  readonly reviews: number;
}

if (import.meta.main) {
  serveParent((request, { signal }) => {
    // The parent is this project's own process: the request is what `DemoRequest` says.
    const { directory, seed, reviews } = request as DemoRequest;
    return writeDemoShop(directory, { seed, reviews, signal });
  });
}
