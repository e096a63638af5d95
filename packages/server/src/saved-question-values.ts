/** How an answer is drawn: a kind, and which columns it takes. */
export interface SavedChart {
  readonly kind: "bar" | "stacked-bar" | "line" | "scatter" | "histogram" | "table" | "number";
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
