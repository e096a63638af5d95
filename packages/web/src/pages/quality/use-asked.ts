import type { RouteAnswer } from "@souk/api";
import { useUrlState } from "../../parts/url-state.ts";
import type { ApiError } from "../../wire/answers.ts";
import { useApi } from "../../wire/hooks.ts";
import { type Asked, halves } from "./sides.ts";

/** A column of times, as the profile of its dataset describes it. */
type TimeColumn = RouteAnswer<"profileDataset">["columns"][number];

/** What the address asks for; what it leaves open is the oldest version with rows against the newest, or two halves of time. */
export function useAsked(dataset: string): {
  /** Undefined while the dataset is being looked at. */
  asked: Asked | undefined;
  dates: readonly string[];
  versions: readonly number[];
  change: (next: Partial<Asked>) => void;
  /** Why there is nothing to ask. */
  failure: ApiError | undefined;
} {
  const described = useApi("describeDataset", { params: { name: dataset } });
  const profiled = useApi("profileDataset", { params: { name: dataset } });
  const { kept, change } = useKept();
  const times = (profiled.data?.columns ?? []).filter(({ kind }) => kind === "time");
  const versions = (described.data?.history ?? []).map(({ version }) => version);
  const first = described.data?.batches.find(({ rows }) => rows > 0)?.version;
  const isByDate = kept.by === "date" || (kept.by === "" && versions.length < 2);
  const asked = isByDate
    ? askedPeriods(kept, times)
    : askedVersions(kept, { first, last: versions.at(-1) });
  return {
    asked: described.data && profiled.data && asked,
    dates: times.map(({ name }) => name),
    versions,
    change,
    failure: described.error ?? profiled.error ?? undefined,
  };
}

/** What the address holds, as it is: "" for what it leaves open. */
type Kept = Readonly<Record<"by" | "from" | "to" | "column" | "fromEnd" | "toEnd", string>>;

function useKept(): { kept: Kept; change: (next: Partial<Asked>) => void } {
  const [by, setBy] = useUrlState("by");
  const [from, setFrom] = useUrlState("from");
  const [to, setTo] = useUrlState("to");
  const [column, setColumn] = useUrlState("on");
  const [fromEnd, setFromEnd] = useUrlState("fromEnd");
  const [toEnd, setToEnd] = useUrlState("toEnd");

  function change(next: Partial<Asked>): void {
    if (next.by !== undefined) setBy(next.by);
    if (next.from !== undefined) setFrom(next.from);
    if (next.to !== undefined) setTo(next.to);
    if (next.column !== undefined) setColumn(next.column);
    if (next.fromEnd !== undefined) setFromEnd(next.fromEnd);
    if (next.toEnd !== undefined) setToEnd(next.toEnd);
  }

  return { kept: { by, from, to, column, fromEnd, toEnd }, change };
}

function askedVersions(
  { from, to }: Kept,
  { first, last }: { first: number | undefined; last: number | undefined },
): Asked {
  return {
    by: "version",
    from: /^\d+$/.test(from) ? from : String(first ?? ""),
    to: /^\d+$/.test(to) ? to : String(last ?? ""),
    column: "",
    fromEnd: "",
    toEnd: "",
  };
}

function askedPeriods(kept: Kept, times: readonly TimeColumn[]): Asked {
  const column = times.find(({ name }) => name === kept.column) ?? times[0];
  const parts = column && halves(String(column.min), String(column.max));
  const asDay = (day: string, fallback = ""): string => (day.includes("-") ? day : fallback);
  return {
    by: "date",
    column: column?.name ?? "",
    from: asDay(kept.from, parts?.from),
    fromEnd: asDay(kept.fromEnd, parts?.fromEnd),
    to: asDay(kept.to, parts?.to),
    toEnd: asDay(kept.toEnd, parts?.toEnd),
  };
}
