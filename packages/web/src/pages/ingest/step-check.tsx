import { Badge, Button, Group, Table, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { CopyAs } from "../../parts/copy-as.tsx";
import { formatNumber } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { counted, typeWords } from "../datasets/words.ts";
import styles from "./ingest.module.css";
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
      <p className={styles["verdict"]} data-tone={tone} role="status">
        <Icon name={tone === "good" ? "check" : "warning"} size={18} />
        <span>{text}</span>
      </p>
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

/** The dry run in a sentence. */
export function verdictOf({
  rows,
  refused,
  columns,
}: Pick<DryRun, "rows" | "refused" | "columns">): { text: string; tone: "good" | "warn" | "bad" } {
  const all = rows + refused;
  if (all === 0) return { text: "The file has no rows.", tone: "bad" };
  if (refused === 0) {
    const empty = columns.filter(({ verdict }) => verdict === "warning").length;
    const note = empty > 0 ? ` ${counted(empty, "column")} would be empty.` : "";
    return { text: `All ${counted(all, "row")} would be taken.${note}`, tone: "good" };
  }
  const worst = columns.toSorted((a, b) => b.bad - a.bad)[0];
  const why = worst && worst.bad > 0 ? `, most for ${worst.name}` : "";
  if (rows === 0)
    return { text: `None of ${counted(all, "row")} would be taken${why}.`, tone: "bad" };
  return {
    text: `${formatNumber(rows)} of ${counted(all, "row")} would be taken; ${formatNumber(refused)} would be set aside to mend${why}.`,
    tone: refused / all > 0.2 ? "bad" : "warn",
  };
}

const verdicts = {
  ok: { icon: "check", word: "good" },
  warning: { icon: "info", word: "empty" },
  bad: { icon: "warning", word: "rows refused" },
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
          {columns.map(({ name, source, type, guess, nulls, bad, samples, verdict }) => (
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
                {guess &&
                  guess !== type &&
                  verdict === "bad" &&
                  ` (looks like ${typeWords(guess)})`}
              </Table.Td>
              <Table.Td ta="right">{formatNumber(nulls)}</Table.Td>
              <Table.Td ta="right">{formatNumber(bad)}</Table.Td>
              <Table.Td className={styles["example"]}>{samples[0] ?? ""}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
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
  const maps = pairs.map(([column, source]) => ` --map ${shell(`${column}=${source}`)}`).join("");
  const upsert = mode === "upsert" ? " --mode upsert" : "";
  return {
    curl: `curl -s -X POST ${shell(`${location.origin}/api/v1/datasets/${dataset}/ingest?${query.toString()}`)} \\
  -H "authorization: Bearer $SOUK_KEY" \\
  -H 'content-type: application/octet-stream' \\
  --data-binary ${shell(`@${file.name}`)}`,
    cli: `npx souk ingest ${dataset} ${shell(file.name)}${maps}${upsert}`,
  };
}

/** One word for a POSIX shell. */
function shell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
