import { useApi } from "../../wire/hooks.ts";

/** A column that a dataset has or will have. */
interface TargetColumn {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

/** Where rows will go. */
export interface Target {
  readonly name: string;
  readonly exists: boolean;
  readonly rows: number;
  readonly description?: string;
  /** Empty: the first file decides what columns there are. */
  readonly columns: readonly TargetColumn[];
  readonly key: readonly string[];
}

/** Names that are known, to choose from: datasets that exist and shapes that come with Souk or the shop. */
export function useNames(): readonly string[] {
  const datasets = useApi("listDatasets", {}).data?.items ?? [];
  const shapes = useApi("listShapes", {}).data?.items ?? [];
  const names = [...datasets, ...shapes].map(({ name }) => name);
  return [...new Set(names)].filter((name) => name !== "images").toSorted();
}

/** What is known of the dataset of this name; undefined while it is asked for. */
export function useTarget(name: string): Target | undefined {
  const datasets = useApi("listDatasets", {}).data?.items;
  const shapes = useApi("listShapes", {}).data?.items;
  const there = datasets?.find((one) => one.name === name);
  const described = useApi("describeDataset", { params: { name } }, { enabled: Boolean(there) });
  if (!datasets || !shapes || (there && !described.data)) return undefined;
  const shape = shapes.find((one) => one.name === name);
  const held = described.data;
  const key = shape?.key ?? held?.key ?? [];
  const columns = shape?.columns ?? held?.columns ?? [];
  return {
    name,
    exists: there !== undefined,
    rows: there?.rows ?? 0,
    ...(shape?.description && { description: shape.description }),
    columns: columns.map((column) => ({
      name: column.name,
      type: column.type,
      required: column.nullable === false || key.includes(column.name),
    })),
    key,
  };
}
