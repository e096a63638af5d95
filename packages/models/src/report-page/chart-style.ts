import { html } from "./html.ts";

/** The style of heat maps, plots and whiskers; colours are those of `pageStyle`. */
export const chartStyle = html`<style>
  .heat td,
  .heat th {
    padding: 6px 8px;
    border: 2px solid var(--card);
  }
  .heat td {
    text-align: center;
    min-width: 64px;
    border-radius: 6px;
    line-height: 1.2;
  }
  .heat thead th {
    text-align: center;
    max-width: 8rem;
    overflow-wrap: anywhere;
    vertical-align: bottom;
  }
  .heat .hit {
    background: color-mix(in srgb, var(--hit) calc(var(--share) * 0.8), transparent);
  }
  .heat .miss {
    background: color-mix(in srgb, var(--miss) calc(var(--share) * 0.8), transparent);
  }
  .heat td small {
    display: block;
    color: inherit;
    opacity: 0.8;
    font-size: 0.75rem;
  }
  .heat tbody th {
    position: sticky;
    left: 0;
    background: var(--card);
    max-width: 11rem;
  }
  .heat td,
  .heat tbody th {
    vertical-align: middle;
  }
  .heat th[scope] {
    overflow-wrap: break-word;
  }
  .heat .none {
    color: var(--soft);
    opacity: 0.45;
  }
  .dense tbody th {
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    max-width: 9.5rem;
  }
  .dense {
    font-size: 0.75rem;
  }
  .dense td {
    min-width: 27px;
    padding: 4px 1px;
  }
  .dense thead th {
    font-size: 0.6875rem;
    writing-mode: vertical-rl;
    transform: rotate(180deg);
    text-align: left;
    max-height: 10rem;
    padding: 4px 2px;
  }
  .pair {
    display: flex;
    flex-wrap: wrap;
    gap: 24px;
    align-items: flex-start;
  }
  figure {
    margin: 0;
    flex: 1 1 300px;
    max-width: 480px;
  }
  figcaption {
    text-align: center;
  }
  .plot {
    width: 100%;
    height: auto;
    display: block;
  }
  .plot text {
    font-size: 11px;
    fill: var(--soft);
  }
  .plot .axis {
    font-size: 12px;
  }
  path {
    fill: none;
  }
  .grid {
    stroke: var(--line);
    stroke-width: 0.7;
  }
  .frame {
    stroke: var(--soft);
    stroke-width: 1;
  }
  .curve {
    stroke-width: 2;
    stroke-linejoin: round;
  }
  .ideal {
    stroke: var(--soft);
    stroke-width: 1.2;
    stroke-dasharray: 4 4;
  }
  .bar {
    fill: color-mix(in srgb, var(--first) 26%, transparent);
  }
  .dots {
    stroke-width: 4;
    stroke-linecap: round;
    opacity: 0.45;
  }
  .dots.large {
    stroke-width: 8;
    opacity: 1;
  }
  path.first {
    stroke: var(--first);
  }
  path.second {
    stroke: var(--second);
  }
  .legend {
    list-style: none;
    padding: 0;
    margin: 0 0 12px;
  }
  .legend li::before {
    content: "";
    display: inline-block;
    width: 18px;
    height: 3px;
    margin-right: 8px;
    vertical-align: middle;
    background: var(--first);
  }
  .legend .second::before {
    background: var(--second);
  }
  .range {
    width: 200px;
    padding-right: 0;
  }
  .whisker {
    width: 200px;
    height: 16px;
    display: block;
  }
  @media print {
    .dense,
    .dense thead th {
      font-size: 8px;
    }
    .dense td {
      min-width: 16px;
    }
  }
  @media (max-width: 640px) {
    .heat td {
      min-width: 42px;
    }
    .heat td,
    .heat th {
      padding: 5px 3px;
    }
    .heat th[scope="row"] {
      min-width: 1.5rem;
    }
    .dense td {
      min-width: 27px;
    }
    .dense tbody th {
      max-width: 6rem;
    }
  }
</style>`;
