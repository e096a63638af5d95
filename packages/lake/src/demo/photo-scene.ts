/**
 * A product in front of a backdrop, as SVG. What can be seen tells of category and price, but not all: some photos show
 * a carton, backdrops are shared, and cheap things are sometimes photographed like dear ones.
 */
import type { Rng } from "@souk/core";
import { type Drawings, fixed, type Ink } from "./drawings/ink.ts";
import { box, line, shape } from "./drawings/ink.ts";
import { electronicsDrawings, gardenDrawings, kitchenDrawings } from "./drawings/house.ts";
import { bookDrawings, musicDrawings, softwareDrawings } from "./drawings/media.ts";
import {
  beautyDrawings,
  clothingDrawings,
  sportsDrawings,
  toyDrawings,
} from "./drawings/people.ts";
import { demoCategories } from "./vocabulary.ts";
import type { DemoProduct } from "./world.ts";

const drawings: Drawings = {
  ...bookDrawings,
  ...electronicsDrawings,
  ...kitchenDrawings,
  ...clothingDrawings,
  ...softwareDrawings,
  ...toyDrawings,
  ...gardenDrawings,
  ...beautyDrawings,
  ...sportsDrawings,
  ...musicDrawings,
};

/** Photos of nothing but the carton it is sent in. */
const CARTON_SHARE = 0.1;
/** Standard deviation of a price around its category's, in ln. */
const PRICE_SPREAD = 0.5;
/** Noise between how dear a product is and how dear it looks. */
const LOOK_NOISE = 0.7;

/** Photos in front of the backdrop of their category; the others take any. */
const OWN_BACKDROP_SHARE = 0.75;
/** Photos of things in a colour that is common in their category. */
const OWN_HUE_SHARE = 0.6;

/** Hues of a backdrop and of the things before it, one for each category: departments keep their own studio. */
const departments: readonly { readonly backdrop: number; readonly hue: number }[] = [
  { backdrop: 36, hue: 12 },
  { backdrop: 216, hue: 225 },
  { backdrop: 0, hue: 355 },
  { backdrop: 324, hue: 290 },
  { backdrop: 252, hue: 200 },
  { backdrop: 72, hue: 45 },
  { backdrop: 108, hue: 110 },
  { backdrop: 288, hue: 325 },
  { backdrop: 180, hue: 165 },
  { backdrop: 144, hue: 30 },
];

/** The photo of a product as an SVG document, 100 by 100 units. */
export function photoScene(product: DemoProduct, rng: Rng): string {
  const { price } = demoCategories[product.category]!;
  const dearness =
    Math.log(product.priceMinor / 100 / price) / PRICE_SPREAD + rng.normal(0, LOOK_NOISE);
  const isDear = dearness > 1;
  const isCheap = dearness < -1;
  const { wall, floor } = backdropFor(rng, { category: product.category, isDear });
  const ink = inkFor(rng, product.category);
  const isCarton = rng.next() < CARTON_SHARE;
  const drawn = isCarton ? carton(ink) : drawings[product.noun]!(ink);
  const scale = 0.62 + 0.24 * rng.next();
  const turn = rng.normal(0, 6);
  const flip = rng.next() < 0.5 ? -1 : 1;
  const [x, y] = [50 + rng.normal(0, 4), 52 + rng.normal(0, 3)];
  const foot = y + 41 * scale;
  const horizon = foot - 8 - 10 * rng.next();
  const place = `translate(${x} ${y}) rotate(${turn}) scale(${scale * flip} ${scale}) translate(-50 -50)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><defs>${gradients(rng, { wall, floor, isDear })}</defs>
<rect width="100" height="100" fill="url(#wall)"/><rect y="${horizon}" width="100" height="${100 - horizon}" fill="url(#floor)"/>
<ellipse cx="${x}" cy="${foot}" rx="${38 * scale}" ry="${6 * scale}" fill="url(#shadow)"/>
<g transform="${place}">${drawn}</g>${isCheap ? sticker(rng) : ""}<rect width="100" height="100" fill="url(#light)"/></svg>`;
}

function backdropFor(
  rng: Rng,
  { category, isDear }: { category: number; isDear: boolean },
): { wall: string; floor: string } {
  const own = rng.next() < OWN_BACKDROP_SHARE;
  const hue = (own ? departments[category]! : rng.pick(departments)).backdrop + rng.normal(0, 4);
  return isDear
    ? { wall: colour(hue, 0.28, 0.28), floor: colour(hue, 0.3, 0.16) }
    : { wall: colour(hue, 0.5, 0.88), floor: colour(hue, 0.4, 0.74) };
}

function inkFor(rng: Rng, category: number): Ink {
  const anyHue = 360 * rng.next();
  const ownHue = departments[category]!.hue + rng.normal(0, 14);
  const hue = rng.next() < OWN_HUE_SHARE ? ownHue : anyHue;
  const saturation = 0.3 + 0.45 * rng.next();
  const lightness = 0.38 + 0.17 * rng.next();
  return {
    main: colour(hue, saturation, lightness),
    dark: colour(hue, saturation, lightness * 0.66),
    light: colour(hue + 12, saturation * 0.55, 0.86),
    accent: colour(hue + 120 + 120 * rng.next(), 0.6, 0.55),
  };
}

function gradients(
  rng: Rng,
  { wall, floor, isDear }: { wall: string; floor: string; isDear: boolean },
): string {
  const side = 20 + 60 * rng.next();
  const lit = isDear ? 0.22 : 0.35;
  return `<linearGradient id="wall" x2="0" y2="1"><stop stop-color="${wall}"/><stop offset="1" stop-color="${floor}"/></linearGradient>
<linearGradient id="floor" x2="0" y2="1"><stop stop-color="${floor}"/><stop offset="1" stop-color="${wall}"/></linearGradient>
<radialGradient id="shadow"><stop stop-color="#000" stop-opacity=".45"/><stop offset="1" stop-color="#000" stop-opacity="0"/></radialGradient>
<radialGradient id="light" gradientUnits="userSpaceOnUse" cx="${side}" cy="12" r="110"><stop stop-color="#fff" stop-opacity="${lit}"/><stop offset=".45" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".28"/></radialGradient>`;
}

function carton(ink: Ink): string {
  return (
    shape("M10 40L50 28L90 40L50 54Z", "#d2ab7a") +
    shape("M10 40L50 54V94L10 78Z", "#c0935d") +
    shape("M90 40L50 54V94L90 78Z", "#a97c4a") +
    shape("M26 35L66 47V58L74 55V44L34 32Z", ink.light) +
    box([18, 62, 18, 10], fixed.white) +
    line("M20 65H32M20 68H28", fixed.steel, 1)
  );
}

/** The round sticker of a bargain. */
function sticker(rng: Rng): string {
  const x = rng.next() < 0.5 ? 16 : 84;
  return `<circle cx="${x}" cy="16" r="11" fill="#d6323a"/><circle cx="${x}" cy="16" r="9" fill="none" stroke="#fff" stroke-width="1"/><path d="M${x - 4} 20L${x + 4} 12M${x - 4} 13H${x - 3}M${x + 3} 19H${x + 4}" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/>`;
}

/** Hue in degrees, saturation and lightness in [0, 1], as `#rrggbb`. Source: CSS Color 4, "HSL to RGB". */
function colour(hue: number, saturation: number, lightness: number): string {
  const range = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): string => {
    const k = (n + (hue + 720) / 30) % 12;
    const value = lightness - range * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
