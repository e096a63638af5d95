import { Badge, Button, Group, Table, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { inShell } from "../../parts/call-text.ts";
import { CopyAs } from "../../parts/copy-as.tsx";
import { formatNumber } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { ExportMenu, exportableOf } from "../../parts/page-header.tsx";
import { counted } from "../../parts/counted.ts";
import { typeWords } from "../../parts/column-type.ts";
import { VerdictBox } from "../../parts/verdict-box.tsx";
import styles from "./ingest.module.css";
import { verdictOf } from "./verdict.ts";
import { type Mapping, neededMapping } from "./mapping.ts";
import type { DryRun, Plan } from "./plan.ts";

const SHOWN_BAD = 100;

/** What would come of it: a verdict, one for each column, and the rows that would be refused. */
export function StepCheck({
  plan,
  mapping,
  report,
  onBack,
  onCommit,
}: {
  plan: Plan;
  mapping: Mapping;
  report: DryRun;
  onBack: () => void;
  onCommit: () => void;
}): ReactElement {
  const { rows, refused, ignored } = report;
  const { text, tone } = verdictOf(report);
  return (
    <div className={styles["stack"]}>
      <VerdictBox tone={tone}>{text}</VerdictBox>
      <Columns report={report} />
      {ignored.length > 0 && (
        <p className={styles["hint"]}>
          Columns of the file that are not taken: {ignored.join(", ")}.
        </p>
      )}
      {refused > 0 && <BadRows report={report} />}
      <Group justify="space-between">
        <Group gap="xs">
          <Button variant="default" onClick={onBack}>
            Change the mapping
          </Button>
          <CopyAs texts={copyOf(plan, mapping)} />
          {refused > 0 && (
            <ExportMenu exports={exportableOf("refused-rows", badColumns, report.badRows)} />
          )}
        </Group>
        <Button
          onClick={onCommit}
          disabled={rows + refused === 0}
          leftSection={<Icon name="check" size={15} />}
        >
          {refused === 0
            ? `Bring in ${counted(rows, "row")}`
            : `Bring in ${counted(rows, "row")}, set ${formatNumber(refused)} aside`}
        </Button>
      </Group>
    </div>
  );
}

type BadRow = DryRun["badRows"][number];

const badColumns = [
  { id: "file", value: ({ file }: BadRow) => file },
  { id: "line", value: ({ line }: BadRow) => line },
  { id: "reasons", value: ({ reasons }: BadRow) => reasons.join("; ") },
  { id: "raw", value: ({ raw }: BadRow) => raw },
];

const verdicts = {
  ok: { icon: "check", word: "good" },
  warning: { icon: "info", word: "empty" },
  bad: { icon: "warning", word: "refused" },
} as const;

function Columns({ report: { columns } }: { report: DryRun }): ReactElement {
  return (
    <div className={styles["scroll"]} tabIndex={0} role="region" aria-label="Verdict per column">
      <Table verticalSpacing={6} className={styles["verdicts"]}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Verdict</Table.Th>
            <Table.Th>Column</Table.Th>
            <Table.Th>From</Table.Th>
            <Table.Th>Type</Table.Th>
            <Table.Th ta="right">Empty</Table.Th>
            <Table.Th ta="right">Refused</Table.Th>
            <Table.Th>For example</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map(
            ({ name, source, type, guess, hasDecimalCommas, nulls, bad, samples, verdict }) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <Badge
                    variant="light"
                    className={styles["badge"]}
                    data-verdict={verdict}
                    leftSection={<Icon name={verdicts[verdict].icon} size={12} />}
                  >
                    {verdicts[verdict].word}
                  </Badge>
                </Table.Td>
                <Table.Td className={styles["column"]}>{name}</Table.Td>
                <Table.Td>{source ?? "–"}</Table.Td>
                <Table.Td className={styles["typeCell"]}>
                  {typeWords(type)}
                  {hasDecimalCommas ? ", with a decimal comma" : looksLike(guess, type)}
                </Table.Td>
                <Table.Td ta="right">{formatNumber(nulls)}</Table.Td>
                <Table.Td ta="right">{formatNumber(bad)}</Table.Td>
                <Table.Td className={styles["example"]}>{samples[0] ?? ""}</Table.Td>
              </Table.Tr>
            ),
          )}
        </Table.Tbody>
      </Table>
    </div>
  );
}

/** What the values look like where that is not what is asked for. */
function looksLike(guess: string | undefined, type: string): string {
  if (!guess || type === "VARCHAR" || typeWords(guess) === typeWords(type)) return "";
  return ` (looks like ${typeWords(guess)})`;
}

function BadRows({ report: { badRows, refused } }: { report: DryRun }): ReactElement {
  return (
    <section aria-label="Rows that would be refused">
      <Text fw={600} mb={6}>
        Rows that would be set aside
      </Text>
      <ol className={styles["badRows"]} tabIndex={0} aria-label="Refused rows">
        {badRows.slice(0, SHOWN_BAD).map(({ line, file, raw, reasons }) => (
          <li key={`${file} ${line}`}>
            <span className={styles["line"]}>line {line}</span>
            <span className={styles["reason"]}>{reasons.join("; ")}</span>
            {raw && <code className={styles["raw"]}>{raw.slice(0, 300)}</code>}
          </li>
        ))}
      </ol>
      {refused > SHOWN_BAD && (
        <p className={styles["hint"]}>and {formatNumber(refused - SHOWN_BAD)} more</p>
      )}
    </section>
  );
}

function copyOf(
  { file, dataset, format, mode }: Plan,
  mapping: Mapping,
): { curl: string; cli: string } {
  const pairs = Object.entries(neededMapping(mapping));
  const query = new URLSearchParams({ format, mode, fileName: file.name });
  if (pairs.length > 0) query.set("mapping", JSON.stringify(Object.fromEntries(pairs)));
  const maps = pairs.map(([column, source]) => ` --map ${inShell(`${column}=${source}`)}`).join("");
  const upsert = mode === "upsert" ? " --mode upsert" : "";
  return {
    curl: `curl -s -X POST ${inShell(`${location.origin}/api/v1/datasets/${dataset}/ingest?${query.toString()}`)} \\
  -H "authorization: Bearer $SOUK_KEY" \\
  -H 'content-type: application/octet-stream' \\
  --data-binary ${inShell(`@${file.name}`)}`,
    cli: `npx souk ingest ${dataset} ${inShell(file.name)}${maps}${upsert}`,
  };
}
