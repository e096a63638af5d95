import type { CallArguments, Permission, RouteAnswer, RouteName } from "@souk/api";
import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryOptions,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { type ApiError, apiErrorOf } from "./answers.ts";
import { client } from "./client.ts";
import type { Person } from "./person.ts";
import { readSession, type Session, watchSession } from "./session.ts";
import { SharedCalls } from "./shared-calls.ts";

/** The session, kept current. */
export function useSession(): Session {
  return useSyncExternalStore(watchSession, readSession);
}

/** Who is logged in. Pages inside the shell always have somebody. @throws Error outside of it. */
export function usePerson(): Person {
  const session = useSession();
  if (session.state !== "open") throw new Error("expected somebody to be logged in");
  return session.person;
}

/** True when whoever is logged in may do this. */
export function useMay(permission: Permission): boolean {
  const session = useSession();
  return session.state === "open" && session.person.permissions.has(permission);
}

export interface ApiOptions {
  /** False: do not ask yet, or not for this person. */
  readonly enabled?: boolean;
  /** Ask again this often while the page is in sight, ms. */
  readonly everyMs?: number;
  /** Keep showing the last answer while the arguments change. */
  readonly keepPrevious?: boolean;
}

/**
 * The answer of a GET route, cached under its name and arguments, asked again when an event says it may have changed
 * (see `live.ts`). `error` is always an ApiError.
 */
export function useApi<N extends RouteName>(
  name: N,
  args: CallArguments<N>,
  { enabled = true, everyMs, keepPrevious = false }: ApiOptions = {},
): UseQueryResult<RouteAnswer<N>, ApiError> {
  const options: UseQueryOptions<RouteAnswer<N>, ApiError> = {
    queryKey: [name, args],
    queryFn: ({ signal }) => callApi(name, { ...args, signal }),
    enabled,
    refetchInterval: everyMs ?? false,
  };
  return useQuery(keepPrevious ? { ...options, placeholderData: keepPreviousData } : options);
}

/**
 * A call that changes something: `mutate(args)`; afterwards the answers of the routes named in `touches` are asked again.
 * The same call again while it is under way, as a double click sends it, is one call.
 */
export function useApiChange<N extends RouteName>(
  name: N,
  { touches = [] }: { touches?: readonly RouteName[] } = {},
): UseMutationResult<RouteAnswer<N>, ApiError, CallArguments<N>> {
  const queries = useQueryClient();
  const [underWay] = useState(() => new SharedCalls<RouteAnswer<N>>());
  return useMutation<RouteAnswer<N>, ApiError, CallArguments<N>>({
    mutationFn: (args) => underWay.share(args, () => callApi(name, args)),
    onSuccess: async () => {
      await Promise.all(touches.map((route) => queries.invalidateQueries({ queryKey: [route] })));
    },
  });
}

/** Calls one route as whoever is logged in. @throws ApiError. */
export async function callApi<N extends RouteName>(
  name: N,
  args: CallArguments<N>,
): Promise<RouteAnswer<N>> {
  try {
    // `client[name]` takes the arguments of `name` and answers with its answer: the compiler cannot follow the name through.
    const call = client[name] as unknown as (args: CallArguments<N>) => Promise<RouteAnswer<N>>;
    return await call(args);
  } catch (thrown) {
    throw apiErrorOf(thrown);
  }
}
