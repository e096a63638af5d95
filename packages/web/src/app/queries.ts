import { QueryClient } from "@tanstack/react-query";
import { apiErrorOf } from "../wire/answers.ts";

const FRESH_MS = 15_000;

/** Answers of the API. What cannot become better by asking again (a refusal) is not asked again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      refetchOnWindowFocus: true,
      retry: (failures, error) => {
        const { status } = apiErrorOf(error);
        return failures < 2 && (status === 0 || status >= 500);
      },
    },
    mutations: { retry: false },
  },
});
