import { useQuery } from "@tanstack/react-query";
import type { RouteAnswer } from "@souk/api";
import type { ReactElement } from "react";
import type { ApiError } from "../../wire/answers.ts";
import { callApi } from "../../wire/hooks.ts";
import { formatShare } from "../format.ts";
import { PageLink } from "../page-link.tsx";
import { Answer } from "../state-of.tsx";
import styles from "./answering.module.css";
import { formatAnswer, type ServedModel } from "./served-model.ts";

/** What the model learnt from that is most like a row, with what it really was. */
export function Comparables({
  model,
  row,
  currency,
}: {
  model: ServedModel;
  row: Readonly<Record<string, string | number | boolean | null>>;
  currency?: string | undefined;
}): ReactElement {
  const query = useQuery<RouteAnswer<"comparableRows">, ApiError>({
    queryKey: ["comparableRows", model.model, model.version, row],
    queryFn: ({ signal }) =>
      callApi("comparableRows", {
        params: { name: model.model },
        body: { rows: [row], most: 5, version: model.version },
        signal,
      }),
    staleTime: Infinity,
    retry: false,
  });
  return (
    <Answer query={query} permission="predict:run">
      {({ comparables: [found = []] }) =>
        found.length === 0 ? (
          <p className={styles["hint"]}>Nothing it learnt from is like this.</p>
        ) : (
          <ol className={styles["comparables"]}>
            {found.map(({ key, title, value, similarity }) => (
              <li key={key ?? title}>
                <span>
                  {key && model.dataset === "products" ? (
                    <PageLink to="/products/$id" params={{ id: key }}>
                      {title}
                    </PageLink>
                  ) : (
                    title
                  )}
                </span>
                <b>{formatAnswer(model, value, currency)}</b>
                <span>{formatShare(similarity, 0)} alike</span>
              </li>
            ))}
          </ol>
        )
      }
    </Answer>
  );
}
