import type { Call, HandlersOf } from "../call.ts";
import { DRAWING_POLICY } from "./sql.ts";
import type { ServerState } from "../state.ts";

export function forecastHandlers({ souk }: ServerState): HandlersOf<"forecasts"> {
  const { forecasts } = souk;
  return {
    listForecasts: () => ({ items: forecasts.list() }),
    readForecast: ({ params, query }) => forecasts.read(params.name, query),
    async forecastSvg({ params, query, reply }: Call<"forecastSvg">) {
      const bytes = await forecasts.chart(params.name, { ...query, format: "svg" });
      void reply.type("image/svg+xml").header("content-security-policy", DRAWING_POLICY);
      return Buffer.from(bytes);
    },
    async forecastPng({ params, query, reply }: Call<"forecastPng">) {
      const bytes = await forecasts.chart(params.name, { ...query, format: "png" });
      void reply.type("image/png");
      return Buffer.from(bytes);
    },
  };
}
