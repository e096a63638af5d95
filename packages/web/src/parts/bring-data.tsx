import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Icon } from "./icon.tsx";
import { useApi, useMay } from "../wire/hooks.ts";

/** Whether a dataset is known to have no rows, so that nothing can be learnt from it; `undefined` is none. */
export function useIsWithoutRows(dataset: string | undefined): boolean {
  const { data } = useApi("listDatasets", {});
  if (data === undefined || dataset === undefined) return false;
  return !data.items.some(({ name, rows }) => name === dataset && rows > 0);
}

/** The way to the wizard that fills a dataset; nothing for those who may not. */
export function BringData({ dataset }: { dataset: string }): ReactElement | null {
  if (!useMay("datasets:write")) return null;
  return (
    <Button
      variant="light"
      renderRoot={(props) => <Link to="/ingest" search={{ dataset }} {...props} />}
      leftSection={<Icon name="upload" size={15} />}
    >
      Bring rows of {dataset} in
    </Button>
  );
}
