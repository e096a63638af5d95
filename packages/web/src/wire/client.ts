import { createClient } from "@souk/api";
import { sessionFetch } from "./session.ts";

/** The API of this very server, called as whoever is logged in. */
export const client = createClient({ baseUrl: location.origin, fetch: sessionFetch });
