import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { Bytes, closed, Name, NameParams, Version } from "../values.ts";

const ForecastListing = Type.Object({
  name: Name,
  title: Type.Optional(Type.String()),
  dataset: Name,
  target: Type.String(),
  horizons: Type.Array(Type.Integer()),
});

const Dates = Type.Array(Type.String());
const Numbers = Type.Array(Type.Number());

const Forecast = Type.Object({
  model: Name,
  version: Version,
  family: Type.String(),
  target: Type.String(),
  coverage: Type.Number(),
  data: Type.Object({ dataset: Name, version: Version, hash: Type.String() }),
  createdAt: Type.String(),
  metrics: Type.Record(Type.String(), Type.Number()),
  verdict: Type.String(),
  series: Type.Array(
    Type.Object({
      name: Type.String(),
      history: Type.Object({ dates: Dates, values: Numbers }),
      dates: Dates,
      mean: Numbers,
      low: Numbers,
      high: Numbers,
    }),
  ),
});

const which = {
  version: Type.Optional(Version),
  series: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  horizon: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
  history: Type.Optional(Type.Integer({ minimum: 0, maximum: 250 })),
};

const shared = {
  tag: "forecasts",
  errors: "problem",
  method: "GET",
  permission: "models:read",
} as const;
const charting = {
  ...shared,
  params: NameParams,
  query: closed(which),
  responses: { 200: Bytes },
  stream: "download",
} as const;

/** Forecasts of daily series, as the serving version holds them. A training makes them: `POST /api/v1/jobs`. */
export const forecastRoutes = {
  listForecasts: {
    ...shared,
    path: "/api/v1/forecasts",
    summary: "What can be forecast: built-in forecasts and those of the config file",
    responses: { 200: Type.Object({ items: Type.Array(ForecastListing) }) },
  },
  readForecast: {
    ...shared,
    path: "/api/v1/forecasts/:name",
    summary: "The days to come of each series, with intervals and what the walk-forward said",
    params: NameParams,
    query: closed(which),
    responses: { 200: Forecast },
  },
  forecastSvg: {
    ...charting,
    path: "/api/v1/forecasts/:name/chart.svg",
    summary: "One series, its forecast and the interval as a drawing",
    responseType: "image/svg+xml",
  },
  forecastPng: {
    ...charting,
    path: "/api/v1/forecasts/:name/chart.png",
    summary: "One series, its forecast and the interval as a picture",
    responseType: "image/png",
  },
} as const satisfies Record<string, RouteContract>;
