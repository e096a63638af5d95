import { Select } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { formatTime } from "../../parts/format.ts";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import { usePathParameter } from "../../parts/path-parameter.ts";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import { memberOf } from "../../wire/answers.ts";
import { capital } from "../learning/metric-words.ts";
import { placeColumns, Places } from "./board.tsx";
import type { Board } from "./board-words.ts";
import styles from "./leaderboard.module.css";
import { Measure } from "./measure.tsx";

/** Which family does best at a task, and which cannot be told apart: all measured on the same rows. */
export function Page(): ReactElement {
  const tasks = useApi("listTasks", {}).data?.items;
  const measured = useApi("listLeaderboards", {}).data?.items;
  const named = usePathParameter("task");
  const task = named || (measured && (measured[0]?.task ?? tasks?.[0]?.name)) || "";
  const isKnown = tasks?.some(({ name }) => name === task) ?? false;
  const hasBoard = measured?.some((one) => one.task === task) ?? false;
  const query = useApi("getLeaderboard", { params: { task } }, { enabled: hasBoard });
  const board = query.data;
  const isFirst = isKnown && measured !== undefined && !hasBoard;
  return (
    <>
      <PageHeader
        title="Leaderboard"
        verdict={
          isFirst
            ? `Nobody measured the families of ${task} yet.`
            : capital(board?.verdict[0] ?? "")
        }
        tone={board && board.rows.length > 0 ? "good" : "plain"}
        copy={copyTextsOf(
          "getLeaderboard",
          { params: { task } },
          `npx souk leaderboard ${task} --last`,
        )}
        exports={exportableOf(`leaderboard-${task}`, placeColumns, board?.rows ?? [])}
      >
        {isKnown && <Measure task={task} missing={board?.missing.length ?? 0} isFirst={isFirst} />}
      </PageHeader>
      <div className={styles["stack"]}>
        <TaskChoice tasks={tasks ?? []} task={task} />
        {tasks && task !== "" && !isKnown ? (
          <StateOf kind="empty" icon="trophy" title="There is no such task" text={task} />
        ) : isFirst ? (
          <StateOf
            kind="empty"
            icon="trophy"
            title="No leaderboard yet"
            text="Families get their places when their models have answered the same test rows."
          />
        ) : (
          <Answer query={query} permission="runs:read">
            {(one) => <Whole board={one} />}
          </Answer>
        )}
      </div>
    </>
  );
}

function TaskChoice({
  tasks,
  task,
}: {
  tasks: readonly { readonly name: string; readonly title?: string }[];
  task: string;
}): ReactElement {
  const navigate = useNavigate();
  return (
    <Select
      label="Task"
      size="xs"
      maw={420}
      data={tasks.map(({ name, title }) => ({ value: name, label: title ?? name }))}
      value={task || null}
      onChange={(next) =>
        next !== null && void navigate({ to: addressOf("/leaderboard/$task", { task: next }) })
      }
      allowDeselect={false}
      searchable
    />
  );
}

function Whole({ board }: { board: Board }): ReactElement {
  const others = board.verdict.slice(1);
  return (
    <>
      <Card title="Places">
        <Places board={board} />
      </Card>
      {others.length > 0 && (
        <Card title="In words">
          <ul className={styles["verdict"]}>
            {others.map((sentence) => (
              <li key={sentence}>{capital(sentence)}</li>
            ))}
          </ul>
        </Card>
      )}
      {board.missing.length > 0 && (
        <Card title="Without a place">
          <ul className={styles["missing"]}>
            {board.missing.map(({ family, reason }) => (
              <li key={family}>
                <b>{family}</b>: {reason}
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card title="How it was measured">
        {`On ${board.testRows.toLocaleString("en")} rows of ${dataOf(board)} that no training saw, ${formatTime(board.computedAt)}. A band is where the value would lie in 95 of 100 such measurements; differences to the first are of the same rows, pair by pair.`}
      </Card>
    </>
  );
}

/** "reviews version 3". */
function dataOf({ data }: Board): string {
  const dataset = memberOf(data, "dataset");
  const version = memberOf(data, "version");
  if (typeof dataset !== "string") return "the dataset";
  return typeof version === "number" ? `${dataset} version ${version}` : dataset;
}
