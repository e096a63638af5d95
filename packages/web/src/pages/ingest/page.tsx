import { SegmentedControl } from "@mantine/core";
import type { ReactElement } from "react";
import { CommandLine } from "../../parts/command-line.tsx";
import { Card } from "../../parts/card.tsx";
import { PageHeader } from "../../parts/page-header.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import styles from "./ingest.module.css";
import { Photos } from "./photos.tsx";
import { TableWizard } from "./table-wizard.tsx";

const kinds = [
  { value: "table", label: "A table" },
  { value: "photos", label: "Photos" },
];

/** Brings in a file: it is looked at first, and nothing is stored before one says so. */
export function Page(): ReactElement {
  const [kind, setKind] = useUrlState("kind", "table");
  return (
    <>
      <PageHeader
        title="Ingest"
        verdict={
          kind === "photos"
            ? "Each photo is looked at before it is kept: what is no photo is refused, with its reason."
            : "A file is looked at first: you see what would be taken and what would be refused, and nothing is stored before you say so."
        }
      >
        <SegmentedControl
          size="xs"
          data={kinds}
          value={kind}
          onChange={setKind}
          aria-label="What to bring in"
        />
      </PageHeader>
      <div className={styles["stack"]}>
        {kind === "photos" ? <Photos /> : <TableWizard />}
        <Card title="The same from a terminal">
          <p className={styles["hint"]}>
            For files of many gigabytes, whole folders, and what runs every night.
          </p>
          <CommandLine
            text={
              kind === "photos"
                ? "npx souk photos add ./photos"
                : "npx souk ingest reviews data/*.tsv.gz"
            }
          />
        </Card>
      </div>
    </>
  );
}
