import type { ReactElement } from "react";
import { formatNumber } from "../../parts/format.ts";
import { PageLink } from "../../parts/page-link.tsx";
import type { ProductDetail } from "./product-facts.ts";
import styles from "./product.module.css";

/** How many stars customers gave, and what the newest of them wrote. */
export function Reviews({
  reviews: { count, mean, stars, newest },
}: {
  reviews: NonNullable<ProductDetail["reviews"]>;
}): ReactElement {
  if (count === 0 || mean === undefined)
    return <p className={styles["hint"]}>Nobody reviewed it yet.</p>;
  return (
    <>
      <p className={styles["mean"]}>
        <b>{mean.toFixed(1)}</b> of 5 from {formatNumber(count)}{" "}
        {count === 1 ? "review" : "reviews"}
      </p>
      <ul className={styles["stars"]}>
        {[5, 4, 3, 2, 1].map((star) => (
          <li key={star}>
            <span>
              {star} {star === 1 ? "star" : "stars"}
            </span>
            <span className={styles["track"]} aria-hidden>
              <span style={{ width: `${(100 * (stars[star - 1] ?? 0)) / count}%` }} />
            </span>
            <span>{formatNumber(stars[star - 1] ?? 0)}</span>
          </li>
        ))}
      </ul>
      <ul className={styles["newest"]}>
        {newest.map(({ headline, body, stars: given, date }, at) => (
          // A review has no id here; the list never changes its order.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={at}>
            <b>{headline ?? "Without a headline"}</b>
            <small>
              {given} of 5{date && ` · ${date}`}
            </small>
            {body && <p>{body}</p>}
          </li>
        ))}
      </ul>
      <PageLink to="/questions">Questions about all reviews</PageLink>
    </>
  );
}
