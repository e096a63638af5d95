import { useQuery } from "@tanstack/react-query";
import { callApi, useMay } from "../../wire/hooks.ts";

const MOST = 200;
const KEEP_MS = 300_000;

/** The values a column of a dataset has most often, to choose from; none for whoever may not ask the dataset. */
export function useKnownValues(dataset: string, column: string): readonly string[] {
  const enabled = useMay("sql:run");
  const { data } = useQuery({
    queryKey: ["knownValues", dataset, column],
    queryFn: ({ signal }) =>
      callApi("runSql", { body: { sql: valuesSql(dataset, column), maxRows: MOST }, signal }),
    enabled,
    staleTime: KEEP_MS,
    retry: false,
  });
  return (data?.rows ?? []).map(([value]) => String(value));
}

/** Names stand in double quotes, and those inside are doubled. */
function valuesSql(dataset: string, column: string): string {
  const [table, name] = [dataset, column].map((one) => `"${one.replaceAll('"', '""')}"`);
  return `SELECT ${name} FROM ${table} WHERE ${name} IS NOT NULL GROUP BY ${name} ORDER BY count(*) DESC, ${name} LIMIT ${MOST}`;
}
