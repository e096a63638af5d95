import { html, type Markup, type Part } from "./html.ts";

/** A table that scrolls by itself where it is wider than the page; `head` are the cells of its head. */
export function table(head: Part, rows: Part, { style = "" }: { style?: string } = {}): Markup {
  return html`<div class="wide">
    <table class="${style}">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** Heads of columns, by their names. */
export function heads(names: readonly string[]): Markup[] {
  return names.map((name) => html`<th scope="col">${name}</th>`);
}
