import type { QuestionListing, QuestionResult, SqlAnswer } from "./souk-values.ts";

/** How an answer is drawn: a kind, and which columns it takes. */
export interface SavedChart {
  readonly kind:
    | "bar"
    | "stacked-bar"
    | "share-bar"
    | "line"
    | "scatter"
    | "histogram"
    | "table"
    | "number";
  readonly x?: string;
  readonly y?: string;
  readonly series?: string;
}

/** A question somebody asked in SQL and kept. */
export interface SavedQuestion {
  readonly id: string;
  readonly title: string;
  /** What the answer is good for; may be empty. */
  readonly why: string;
  readonly sql: string;
  readonly chart: SavedChart;
  /** Shown on Home. */
  readonly pinned: boolean;
  /** Username of whoever saved it. */
  readonly by: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** What one gives to save a question: a table when no chart is named, not pinned. */
export interface NewSavedQuestion {
  readonly title: string;
  readonly why?: string;
  readonly sql: string;
  readonly chart?: SavedChart;
  readonly pinned?: boolean;
}

/** Who saves, changes or removes a question. */
export interface QuestionKeeper {
  /** Id of the user. */
  readonly id: string;
  readonly username: string;
  /** True for administrators: they may change what others saved. */
  readonly mayAll: boolean;
}

/** Questions people asked in SQL and kept. */
export interface SavedQuestionsNoun {
  /** Newest first. */
  list(): Promise<readonly SavedQuestion[]>;
  /** @throws SoukError `SAVED_QUESTION_LIMIT` when there are too many, or too many pinned ones. */
  save(question: NewSavedQuestion, keeper: QuestionKeeper): Promise<SavedQuestion>;
  /** Runs its statement now. @throws SoukError `SAVED_QUESTION_UNKNOWN`, or those of the SQL runner. */
  answer(
    id: string,
    options?: { signal?: AbortSignal },
  ): Promise<{ readonly question: SavedQuestion; readonly result: SqlAnswer }>;
  /** @throws SoukError `SAVED_QUESTION_UNKNOWN`, `SAVED_QUESTION_OWNER`, `SAVED_QUESTION_LIMIT`. */
  change(
    id: string,
    change: { readonly title?: string; readonly pinned?: boolean },
    keeper: QuestionKeeper,
  ): Promise<SavedQuestion>;
  /** @throws SoukError `SAVED_QUESTION_UNKNOWN`, `SAVED_QUESTION_OWNER`. */
  remove(id: string, keeper: QuestionKeeper): Promise<SavedQuestion>;
}

export interface QuestionsNoun {
  list(): readonly QuestionListing[];
  /** Runs every statement of a question, by id or slug. @throws SoukError `QUESTION_UNKNOWN`. */
  run(question: string, options?: { signal?: AbortSignal }): Promise<QuestionResult>;
  /** The chart of one statement (default: the first). @throws SoukError `QUESTION_UNKNOWN`. */
  chart(
    question: string,
    options: { format: "svg" | "png"; statement?: string; signal?: AbortSignal },
  ): Promise<Uint8Array>;
}
