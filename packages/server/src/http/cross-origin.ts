import type { FastifyInstance } from "fastify";

/**
 * Lets pages of the named origins call the API; without names, of none.
 * Tokens travel in a header, never in a cookie, so no credentials are allowed. Source: WHATWG Fetch, CORS protocol.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("vary", "origin");
    const { origin } = request.headers;
    if (!origin || !allowed.has(origin)) return;
    void reply.header("access-control-allow-origin", origin);
    void reply.header("access-control-expose-headers", "x-request-id, retry-after");
    if (request.method !== "OPTIONS") return;
    void reply.header("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
    void reply.header("access-control-allow-headers", "authorization, content-type, last-event-id");
    void reply.header("access-control-max-age", "600");
    await reply.code(204).send();
  });
}
