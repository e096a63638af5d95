import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import { Answer } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import styles from "./questions.module.css";
import { SavedList } from "./saved-list.tsx";

/** What people ask of reviews: eleven questions that come with the shop, and those that were saved here. */
export function Page(): ReactElement {
  const questions = useApi("listQuestions", {});
  const saved = useApi("listSavedQuestions", {});
  const items = questions.data?.items ?? [];
  const count = saved.data?.items.length ?? 0;
  return (
    <>
      <PageHeader
        title="Questions"
        verdict={verdictOf(items.length, count)}
        copy={copyTextsOf("listQuestions", {}, "npx souk questions")}
        exports={exportableOf("questions", columns, items)}
      />
      <div className={styles["stack"]}>
        <Card title="Saved here">
          <Answer query={saved}>{({ items: kept }) => <SavedList items={kept} />}</Answer>
        </Card>
        <Card title="Come with the shop">
          <Answer query={questions}>
            {({ items: known }) => (
              <ol className={`${styles["list"]} ${styles["known"]}`}>
                {known.map(({ id, slug, title, why, statements }) => (
                  <li key={slug}>
                    <span className={styles["number"]}>{id}</span>
                    <div>
                      <Anchor
                        component={Link}
                        to={addressOf("/questions/$question", { question: slug })}
                        fw={600}
                      >
                        {title}
                      </Anchor>
                      <p>{why}</p>
                      {statements.length > 1 && <small>{statements.length} answers</small>}
                    </div>
                  </li>
                ))}
              </ol>
            )}
          </Answer>
        </Card>
      </div>
    </>
  );
}

interface Known {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly why: string;
}

const columns = [
  { id: "id", value: ({ id }: Known) => id },
  { id: "slug", value: ({ slug }: Known) => slug },
  { id: "title", value: ({ title }: Known) => title },
  { id: "why", value: ({ why }: Known) => why },
];

function verdictOf(known: number, saved: number): string {
  if (known === 0) return "Looking for the questions…";
  const more =
    saved === 0
      ? "none was saved here yet"
      : saved === 1
        ? "one was saved here"
        : `${saved} were saved here`;
  return `${known} questions come with the shop, ${more}. Each is answered afresh when you open it.`;
}
