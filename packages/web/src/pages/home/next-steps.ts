import type { Permission } from "@souk/api";
import type { Dataset, ServingFact } from "./facts.ts";

/** Something worth doing next, with the line that does it. */
export interface NextStep {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** A line for the terminal. */
  readonly command?: string;
  /** Path of the page where it is done, for when there is one. */
  readonly page?: string;
}

/** What is known of a shop when one asks what to do next. */
interface Shop {
  readonly datasets: readonly Dataset[];
  readonly serving: readonly ServingFact[];
  /** Undefined where they may not be seen. */
  readonly predictions?: number;
  readonly users?: number;
}

const MOST_STEPS = 4;

/** What whoever has these rights could do next in a shop like this, the most useful first. */
export function nextSteps(shop: Shop, permissions: ReadonlySet<Permission>): NextStep[] {
  return possible
    .filter(({ needs, when }) => permissions.has(needs) && when(shop))
    .slice(0, MOST_STEPS)
    .map(({ step }) => (typeof step === "function" ? step(shop, permissions) : step));
}

interface Possible {
  readonly needs: Permission;
  readonly when: (shop: Shop) => boolean;
  readonly step: NextStep | ((shop: Shop, permissions: ReadonlySet<Permission>) => NextStep);
}

const possible: readonly Possible[] = [
  {
    needs: "datasets:write",
    when: ({ datasets }) => datasets.length === 0,
    step: {
      id: "ingest",
      title: "Bring in your reviews",
      text: "A TSV, CSV, JSON Lines or Parquet file, plain or gzipped. Bad rows are set aside, not lost.",
      command: "npx souk ingest reviews yours.tsv.gz",
      page: "/ingest",
    },
  },
  {
    needs: "training:run",
    when: ({ datasets, serving }) => datasets.length > 0 && serving.length === 0,
    step: {
      id: "train",
      title: "Train a first model",
      text: "It learns stars from words, is measured on reviews it never saw, and serves when it is good enough.",
      command: "npx souk train star-rating",
      page: "/runs",
    },
  },
  {
    needs: "datasets:write",
    when: ({ datasets }) => refusedIn(datasets).length > 0,
    step: ({ datasets }) => ({
      id: "mend",
      title: `Mend ${refusedIn(datasets).join(", ")}`,
      text: "Some rows were refused. Fix what is wrong with them and try them again.",
      page: "/datasets",
    }),
  },
  {
    needs: "predict:run",
    when: ({ serving, predictions }) => serving.length > 0 && predictions === 0,
    step: ({ serving }) => ({
      id: "predict",
      title: "Ask the model something",
      text: "Give it a review as a customer would write it.",
      command: `npx souk predict ${serving[0]?.model ?? "star-rating"} "It stopped working after two days"`,
      page: "/try",
    }),
  },
  {
    needs: "datasets:read",
    when: ({ datasets }) => hasRows(datasets, "reviews"),
    step: {
      id: "question",
      title: "Ask your reviews",
      text: "Eleven questions come saved, with charts: what people give, when, and for what.",
      command: "npx souk question 4",
      page: "/questions",
    },
  },
  {
    needs: "datasets:read",
    when: ({ datasets }) => hasRows(datasets, "products"),
    step: (_shop, permissions) => ({
      id: "products",
      title: "Look through the products",
      text: permissions.has("predict:run")
        ? "Photos, prices and reviews of each, and what the models make of it."
        : "Photos, prices and reviews of each.",
      page: "/products",
    }),
  },
  {
    needs: "training:run",
    when: ({ serving }) => serving.length > 0,
    step: {
      id: "watch",
      title: "See which kind of model is best",
      text: "The leaderboard trains every family on the same reviews and says which wins, and by how much.",
      page: "/leaderboard",
    },
  },
  {
    needs: "users:manage",
    when: ({ users }) => users === 1,
    step: {
      id: "people",
      title: "Let your colleagues in",
      text: "Each gets an account and a role: viewer, analyst, operator or administrator.",
      command: "npx souk users add ada --role analyst",
      page: "/admin",
    },
  },
];

/** Names of the datasets with rows that were refused. */
function refusedIn(datasets: readonly Dataset[]): string[] {
  return datasets.filter(({ quarantined }) => quarantined > 0).map(({ name }) => name);
}

function hasRows(datasets: readonly Dataset[], wanted: string): boolean {
  return datasets.some(({ name, rows }) => name === wanted && rows > 0);
}
