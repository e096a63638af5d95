import { notifications } from "@mantine/notifications";
import type { RouteAnswer } from "@souk/api";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ApiError, apiErrorOf } from "../../wire/answers.ts";
import { callApi, useApi, useApiChange, useMay } from "../../wire/hooks.ts";
import type { Check } from "./words.ts";

/** The checks a dataset keeps, and a way to change them for those who may. */
export function useChecks(dataset: string): {
  query: UseQueryResult<RouteAnswer<"getChecks">, ApiError>;
  change: ((edit: (checks: readonly Check[]) => readonly Check[]) => Promise<void>) | undefined;
  isBusy: boolean;
} {
  const params = { name: dataset };
  const query = useApi("getChecks", { params });
  const may = useMay("checks:write");
  const { mutateAsync, isPending } = useApiChange("putChecks", { touches: ["getChecks"] });
  async function change(edit: (checks: readonly Check[]) => readonly Check[]): Promise<void> {
    try {
      // Somebody else may have changed them since this page was drawn.
      const { items } = await callApi("getChecks", { params });
      await mutateAsync({ params, body: { items: [...edit(items)] } });
    } catch (thrown) {
      const { code, message } = apiErrorOf(thrown);
      notifications.show({ message: `${message} (${code})`, color: "red" });
    }
  }
  return { query, change: may ? change : undefined, isBusy: isPending };
}
