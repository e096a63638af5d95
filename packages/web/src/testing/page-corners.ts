import type { Page } from "playwright-core";

/** Something of a page that shows only after a while of using it: a tab, a dialog, a step. */
export interface Corner {
  readonly name: string;
  readonly path: string;
  /** What somebody does to see it, and what they then see. */
  readonly show: (page: Page) => Promise<unknown>;
}

const question = "select star_rating, count(*) as reviews from reviews group by all order by all";

const reviews = `review_id,product_id,product_category,star_rating,helpful_votes,total_votes,review_headline,review_body,review_date
corner-1,P1,Books,5,0,0,Nice,Nice,2026-01-02
corner-2,P1,Books,9,0,0,Odd,Too many stars,2026-01-03
`;

/** The corners of the pages of a shop that has reviews and a model of their stars, as an administrator sees them. */
export const corners: readonly Corner[] = [
  ...["API keys", "Logins", "Audit log", "System"].map((tab) => tabOf("/admin", tab)),
  ...["Profile", "Batches", "Quarantine", "Versions"].map((tab) => tabOf("/datasets/reviews", tab)),
  dialog("New API key", "/admin?tab=keys", "New key"),
  dialog("Add a person", "/admin?tab=people", "Add a person"),
  dialog("Save this question", `/explore?sql=${encodeURIComponent(question)}`, "Save"),
  dialog("Start a study", "/tune", "Start a study"),
  dialog("Start a training", "/runs", "Start a training"),
  {
    name: "Quality, two sides",
    path: "/quality?dataset=reviews&view=sides",
    show: (page) => page.getByRole("radiogroup", { name: "What to compare" }).waitFor(),
  },
  ...["Open Inference", "TensorFlow"].map((protocol) => ({
    name: `Playground, ${protocol}`,
    path: "/serving",
    show: (page: Page) => page.getByText(protocol).first().click(),
  })),
  {
    name: "Ingest, columns",
    path: "/ingest",
    show: async (page) => {
      await lookAtColumns(page);
      await page.getByRole("button", { name: "Try it without storing" }).waitFor();
    },
  },
  {
    name: "Ingest, dry run",
    path: "/ingest",
    show: async (page) => {
      await lookAtColumns(page);
      await page.getByRole("button", { name: "Try it without storing" }).click();
      await page.getByText("1 of 2 rows would be taken").waitFor();
    },
  },
  {
    name: "Command palette",
    path: "/admin",
    show: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("textbox", { name: "Find anything" }).fill("star");
      await page
        .getByRole("dialog", { name: "Command palette" })
        .getByRole("button")
        .first()
        .waitFor();
    },
  },
];

function tabOf(path: string, tab: string): Corner {
  return {
    name: `${path}, ${tab}`,
    path,
    show: async (page) => {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("tabpanel", { name: tab }).waitFor();
    },
  };
}

function dialog(name: string, path: string, button: string): Corner {
  return {
    name,
    path,
    show: async (page) => {
      await page.getByRole("button", { name: button, exact: true }).first().click();
      await page.getByRole("dialog", { name }).waitFor();
    },
  };
}

async function lookAtColumns(page: Page): Promise<void> {
  const file = { name: "reviews.csv", mimeType: "text/csv", buffer: Buffer.from(reviews) };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", { name: "Look at its columns" }).click();
}
