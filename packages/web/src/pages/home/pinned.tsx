import { Skeleton } from "@mantine/core";
import { lazy, type ReactElement, Suspense } from "react";
import { useApi } from "../../wire/hooks.ts";
import styles from "./pinned.module.css";

const PinnedQuestion = lazy(async () => {
  const { PinnedQuestion: found } = await import("./pinned-question.tsx");
  return { default: found };
});

/** What people pinned to Home; nothing when nobody did. */
export function Pinned(): ReactElement | null {
  const pinned = useApi("listSavedQuestions", {}).data?.items.filter((item) => item.pinned) ?? [];
  if (pinned.length === 0) return null;
  return (
    <section className={styles["pinned"]} aria-label="Pinned questions">
      <Suspense fallback={<Skeleton height={240} />}>
        {pinned.map(({ id, title }) => (
          <PinnedQuestion key={id} id={id} title={title} />
        ))}
      </Suspense>
    </section>
  );
}
