import { Button, Select } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { notifications } from "@mantine/notifications";
import { type ReactElement, useState } from "react";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { Icon } from "../../parts/icon.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { apiErrorOf } from "../../wire/answers.ts";
import { useApi, useApiChange, useMay } from "../../wire/hooks.ts";
import { Checks } from "./checks.tsx";
import { Drift } from "./drift.tsx";
import styles from "./quality.module.css";
import { Suggestions } from "./suggestions.tsx";
import { checkWords, type Outcome, qualityVerdict } from "./words.ts";

/** Is the data what it should be (checks), and is it still what it was (drift). */
export function Page(): ReactElement {
  const datasets = useApi("listDatasets", {});
  const [asked] = useUrlState("dataset");
  const navigate = useNavigate();
  const names = (datasets.data?.items ?? []).filter(({ rows }) => rows > 0).map(({ name }) => name);
  const first = names.includes("reviews") ? "reviews" : names[0];
  const dataset = asked || first;
  return (
    <Answer query={datasets} permission="datasets:read" title="Quality">
      {() =>
        dataset === undefined ? (
          <Nothing />
        ) : (
          <Watched
            key={dataset}
            dataset={dataset}
            names={names}
            onDataset={(name) => void navigate({ to: "/quality", search: { dataset: name } })}
          />
        )
      }
    </Answer>
  );
}

function Nothing(): ReactElement {
  return (
    <>
      <PageHeader title="Quality" verdict="There is nothing to check yet." />
      <StateOf
        kind="empty"
        icon="shield"
        title="There is no data to look at"
        text="Checks and drift are about datasets: bring one in first."
      >
        <Button variant="default" renderRoot={(props) => <Link to="/datasets" {...props} />}>
          Datasets
        </Button>
      </StateOf>
    </>
  );
}

const exported = [
  { id: "at", value: ({ at }: Row) => new Date(at).toISOString() },
  { id: "version", value: ({ version }: Row) => version },
  { id: "check", value: ({ result }: Row) => checkWords(result.check) },
  { id: "severity", value: ({ result }: Row) => result.severity },
  { id: "passed", value: ({ result }: Row) => result.passed },
  { id: "observed", value: ({ result }: Row) => result.observed },
];

interface Row extends Pick<Outcome, "at" | "version"> {
  readonly result: Outcome["results"][number];
}

function Watched({
  dataset,
  names,
  onDataset,
}: {
  dataset: string;
  names: readonly string[];
  onDataset: (dataset: string) => void;
}): ReactElement {
  const [nowMs] = useState(() => Date.now());
  const params = { name: dataset };
  const history = useApi("checkHistory", { params, query: { limit: 100 } });
  const items = history.data?.items;
  const verdict = items && qualityVerdict(dataset, items, Math.max(nowMs, items[0]?.at ?? 0));
  const rows = items?.flatMap(({ at, version, results }) =>
    results.map((result): Row => ({ at, version, result })),
  );
  return (
    <>
      <PageHeader
        title="Quality"
        verdict={verdict?.text}
        tone={verdict?.tone ?? "plain"}
        copy={copyTextsOf("runChecks", { params }, `npx souk check run ${dataset}`)}
        {...(rows && { exports: exportableOf(`${dataset}-checks`, exported, rows) })}
      >
        <Select
          size="xs"
          w={150}
          aria-label="Dataset"
          value={dataset}
          data={[...new Set([dataset, ...names])]}
          onChange={(value) => onDataset(value ?? "")}
          allowDeselect={false}
        />
        <RunNow dataset={dataset} />
      </PageHeader>
      <div className={styles["stack"]}>
        <Answer query={history}>
          {({ items }) => <Checks dataset={dataset} history={items} />}
        </Answer>
        <Suggestions dataset={dataset} />
        <Drift dataset={dataset} />
      </div>
    </>
  );
}

function RunNow({ dataset }: { dataset: string }): ReactElement | null {
  const { mutateAsync, isPending } = useApiChange("runChecks", { touches: ["checkHistory"] });
  if (!useMay("checks:run")) return null;
  async function run(): Promise<void> {
    try {
      const { passed, results } = await mutateAsync({ params: { name: dataset } });
      const failed = results.filter((result) => !result.passed).length;
      notifications.show({
        message:
          failed === 0
            ? `All ${results.length} checks passed`
            : `${failed} of ${results.length} failed`,
        color: passed ? "souk" : "red",
      });
    } catch (thrown) {
      const { code, message } = apiErrorOf(thrown);
      notifications.show({ message: `${message} (${code})`, color: "red" });
    }
  }
  return (
    <Button
      size="xs"
      loading={isPending}
      leftSection={<Icon name="play" size={14} />}
      onClick={() => void run()}
    >
      Run now
    </Button>
  );
}
