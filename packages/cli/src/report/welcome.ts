import type { Style } from "../terminal/style.ts";

/** What the banner of `souk start` tells. */
export interface Welcome {
  readonly url: string;
  readonly dataDirectory: string;
  /** Only while there is no user. */
  readonly setupToken?: string | undefined;
  /** Suggested for the first admin, made by chance for this start. */
  readonly password: string;
  readonly isDemo: boolean;
  readonly models: readonly string[];
}

/** The lines that greet whoever started Souk: where it is, how to come in, what to try. */
export function welcomeLines(welcome: Welcome, style: Style): string[] {
  const { url, dataDirectory, setupToken, isDemo, models } = welcome;
  const lines = [
    "",
    `  ${style.bold("souk")} is open at ${style.bold(style.cyan(url))}`,
    `  ${style.dim(`data ${dataDirectory}`)}`,
    `  ${style.dim(`models ${models.length === 0 ? "none yet: souk train star-rating" : models.join(", ")}`)}`,
  ];
  if (isDemo)
    lines.push(
      "",
      `  ${style.yellow("This is a demo shop: every product, customer and review in it is invented.")}`,
      `  ${style.yellow("Start with your own data:")} souk start --no-demo --data ./my-shop`,
    );
  if (setupToken !== undefined)
    lines.push(
      "",
      `  Setup token (once): ${style.bold(setupToken)}`,
      "  Make your account in the browser:",
      `  ${style.cyan(`${url}/setup#token=${setupToken}`)}`,
    );
  lines.push(
    "",
    setupToken === undefined
      ? "  Copy and paste, in this order:"
      : "  Or stay in the terminal. Copy and paste, in this order:",
    "",
    ...curlLines(welcome),
    "",
    `  ${style.dim("Ctrl-C stops.")}`,
    "",
  );
  return lines;
}

const review = { review_headline: "Broken", review_body: "It stopped working after two days." };
const product = { name: "Red summer dress", description: "Light cotton, for warm days" };

/** A row to ask each known model about. */
const samples: Readonly<Record<string, object>> = {
  "star-rating": review,
  sentiment: review,
  category: product,
  price: product,
};

/** Create the admin, log in and keep the token, predict. Where there is an admin already, the last two. */
function curlLines({ url, setupToken, password, models }: Welcome): string[] {
  const json = `-H 'content-type: application/json'`;
  const model = models.find((name) => name in samples) ?? "star-rating";
  const known = setupToken === undefined ? "YOUR-PASSWORD" : password;
  const lines = [
    `TOKEN=$(curl -s ${url}/api/auth ${json} -d '{"username":"admin","password":"${known}"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `curl -s ${url}/api/v1/models/${model}/predict -H "authorization: Bearer $TOKEN" ${json} -d '${JSON.stringify({ rows: [samples[model]], topK: 3 })}'`,
  ];
  if (setupToken === undefined) return lines;
  return [
    `curl -s ${url}/api/v1/setup ${json} -d '{"setupToken":"${setupToken}","username":"admin","password":"${password}"}'`,
    ...lines,
  ];
}
