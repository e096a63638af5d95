import type { ChartSpec } from "../chart/spec.ts";

/** A saved question over the dataset `reviews`: one statement or more, each with its picture. */
export interface Question {
  /** 1 to 11. */
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  /** What the answer is good for, and how its words are meant. */
  readonly why: string;
  readonly statements: readonly {
    readonly name: string;
    readonly sql: string;
    readonly chart: ChartSpec;
  }[];
}

/**
 * Words of a review: its spaces plus one, so that two spaces in a row count an empty word between them. It needs nothing
 * but LENGTH and REPLACE, which every SQL engine has.
 */
const WORDS = "length(review_body) - length(replace(review_body, ' ', '')) + 1";

/** Number of reviews of each length, and of all that are no longer. Small, so what follows costs nothing. */
const LENGTHS = `with lengths as (
  select words, count(*) as reviews
  from (select ${WORDS} as words from reviews where review_body is not null) as counted
  group by words
), running as (
  select words, reviews, sum(reviews) over (order by words) as upto, sum(reviews) over () as total
  from lengths
)`;

/**
 * The eleven questions about customer reviews, in portable SQL: `* 1e0 /` where a division must not be an integer one,
 * the stored column `year`, and of functions only AVG, COUNT, MIN, MAX, SUM, LENGTH, REPLACE and SUBSTR.
 *
 * Source: the analysis chapters of Fregly and Barth, "Data Science on AWS", O'Reilly 2021.
 */
export const questions: readonly Question[] = [
  {
    id: 1,
    slug: "rating-by-category",
    title: "Average rating by category",
    why: "Shows which shelves please and which disappoint.",
    statements: [
      {
        name: "average",
        sql: `select product_category, avg(star_rating) as avg_star_rating
from reviews
group by product_category
order by avg_star_rating desc, product_category`,
        chart: {
          kind: "bar",
          title: "Average rating by category",
          x: "product_category",
          y: "avg_star_rating",
          xLabel: "Category",
          yLabel: "Average stars",
          yMax: 5,
          digits: 2,
        },
      },
    ],
  },
  {
    id: 2,
    slug: "reviews-by-category",
    title: "Reviews by category",
    why: "Shows where the voices are, and so how far an average can be trusted.",
    statements: [
      {
        name: "count",
        sql: `select product_category, count(*) as reviews
from reviews
group by product_category
order by reviews desc, product_category`,
        chart: {
          kind: "bar",
          title: "Reviews by category",
          x: "product_category",
          y: "reviews",
          xLabel: "Category",
          yLabel: "Reviews",
          digits: 0,
        },
      },
    ],
  },
  {
    id: 3,
    slug: "first-review",
    title: "First review by category",
    why: "Shows when each shelf opened, and how the range grew year by year. Reviews without a date are left out.",
    statements: [
      {
        name: "first-date",
        sql: `select product_category, min(review_date) as first_review_date
from reviews
group by product_category
order by first_review_date, product_category`,
        chart: {
          kind: "table",
          title: "First review by category",
        },
      },
      {
        name: "new-categories",
        sql: `select first_year, count(*) as new_categories
from (
  select product_category, min(year) as first_year
  from reviews
  where year is not null
  group by product_category
) as firsts
group by first_year
order by first_year`,
        chart: {
          kind: "bar",
          title: "Categories seen for the first time, by year",
          x: "first_year",
          y: "new_categories",
          xLabel: "Year",
          yLabel: "New categories",
          digits: 0,
        },
      },
    ],
  },
  {
    id: 4,
    slug: "stars-by-category",
    title: "Star breakdown by category",
    why: "An average hides a split crowd; the shares of one to five stars show it. Best average first.",
    statements: [
      {
        name: "breakdown",
        sql: `select counted.product_category, counted.star_rating, counted.reviews, rated.avg_star_rating
from (
  select product_category, star_rating, count(*) as reviews
  from reviews
  group by product_category, star_rating
) as counted
join (
  select product_category, avg(star_rating) as avg_star_rating
  from reviews
  group by product_category
) as rated on rated.product_category = counted.product_category
order by rated.avg_star_rating desc, counted.product_category, counted.star_rating desc`,
        chart: {
          kind: "stacked-bar",
          title: "Share of stars by category, best average first",
          x: "product_category",
          y: "reviews",
          series: "star_rating",
          xLabel: "Category",
          yLabel: "Share of reviews",
          percent: true,
        },
      },
    ],
  },
  {
    id: 5,
    slug: "reviews-by-star",
    title: "Reviews by star",
    why: "The balance a rating model has to learn from.",
    statements: [
      {
        name: "count",
        sql: `select star_rating, count(*) as reviews
from reviews
group by star_rating
order by star_rating desc`,
        chart: {
          kind: "bar",
          title: "Reviews by star",
          x: "star_rating",
          y: "reviews",
          xLabel: "Stars",
          yLabel: "Reviews",
          digits: 0,
        },
      },
    ],
  },
  {
    id: 6,
    slug: "rating-by-year",
    title: "Average rating by year",
    why: "Shows whether customers grow happier. Reviews without a date are left out.",
    statements: [
      {
        name: "year",
        sql: `select year, avg(star_rating) as avg_star_rating
from reviews
where year is not null
group by year
order by year`,
        chart: {
          kind: "line",
          title: "Average rating by year",
          x: "year",
          y: "avg_star_rating",
          xLabel: "Year",
          yLabel: "Average stars",
          yMin: 1,
          yMax: 5,
          digits: 2,
        },
      },
      {
        name: "category-year",
        sql: `select product_category, year, avg(star_rating) as avg_star_rating
from reviews
where year is not null
group by product_category, year
order by product_category, year`,
        chart: {
          kind: "line",
          title: "Average rating by category and year",
          x: "year",
          y: "avg_star_rating",
          series: "product_category",
          xLabel: "Year",
          yLabel: "Average stars",
          yMin: 1,
          yMax: 5,
          digits: 2,
        },
      },
    ],
  },
  {
    id: 7,
    slug: "helpful-by-star",
    title: "Average helpful votes by star",
    why: "Shows whether readers value praise or warnings.",
    statements: [
      {
        name: "average",
        sql: `select star_rating, avg(helpful_votes) as avg_helpful_votes
from reviews
group by star_rating
order by star_rating`,
        chart: {
          kind: "bar",
          title: "Average helpful votes by star",
          x: "star_rating",
          y: "avg_helpful_votes",
          xLabel: "Stars",
          yLabel: "Helpful votes per review",
          digits: 2,
        },
      },
    ],
  },
  {
    id: 8,
    slug: "most-helpful",
    title: "The ten most helpful reviews",
    why: "The reviews that other customers act on; equal votes in order of review id. Length in characters.",
    statements: [
      {
        name: "top",
        sql: `select review_id, product_title, helpful_votes, star_rating,
  length(review_body) as body_length, substr(review_body, 1, 100) as body_start
from reviews
order by helpful_votes desc, review_id
limit 10`,
        chart: { kind: "table", title: "The ten most helpful reviews" },
      },
    ],
  },
  {
    id: 9,
    slug: "positive-to-negative",
    title: "Positive to negative",
    why: "Reviews of four and five stars for each review of one to three stars.",
    statements: [
      {
        name: "ratio",
        sql: `select sum(case when star_rating >= 4 then 1 else 0 end) * 1e0
  / nullif(sum(case when star_rating < 4 then 1 else 0 end), 0) as positive_to_negative
from reviews`,
        chart: {
          kind: "number",
          title: "Positive reviews for each negative one",
          y: "positive_to_negative",
          yLabel: "4 and 5 stars against 1 to 3",
          digits: 3,
        },
      },
    ],
  },
  {
    id: 10,
    slug: "repeat-reviewers",
    title: "Customers who reviewed the same product repeatedly",
    why: "Second thoughts, or one voice counted twice. A product is a title within a category; reviews without a customer are left out.",
    statements: [
      {
        name: "top",
        sql: `select customer_id, product_category, product_title,
  avg(star_rating) as avg_star_rating, count(*) as review_count
from reviews
where customer_id is not null
group by customer_id, product_category, product_title
having count(*) > 1
order by review_count desc, customer_id, product_title
limit 10`,
        chart: { kind: "table", title: "Customers who reviewed the same product most often" },
      },
      {
        name: "total",
        sql: `select count(*) as pairs
from (
  select customer_id
  from reviews
  where customer_id is not null
  group by customer_id, product_category, product_title
  having count(*) > 1
) as repeated`,
        chart: {
          kind: "number",
          title: "Customer and product pairs with more than one review",
          y: "pairs",
          digits: 0,
        },
      },
    ],
  },
  {
    id: 11,
    slug: "words-per-review",
    title: "Words per review",
    why: "Chooses how many words a model must read: at the 80 % line four of five reviews are read whole. Words are the spaces of the body plus one; decile k is the smallest length that at least k tenths of the reviews do not exceed.",
    statements: [
      {
        name: "summary",
        sql: `${LENGTHS}
select max(total) as reviews, sum(words * reviews) * 1e0 / max(total) as mean_words,
  min(words) as fewest_words, max(words) as most_words
from running`,
        chart: { kind: "table", title: "Words per review" },
      },
      {
        name: "deciles",
        sql: `${LENGTHS}
select tenths.decile, min(running.words) as words
from running
join (values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)) as tenths(decile)
  on running.upto * 10 >= tenths.decile * running.total
group by tenths.decile
order by tenths.decile`,
        chart: {
          kind: "table",
          title: "Deciles of words per review",
        },
      },
      {
        name: "histogram",
        sql: `${LENGTHS}
select words - words % 8 as words_from, sum(reviews) as reviews,
  max(upto) * 1e0 / max(total) as share_upto,
  (select min(words) from running where upto * 10 >= total * 8) as words_at_80
from running
where words < 256
group by words - words % 8
order by words_from`,
        chart: {
          kind: "histogram",
          title: "Words per review, 0 to 256",
          x: "words_from",
          y: "reviews",
          xLabel: "Words",
          yLabel: "Reviews",
          binWidth: 8,
          mark: { column: "words_at_80", label: "80 % of reviews" },
          digits: 0,
        },
      },
    ],
  },
];
