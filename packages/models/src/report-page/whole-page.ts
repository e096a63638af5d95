import { chartStyle } from "./chart-style.ts";
import { html, type Markup, markupText, type Part } from "./html.ts";
import { pageStyle } from "./style.ts";

/** A page that needs no script and no other file, and whose policy forbids both. */
export function wholePage(title: string, about: Markup, sections: Part): string {
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta
        http-equiv="Content-Security-Policy"
        content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
      />
      <title>${title}</title>
      ${pageStyle}${chartStyle}
    </head>
    <body>
      <main>
        <header>
          <h1><bdi>${title}</bdi></h1>
          <p>${about}</p>
        </header>
        ${sections}
      </main>
    </body>
  </html>`;
  return `<!doctype html>\n${markupText(page)}\n`;
}
