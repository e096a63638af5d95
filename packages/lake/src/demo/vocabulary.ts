/** What one category of the invented shop sells and how people talk about it. */
export interface DemoCategory {
  /** As in the column `product_category`: also the partition of the reviews table. */
  readonly name: string;
  readonly path: string;
  /** Share of all products, any positive scale. */
  readonly weight: number;
  /** Shift of every product's quality: 0 is an average shop. */
  readonly quality: number;
  /** First year with reviews. */
  readonly since: number;
  /** Typical price in whole currency units. */
  readonly price: number;
  readonly nouns: readonly string[];
  readonly aspects: readonly string[];
}

/** The ten categories. Nothing here names a real brand, shop or product. */
export const demoCategories: readonly DemoCategory[] = [
  {
    name: "Books",
    path: "Home / Media / Books",
    weight: 16,
    quality: 0.55,
    since: 2012,
    price: 14,
    nouns: ["novel", "cookbook", "travel guide", "workbook", "picture book", "atlas", "biography"],
    aspects: ["story", "print", "binding", "writing", "cover", "ending", "paper", "translation"],
  },
  {
    name: "Electronics",
    path: "Home / Technology / Electronics",
    weight: 15,
    quality: -0.15,
    since: 2012,
    price: 89,
    nouns: ["headphones", "charger", "speaker", "keyboard", "tablet", "camera", "smart watch"],
    aspects: ["battery", "sound", "screen", "cable", "setup", "connection", "build", "button"],
  },
  {
    name: "Kitchen",
    path: "Home / House / Kitchen",
    weight: 13,
    quality: 0.2,
    since: 2013,
    price: 35,
    nouns: ["kettle", "frying pan", "blender", "knife set", "toaster", "coffee maker", "scale"],
    aspects: ["handle", "lid", "coating", "motor", "blade", "cord", "finish", "timer"],
  },
  {
    name: "Clothing",
    path: "Home / Fashion / Clothing",
    weight: 13,
    quality: 0.05,
    since: 2013,
    price: 32,
    nouns: ["jacket", "shirt", "dress", "jeans", "sweater", "raincoat", "socks"],
    aspects: ["fabric", "fit", "zip", "colour", "stitching", "size", "lining", "collar"],
  },
  {
    name: "Software",
    path: "Home / Technology / Software",
    weight: 8,
    quality: -0.7,
    since: 2014,
    price: 49,
    nouns: ["photo editor", "tax program", "antivirus", "backup tool", "language course", "game"],
    aspects: ["download", "licence", "update", "menu", "install", "activation", "manual", "export"],
  },
  {
    name: "Toys",
    path: "Home / Family / Toys",
    weight: 10,
    quality: 0.35,
    since: 2013,
    price: 22,
    nouns: ["puzzle", "train set", "doll", "building kit", "board game", "kite", "plush bear"],
    aspects: ["pieces", "paint", "instructions", "wheels", "plastic", "box", "magnets", "rules"],
  },
  {
    name: "Garden",
    path: "Home / House / Garden",
    weight: 8,
    quality: -0.05,
    since: 2015,
    price: 41,
    nouns: ["hose", "plant pot", "shovel", "bird feeder", "lawn mower", "lantern", "gloves"],
    aspects: ["nozzle", "frame", "drainage", "grip", "rust protection", "motor", "weight", "seam"],
  },
  {
    name: "Beauty",
    path: "Home / Care / Beauty",
    weight: 7,
    quality: 0.1,
    since: 2014,
    price: 18,
    nouns: ["face cream", "shampoo", "hair dryer", "lip balm", "perfume", "nail set", "mirror"],
    aspects: ["scent", "texture", "bottle", "pump", "shine", "packaging", "colour", "heat"],
  },
  {
    name: "Sports",
    path: "Home / Outdoors / Sports",
    weight: 6,
    quality: 0.15,
    since: 2015,
    price: 55,
    nouns: ["yoga mat", "tent", "running shoes", "bike lamp", "dumbbell", "backpack", "ball"],
    aspects: ["strap", "sole", "grip", "zip", "padding", "poles", "foam", "pocket"],
  },
  {
    name: "Music",
    path: "Home / Media / Music",
    weight: 4,
    quality: 0.6,
    since: 2016,
    price: 26,
    nouns: ["ukulele", "record", "drum pad", "microphone", "song book", "guitar strap", "tuner"],
    aspects: ["tone", "strings", "pressing", "tuning", "case", "sleeve", "stand", "mix"],
  },
];

/** Brand names that say what they are. */
export const demoBrands: readonly string[] = [
  "Demo Acorn",
  "Fictiva Demo",
  "Notreal Works",
  "Sample & Daughters",
  "Madeup Goods",
  "Placeholder Bros",
  "Imagina Demo",
  "Pretend Supply",
  "Invented Co",
  "Demo Lighthouse",
  "Example Mill",
  "Make-Believe Labs",
];

/** Towns that do not exist. */
export const demoTowns: readonly string[] = [
  "Demoville",
  "Exampleton",
  "Sampleford",
  "Port Fiction",
  "Mockbury",
  "New Nowhere",
  "Testham",
  "Lower Pretend",
];

/** Words that separate one product of a kind from the next, and what they do to its price. */
export const demoModels: readonly { readonly name: string; readonly price: number }[] = [
  { name: "Classic", price: 1 },
  { name: "Mini", price: 0.7 },
  { name: "Pro", price: 1.4 },
  { name: "Plus", price: 1.15 },
  { name: "Deluxe", price: 1.6 },
  { name: "Junior", price: 0.75 },
  { name: "Eco", price: 0.9 },
  { name: "Travel", price: 0.85 },
  { name: "Family", price: 1.1 },
  { name: "Studio", price: 1.3 },
  { name: "Light", price: 0.9 },
  { name: "Original", price: 1 },
];
