import { inShell } from "../../parts/call-text.ts";

/** A name as SQL reads it: quoted where it is not plain. */
export function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The line of the `souk` command that asks the same. */
export function commandOf(sql: string): string {
  return `npx souk sql ${inShell(sql)}`;
}

/** What to ask first, of the datasets there are. */
export function examplesFor(
  schema: Readonly<Record<string, readonly string[]>>,
): { readonly title: string; readonly sql: string }[] {
  const found = known.filter(({ needs: [table, ...columns] }) =>
    columns.every((column) => schema[table ?? ""]?.includes(column)),
  );
  const looks = Object.keys(schema)
    .slice(0, 3)
    .map((name) => ({
      title: `The first rows of ${name}`,
      sql: `select * from ${sqlName(name)} limit 100`,
    }));
  return [...found.map(({ title, sql }) => ({ title, sql })), ...looks];
}

const known: readonly { title: string; sql: string; needs: readonly string[] }[] = [
  {
    title: "How many reviews give how many stars?",
    needs: ["reviews", "star_rating"],
    sql: `select star_rating, count(*) as reviews
from reviews
group by star_rating
order by star_rating`,
  },
  {
    title: "How did the stars go, month by month?",
    needs: ["reviews", "star_rating", "review_date"],
    sql: `select date_trunc('month', review_date) as month, avg(star_rating) as average_stars
from reviews
where review_date is not null
group by month
order by month`,
  },
  {
    title: "Which categories please?",
    needs: ["reviews", "star_rating", "product_category"],
    sql: `select product_category, avg(star_rating) as average_stars
from reviews
group by product_category
order by average_stars desc`,
  },
];
