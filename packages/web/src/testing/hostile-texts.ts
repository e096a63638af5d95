/** What every payload tries to do: leave a mark on the window. */
const mark = "window.wasRun=true";

/** Ways out of where a text may have been put. */
const openings = [
  "",
  `">`,
  "'>",
  "</title>",
  "</textarea>",
  "</style>",
  "</script>",
  "-->",
  `" autofocus x="`,
];

/** Ways to be run once out. */
const bodies = [
  `<script>${mark}</script>`,
  `<img src=x onerror="${mark}">`,
  `<svg onload=${mark}>`,
  `<svg><animate onbegin=${mark} attributeName=x dur=1s>`,
  `<iframe srcdoc="<script>parent.wasRun=true</script>"></iframe>`,
  `<a href="javascript:${mark}" style="position:fixed;inset:0">x</a>`,
  `<details open ontoggle=${mark}>`,
  `<input autofocus onfocus=${mark}>`,
  `<video><source onerror="${mark}"></video>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${mark}>`,
];

/** Ways that need no tag: templates, styled text of charts, encodings, formulas. */
const others = [
  `javascript:${mark}`,
  `{{constructor.constructor('${mark}')()}}`,
  "${" + mark + "}",
  `{a|<img src=x onerror=${mark}>}`,
  `%3Cscript%3E${mark}%3C/script%3E`,
  `\\u003cscript\\u003e${mark}\\u003c/script\\u003e`,
  `&lt;script&gt;${mark}&lt;/script&gt;`,
  `=HYPERLINK("javascript:${mark}")`,
  `data:text/html,<script>${mark}</script>`,
  `__proto__"><img src=x onerror=${mark}>`,
];

/** A hundred texts that run as script where a page takes text for code. */
export const hostileTexts: readonly string[] = [
  ...openings.flatMap((opening) => bodies.map((body) => opening + body)),
  ...others,
];
