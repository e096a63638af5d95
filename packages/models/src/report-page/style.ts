import { html } from "./html.ts";

/** The page's style: light and dark by the reader's preference, one column on a phone, black on white on paper. */
export const pageStyle = html`<style>
  :root {
    color-scheme: light dark;
    --paper: #fbfaf7;
    --card: #ffffff;
    --ink: #1d1f24;
    --soft: #5c6270;
    --line: #dfdcd4;
    --first: #1f6f8b;
    --second: #c2571a;
    --hit: #2f8f5b;
    --miss: #c8402f;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --paper: #15171b;
      --card: #1d2026;
      --ink: #e8e6e1;
      --soft: #a0a5b0;
      --line: #353a44;
      --first: #62b8d6;
      --second: #f0965a;
      --hit: #43a873;
      --miss: #e0604f;
    }
  }
  * {
    box-sizing: border-box;
  }
  body {
    margin: 0;
    background: var(--paper);
    color: var(--ink);
    font:
      16px/1.5 system-ui,
      -apple-system,
      "Segoe UI",
      Roboto,
      "Noto Sans",
      sans-serif;
    font-variant-numeric: tabular-nums;
  }
  main {
    max-width: 1080px;
    margin: 0 auto;
    padding: 32px 24px 64px;
  }
  header p {
    margin: 0;
    color: var(--soft);
  }
  h1 {
    font-size: 1.75rem;
    line-height: 1.2;
    margin: 0 0 6px;
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 1.2rem;
    margin: 0 0 8px;
  }
  h3 {
    font-size: 1rem;
    margin: 20px 0 6px;
    overflow-wrap: anywhere;
  }
  section {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: 10px;
    padding: 20px 24px;
    margin-top: 20px;
  }
  section p {
    margin: 0 0 8px;
    max-width: 75ch;
    overflow-wrap: anywhere;
  }
  .verdict {
    font-size: 1.35rem;
    line-height: 1.35;
    font-weight: 600;
    text-wrap: pretty;
  }
  .note,
  small,
  figcaption,
  .meaning {
    color: var(--soft);
    font-size: 0.875rem;
  }
  .interval {
    white-space: nowrap;
  }
  .tiles {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    margin-top: 16px;
  }
  .tile {
    flex: 1 1 180px;
    border: 1px solid var(--line);
    border-radius: 8px;
    padding: 12px 16px;
    display: flex;
    flex-direction: column;
    overflow-wrap: anywhere;
  }
  .tile span {
    color: var(--soft);
    font-size: 0.875rem;
  }
  .tile strong {
    font-size: 1.9rem;
    line-height: 1.2;
  }
  .tile:first-child strong {
    color: var(--first);
  }
  .wide {
    overflow-x: auto;
    max-width: 100%;
  }
  table {
    border-collapse: collapse;
    font-size: 0.9375rem;
  }
  th,
  td {
    padding: 5px 12px 5px 0;
    text-align: right;
    vertical-align: baseline;
    border-bottom: 1px solid var(--line);
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  thead th {
    color: var(--soft);
    font-weight: 500;
    font-size: 0.875rem;
  }
  th:first-child {
    text-align: left;
    font-weight: 500;
  }
  th[scope="row"],
  .words {
    text-align: left;
    overflow-wrap: anywhere;
  }
  th[scope="row"] {
    max-width: 22rem;
    min-width: 5rem;
  }
  .barred {
    min-width: 130px;
    background: linear-gradient(
        to right,
        color-mix(in srgb, var(--first) 28%, transparent) var(--share),
        transparent var(--share)
      )
      no-repeat left center / calc(100% - 62px) 60%;
  }
  .worst {
    width: 100%;
  }
  .worst td {
    vertical-align: top;
  }
  .worst td,
  .worst th {
    min-width: 4rem;
  }
  .worst th:first-child:not(.words) {
    text-align: right;
  }
  #figures th[scope="row"] {
    overflow-wrap: normal;
  }
  .worst .words:not(.excerpt) {
    overflow-wrap: break-word;
    max-width: 14rem;
  }
  .worst .excerpt {
    min-width: 220px;
    width: 100%;
  }
  .worst img {
    object-fit: contain;
    border-radius: 6px;
    background: var(--paper);
    display: block;
  }
  dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 6px 18px;
    margin: 0;
  }
  dt {
    color: var(--soft);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
    min-width: 0;
  }
  code {
    font:
      0.8125rem/1.5 ui-monospace,
      "SF Mono",
      Menlo,
      Consolas,
      monospace;
    overflow-wrap: anywhere;
  }
  summary {
    cursor: pointer;
    padding: 4px 0;
  }
  @media (min-width: 641px) {
    .worst .words:not(.excerpt, .photo) {
      min-width: 9.5rem;
    }
  }
  @media (max-width: 640px) {
    .worst,
    .worst tbody {
      display: block;
    }
    .worst thead {
      display: none;
    }
    .worst tbody tr {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 16px;
      padding: 10px 0;
      border-bottom: 1px solid var(--line);
    }
    .worst tbody tr:has(.photo) {
      position: relative;
      padding-left: 86px;
      min-height: 92px;
      box-sizing: border-box;
    }
    .worst .photo {
      position: absolute;
      left: 0;
      top: 10px;
    }
    .worst tbody td {
      border: 0;
      padding: 0;
      min-width: 0;
      max-width: 100%;
    }
    .worst td[data-name]::before {
      content: attr(data-name) " ";
      color: var(--soft);
      font-size: 0.875rem;
    }

    th,
    td {
      padding-right: 8px;
    }
    th[scope="row"] {
      min-width: 3.5rem;
    }
    .barred {
      min-width: 0;
      background: none;
    }

    main {
      padding: 20px 12px 40px;
    }
    section {
      padding: 16px 14px;
    }
    h1 {
      font-size: 1.4rem;
    }
    .verdict {
      font-size: 1.15rem;
    }
    .meaning,
    .range {
      display: none;
    }
    dl {
      grid-template-columns: 1fr;
      gap: 0;
    }
    dd {
      margin-bottom: 10px;
    }
  }
  @media print {
    :root {
      --paper: #fff;
      --card: #fff;
      --ink: #000;
      --soft: #444;
      --line: #ccc;
      --first: #1f6f8b;
      --second: #c2571a;
      --hit: #2f8f5b;
      --miss: #c8402f;
    }
    body {
      font-size: 11px;
      print-color-adjust: exact;
      -webkit-print-color-adjust: exact;
    }
    main {
      max-width: none;
      padding: 0;
    }
    section {
      border: 0;
      border-top: 1px solid var(--line);
      border-radius: 0;
      padding: 10px 0;
      margin-top: 10px;
    }
    .wide {
      overflow: visible;
    }
    tr,
    figure,
    .tile {
      break-inside: avoid;
    }
    h2,
    h3 {
      break-after: avoid;
    }
  }
</style>`;
