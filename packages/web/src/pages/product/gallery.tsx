import { type ReactElement, useState } from "react";
import { Photo } from "../../parts/photo.tsx";
import type { ProductDetail } from "./product-facts.ts";
import styles from "./product.module.css";

/** The photos of a product: one large, the others to choose from. */
export function Gallery({
  photos,
  name,
}: {
  photos: ProductDetail["photos"];
  name: string;
}): ReactElement {
  const [chosen, setChosen] = useState(0);
  return (
    <section className={styles["gallery"]} aria-label="Photos">
      <div className={styles["large"]}>
        <Photo hash={photos[chosen]?.hash} width={1024} alt={name} />
      </div>
      {photos.length > 1 && (
        <div className={styles["small"]}>
          {photos.map(({ hash }, at) => (
            <button
              key={hash}
              type="button"
              aria-pressed={at === chosen}
              aria-label={`Photo ${at + 1} of ${photos.length}`}
              onClick={() => setChosen(at)}
            >
              <Photo hash={hash} width={160} alt="" />
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
