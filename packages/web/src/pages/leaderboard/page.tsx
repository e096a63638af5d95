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
import { placeColumns, Places } from "./board.tsx";
import type { Board } from "./board-words.ts";
import styles from "./leaderboard.module.css";
import { Measure } from "./measure.tsx";

/** Which family does best at a task, and which cannot be told apart: all measured on the same rows. */
export function Page(): ReactElement {
  const tasks = useApi("listTasks", {}).data?.items ?? [];
  const task = usePathParameter("task") || tasks[0]?.name || "";
  const query = useApi("getLeaderboard", { params: { task } }, { enabled: task !== "" });
  const navigate = useNavigate();
  const board = query.data;
  const isFirst = query.error?.code === "LEADERBOARD_UNKNOWN";
  const title = tasks.find(({ name }) => name === task)?.title ?? task;
  return (
    <>
      <PageHeader
        title="Leaderboard"
        verdict={isFirst ? `Nobody measured the families of ${task} yet.` : board?.verdict[0]}
        tone={board && board.rows.length > 0 ? "good" : "plain"}
        copy={copyTextsOf(
          "getLeaderboard",
          { params: { task } },
          `npx souk leaderboard ${task} --last`,
        )}
        exports={exportableOf(`leaderboard-${task}`, placeColumns, board?.rows ?? [])}
      >
        {task && <Measure task={task} missing={board?.missing.length ?? 0} isFirst={isFirst} />}
      </PageHeader>
      <div className={styles["stack"]}>
        <Select
          label="Task"
          size="xs"
          maw={420}
          data={tasks.map((one) => ({ value: one.name, label: one.title ?? one.name }))}
          value={task || null}
          onChange={(next) =>
            next !== null && void navigate({ to: addressOf("/leaderboard/$task", { task: next }) })
          }
          allowDeselect={false}
          searchable
        />
        {isFirst ? (
          <StateOf
            kind="empty"
            icon="trophy"
            title="No leaderboard yet"
            text={`Families that learn “${title}” get their places when their models have answered the same test rows.`}
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
              <li key={sentence}>{sentence}</li>
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
