import { type Clock, createId, SoukError } from "@souk/core";
import type { SqlRunner } from "@souk/lake";
import type { Migration, Sql, Store } from "@souk/store";
import type {
  NewSavedQuestion,
  QuestionKeeper,
  SavedChart,
  SavedQuestion,
  SavedQuestionsNoun,
} from "../question-values.ts";

const migrations: readonly Migration[] = [
  {
    id: "0001-saved-questions",
    sql: `
      CREATE TABLE saved_questions (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        why TEXT NOT NULL,
        statement TEXT NOT NULL,
        chart TEXT NOT NULL,
        pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),
        owner_id TEXT NOT NULL,
        owner TEXT NOT NULL,
        created_at INTEGER NOT NULL
      );
      CREATE INDEX saved_questions_by_time ON saved_questions (created_at);
    `,
  },
];

/** As many as a list can show; each answer costs a statement, so Home has room for a few. */
const MOST = 1000;
const MOST_PINNED = 12;
/** Rows of an answer: what a chart can show, and more. */
const ANSWER_ROWS = 5000;

/** The questions kept in `store`, answered by `runner`. */
export async function createSavedQuestions({
  store,
  runner,
  clock,
}: {
  store: Store;
  runner: SqlRunner;
  clock: Clock;
}): Promise<SavedQuestionsNoun> {
  await store.migrate("saved-questions", migrations);
  return {
    async list() {
      const rows = await store.all<SavedRow>(
        "SELECT * FROM saved_questions ORDER BY created_at DESC, id DESC",
      );
      return rows.map(questionOf);
    },
    save: (question, keeper) => {
      const row = { id: createId("question", clock), createdAt: clock.now() };
      return store.transaction((inside) => insert(inside, question, { ...row, keeper }));
    },
    async answer(id, { signal } = {}) {
      const question = questionOf(await rowOf(store, id));
      const options = { maxRows: ANSWER_ROWS, ...(signal && { signal }) };
      return { question, result: await runner.run(question.sql, options) };
    },
    change(id, { title, pinned }, keeper) {
      return store.transaction(async (inside) => {
        const row = await ownRow(inside, id, keeper);
        if (pinned === true && row.pinned === 0) await refuseMorePinned(inside);
        await inside.run("UPDATE saved_questions SET title = ?, pinned = ? WHERE id = ?", [
          title?.trim() ?? row.title,
          pinned === undefined ? row.pinned : pinned ? 1 : 0,
          id,
        ]);
        return questionOf(await rowOf(inside, id));
      });
    },
    remove(id, keeper) {
      return store.transaction(async (inside) => {
        const row = await ownRow(inside, id, keeper);
        await inside.run("DELETE FROM saved_questions WHERE id = ?", [id]);
        return questionOf(row);
      });
    },
  };
}

async function insert(
  sql: Sql,
  { title, why = "", sql: statement, chart = { kind: "table" }, pinned = false }: NewSavedQuestion,
  { id, createdAt, keeper }: { id: string; createdAt: number; keeper: QuestionKeeper },
): Promise<SavedQuestion> {
  await refuseMore(sql, pinned);
  await sql.run("INSERT INTO saved_questions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [
    id,
    title.trim(),
    why.trim(),
    statement,
    JSON.stringify(chart),
    pinned ? 1 : 0,
    keeper.id,
    keeper.username,
    createdAt,
  ]);
  return questionOf(await rowOf(sql, id));
}

interface SavedRow {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly statement: string;
  /** JSON of a SavedChart, as `save` wrote it. */
  readonly chart: string;
  readonly pinned: 0 | 1;
  readonly owner_id: string;
  readonly owner: string;
  readonly created_at: number;
}

function questionOf(row: SavedRow): SavedQuestion {
  const { id, title, why, statement, chart, pinned, owner, created_at } = row;
  // Only `save` writes the column.
  const drawn = JSON.parse(chart) as SavedChart;
  return {
    id,
    title,
    why,
    sql: statement,
    chart: drawn,
    pinned: pinned === 1,
    by: owner,
    createdAt: created_at,
  };
}

async function rowOf(sql: Sql, id: string): Promise<SavedRow> {
  const row = await sql.get<SavedRow>("SELECT * FROM saved_questions WHERE id = ?", [id]);
  if (row) return row;
  throw new SoukError("SAVED_QUESTION_UNKNOWN", `expected the id of a saved question, got "${id}"`);
}

async function ownRow(sql: Sql, id: string, keeper: QuestionKeeper): Promise<SavedRow> {
  const row = await rowOf(sql, id);
  if (row.owner_id === keeper.id || keeper.mayAll) return row;
  throw new SoukError(
    "SAVED_QUESTION_OWNER",
    `"${row.title}" was saved by ${row.owner}: expected them or an administrator, got ${keeper.username}`,
  );
}

async function refuseMore(sql: Sql, pinned: boolean): Promise<void> {
  const kept = await sql.get<{ n: number }>("SELECT count(*) AS n FROM saved_questions");
  if ((kept?.n ?? 0) >= MOST)
    throw new SoukError(
      "SAVED_QUESTION_LIMIT",
      `expected at most ${MOST} saved questions: remove one first`,
    );
  if (pinned) await refuseMorePinned(sql);
}

async function refuseMorePinned(sql: Sql): Promise<void> {
  const kept = await sql.get<{ n: number }>(
    "SELECT count(*) AS n FROM saved_questions WHERE pinned = 1",
  );
  if ((kept?.n ?? 0) >= MOST_PINNED)
    throw new SoukError(
      "SAVED_QUESTION_LIMIT",
      `expected at most ${MOST_PINNED} questions on Home: take one down first`,
    );
}
