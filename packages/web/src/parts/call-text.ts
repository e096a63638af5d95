import { type CallArguments, pathTemplate, type RouteName, routes } from "@souk/api";

interface Parts {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

/** The same call as a line for a shell; `SOUK_KEY` is an API key. */
export function curlOf<N extends RouteName>(
  name: N,
  args: CallArguments<N>,
  origin: string,
): string {
  const { method, path } = routes[name];
  const { params, query, body } = partsOf(args);
  const address = pathTemplate(path).replaceAll(/\{(\w+)\}/g, (_whole, parameter: string) =>
    encodeURIComponent(textOf(params?.[parameter] ?? params?.["*"])),
  );
  const search = new URLSearchParams(
    Object.entries(query ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, textOf(value)]),
  ).toString();
  const lines = [
    `curl -s ${method === "GET" ? "" : `-X ${method} `}${inShell(`${origin}${address}${search && `?${search}`}`)}`,
    `-H "authorization: Bearer $SOUK_KEY"`,
  ];
  if (body !== undefined)
    lines.push("-H 'content-type: application/json'", `-d ${inShell(JSON.stringify(body))}`);
  return lines.join(" \\\n  ");
}

/** The same call by the typed client. */
export function typescriptOf<N extends RouteName>(
  name: N,
  args: CallArguments<N>,
  origin: string,
): string {
  const { params, query, body } = partsOf(args);
  const given = Object.entries({ params, query, body }).filter(([, value]) => value !== undefined);
  const call = given.length === 0 ? "" : JSON.stringify(Object.fromEntries(given), null, 2);
  return `import { createClient } from "@souk/api";

const client = createClient({ baseUrl: ${JSON.stringify(origin)}, apiKey: process.env.SOUK_KEY });
const answer = await client.${name}(${call});
`;
}

function partsOf(args: object): Parts {
  return args;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

/** One word for a POSIX shell. */
export function inShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
