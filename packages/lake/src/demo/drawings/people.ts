/** Clothing, beauty, sports and toys. */
import { box, disc, type Drawings, fixed, type Ink, line, oval, shape } from "./ink.ts";

const { black, glass, metal, steel, white, wood } = fixed;

const TORSO = "M34 16L12 28L6 56L20 60L24 44V88H76V44L80 60L94 56L88 28L66 16Q50 26 34 16Z";

function sock(x: number, ink: Ink): string {
  return (
    shape(
      `M${x} 12H${x + 20}V56Q${x + 34} 64 ${x + 36} 74T${x + 24} 84Q${x} 82 ${x} 62Z`,
      ink.main,
    ) +
    box([x, 12, 20, 10], ink.accent, 2) +
    shape(`M${x + 27} 64Q${x + 36} 70 ${x + 35} 78T${x + 24} 84Z`, ink.accent)
  );
}

export const clothingDrawings: Drawings = {
  jacket: (ink) =>
    shape(TORSO, ink.main) +
    shape("M34 16L50 40L66 16L58 12H42Z", ink.dark) +
    line("M50 40V88", metal, 2.5) +
    box([30, 60, 14, 4], ink.dark) +
    box([56, 60, 14, 4], ink.dark) +
    box([24, 82, 52, 6], ink.dark),
  shirt: (ink) =>
    shape("M34 14L10 26L16 48L28 44V90H72V44L84 48L90 26L66 14L50 26Z", ink.main) +
    shape("M34 14L50 26L66 14L60 10H40Z", ink.light) +
    shape("M34 14L44 32L50 26ZM66 14L56 32L50 26Z", ink.light) +
    line("M50 28V90", ink.dark, 1) +
    [40, 54, 68, 82].map((y) => disc(50, y, { r: 1.8, fill: ink.dark })).join(""),
  dress: (ink) =>
    shape("M38 8L42 8Q50 20 58 8L62 8L64 40L84 90Q50 98 16 90L36 40Z", ink.main) +
    box([36, 38, 28, 6], ink.accent) +
    line("M40 46L30 90M50 46V93M60 46L70 90", ink.dark, 1.5),
  jeans: (ink) =>
    shape("M28 8H72L80 92H58L50 36L42 92H20Z", "#3c5a86") +
    box([28, 8, 44, 8], "#2c4568") +
    line("M50 16V34M30 18Q38 30 30 32M70 18Q62 30 70 32", "#c99a4b", 1.2) +
    box([46, 9, 8, 6], ink.accent, 1),
  sweater: (ink) =>
    shape("M36 14L14 24L6 70L20 74L26 46V86H74V46L80 74L94 70L86 24L64 14Q50 24 36 14Z", ink.main) +
    line("M36 14Q50 26 64 14", ink.dark, 5) +
    line("M27 54L35 46L43 54L51 46L59 54L67 46L73 52", ink.accent, 3.5) +
    line("M27 64L35 56L43 64L51 56L59 64L67 56L73 62", ink.light, 3) +
    box([26, 81, 48, 7], ink.dark),
  raincoat: (ink) =>
    shape(
      "M34 26Q34 4 50 4T66 26L88 34L94 62L80 66L78 52L82 94H18L22 52L20 66L6 62L12 34Z",
      ink.main,
    ) +
    oval([50, 22, 10, 12], ink.dark) +
    line("M50 34V94", ink.dark, 2) +
    box([28, 66, 14, 10], ink.dark, 2) +
    box([58, 66, 14, 10], ink.dark, 2) +
    [44, 56, 80].map((y) => disc(54, y, { r: 2, fill: white })).join(""),
  socks: (ink) => sock(12, ink) + sock(46, { ...ink, main: ink.light }),
};

function polish(x: number, fill: string): string {
  return (
    box([x + 5, 26, 10, 30], black, 3) +
    box([x, 54, 20, 32], fill, 5) +
    line(`M${x + 4} 60V78`, white, 2)
  );
}

export const beautyDrawings: Drawings = {
  "face cream": (ink) =>
    box([16, 30, 68, 22], ink.accent, 4) +
    line("M24 33V49M32 33V49M40 33V49M48 33V49M56 33V49M64 33V49M72 33V49", ink.light, 1) +
    shape("M18 52H82V76Q82 88 70 88H30Q18 88 18 76Z", white) +
    box([28, 60, 44, 18], ink.light, 2) +
    box([34, 66, 32, 3], ink.main),
  shampoo: (ink) =>
    box([47, 10, 6, 18], steel) +
    shape("M26 10H53V17H34Z", steel) +
    box([38, 22, 24, 9], ink.dark, 2) +
    box([28, 31, 44, 60], ink.main, 10) +
    box([33, 48, 34, 28], white, 3) +
    shape("M50 51Q60 62 50 72Q40 62 50 51Z", ink.accent),
  "hair dryer": (ink) =>
    shape("M44 54H60L66 92H50Z", ink.dark) +
    shape("M18 28H62Q82 28 82 44T62 60H18Z", ink.main) +
    box([8, 30, 12, 28], black, 2) +
    disc(62, 44, { r: 10, fill: ink.light }) +
    line("M56 40H68M56 44H68M56 48H68", ink.dark, 1.5) +
    box([52, 66, 6, 10], ink.accent, 2),
  "lip balm": (ink) =>
    shape("M38 30L60 18V50H38Z", "#d8556b") +
    box([35, 46, 28, 14], metal, 1) +
    box([32, 58, 34, 34], ink.main, 3) +
    box([32, 68, 34, 8], ink.accent),
  perfume: (ink) =>
    box([38, 8, 24, 18], ink.accent, 3) +
    box([43, 26, 14, 8], metal) +
    shape("M22 44L34 34H66L78 44V84Q78 90 72 90H28Q22 90 22 84Z", glass) +
    shape("M24 58H76V84Q76 88 72 88H28Q24 88 24 84Z", ink.main) +
    box([36, 60, 28, 16], white, 1),
  "nail set": (ink) => polish(12, ink.main) + polish(40, ink.accent) + polish(68, ink.dark),
  mirror: (ink) =>
    box([45, 62, 10, 26], ink.main) +
    oval([50, 90, 24, 5], ink.dark) +
    oval([50, 38, 30, 33], ink.main) +
    oval([50, 38, 25, 28], "#dcebf2") +
    line("M36 44L54 20M46 52L64 28", white, 3),
};

export const sportsDrawings: Drawings = {
  "yoga mat": (ink) =>
    shape("M14 62H70V88H14Z", ink.main) +
    disc(72, 62, { r: 24, fill: ink.dark }) +
    disc(72, 62, { r: 18, fill: ink.main }) +
    disc(72, 62, { r: 12, fill: ink.dark }) +
    disc(72, 62, { r: 6, fill: ink.main }) +
    line("M30 62V88M46 62V88", ink.accent, 4),
  tent: (ink) =>
    shape("M46 16L4 88H88Z", ink.main) +
    shape("M46 16L96 80L88 88Z", ink.dark) +
    shape("M46 36L28 88H62Z", ink.accent) +
    shape("M46 36L46 88H28Z", black) +
    line("M46 16L42 8M46 16L50 8", wood, 2),
  "running shoes": (ink) =>
    shape("M8 42Q16 50 28 40L40 34L66 58Q92 60 94 76H8Z", ink.main) +
    shape("M6 74H95Q95 86 86 86H14Q6 86 6 74Z", white) +
    line("M42 40L34 50M49 47L41 57M56 53L48 63", ink.light, 3) +
    shape("M62 74Q70 62 88 66L94 74Z", ink.accent) +
    line("M14 70Q34 70 58 60", ink.accent, 3),
  "bike lamp": (ink) =>
    shape("M62 40L98 22V78L62 62Z", "#fff3b0") +
    box([18, 36, 40, 30], ink.main, 8) +
    box([52, 32, 14, 38], black, 5) +
    box([28, 64, 14, 22], black, 2) +
    oval([35, 88, 18, 5], steel) +
    disc(32, 46, { r: 4, fill: ink.accent }),
  dumbbell: (ink) =>
    box([26, 46, 48, 9], metal, 2) +
    box([8, 28, 12, 46], ink.main, 3) +
    box([19, 22, 12, 58], ink.dark, 3) +
    box([69, 22, 12, 58], ink.dark, 3) +
    box([80, 28, 12, 46], ink.main, 3),
  backpack: (ink) =>
    line("M38 16Q50 2 62 16", ink.dark, 5) +
    box([22, 14, 56, 76], ink.main, 18) +
    box([14, 50, 12, 32], ink.dark, 5) +
    box([74, 50, 12, 32], ink.dark, 5) +
    box([30, 52, 40, 32], ink.dark, 7) +
    line("M30 60H70", ink.accent, 3) +
    line("M28 36Q50 46 72 36", ink.accent, 2.5),
  ball: (ink) =>
    disc(50, 52, { r: 37, fill: white }) +
    shape("M50 38L63 47L58 62H42L37 47Z", ink.main) +
    shape(
      "M50 15L62 20L58 26H42L38 20ZM85 46L84 62L76 58L74 48ZM15 46L16 62L24 58L26 48ZM30 81L38 74L46 88ZM70 81L62 74L54 88Z",
      ink.main,
    ) +
    line("M50 38V26M63 47L74 48M58 62L62 74M42 62L38 74M37 47L26 48", steel, 1.2),
};

function brick([x, y, studs]: readonly [number, number, number], fill: string): string {
  const tops = Array.from({ length: studs }, (_, i) => box([x + 3 + i * 12, y - 5, 7, 6], fill, 1));
  return (
    tops.join("") +
    box([x, y, studs * 12, 18], fill, 1) +
    line(`M${x + 1} ${y + 17}H${x + studs * 12 - 1}`, "#00000033", 2)
  );
}

export const toyDrawings: Drawings = {
  puzzle: (ink) =>
    shape("M10 20H46V34A8 8 0 1 1 46 50V60H10Z", ink.main) +
    shape("M50 20H90V60H74A8 8 0 1 1 58 60H50V50A8 8 0 1 0 50 34Z", ink.accent) +
    shape("M10 64H24A8 8 0 1 0 40 64H48V94H10Z", ink.light) +
    shape("M54 70H90V94H54Z", ink.dark),
  "train set": (ink) =>
    shape("M4 88H96L92 82H8Z", wood) +
    box([10, 40, 26, 36], ink.main, 3) +
    box([15, 46, 16, 13], "#cfe6ef", 2) +
    box([34, 52, 44, 24], ink.accent, 8) +
    box([60, 34, 10, 20], black, 2) +
    box([7, 35, 32, 7], ink.dark, 2) +
    disc(78, 58, { r: 4, fill: "#f7d34a" }) +
    [20, 46, 70]
      .map((x) => disc(x, 76, { r: 8, fill: black }) + disc(x, 76, { r: 3, fill: metal }))
      .join(""),
  doll: (ink) =>
    shape("M28 32Q28 8 50 8T72 32V52H28Z", "#7a4a26") +
    disc(50, 30, { r: 16, fill: "#f0c9a5" }) +
    shape("M38 46H62L76 82H24Z", ink.main) +
    line("M36 52L22 66M64 52L78 66", "#f0c9a5", 5) +
    line("M42 82V94M58 82V94", "#f0c9a5", 5) +
    disc(44, 29, { r: 2, fill: black }) +
    disc(56, 29, { r: 2, fill: black }) +
    line("M45 37Q50 41 55 37", "#b5483f", 1.5) +
    box([38, 58, 24, 4], ink.accent),
  "building kit": (ink) =>
    brick([10, 70, 3], "#d6453d") +
    brick([48, 70, 3], ink.main) +
    brick([24, 48, 4], "#f2c230") +
    brick([36, 26, 2], "#3d7fc1"),
  "board game": (ink) =>
    shape("M50 30L96 54L50 82L4 54Z", ink.dark) +
    shape("M50 26L96 50L50 78L4 50Z", ink.light) +
    [0, 1, 2, 3]
      .flatMap((i) =>
        [0, 1, 2, 3]
          .filter((j) => (i + j) % 2 === 0)
          .map((j) => {
            const x = 50 + (i - j) * 11.5;
            const y = 26 + (i + j) * 6.4;
            return shape(
              `M${x} ${y}L${x + 11.5} ${y + 6.4}L${x} ${y + 12.8}L${x - 11.5} ${y + 6.4}Z`,
              ink.main,
            );
          }),
      )
      .join("") +
    shape("M34 50L40 28A6 6 0 1 1 46 28L50 50Z", "#d6453d") +
    shape("M58 54L63 36A5 5 0 1 1 69 36L73 54Z", "#2f6fb0"),
  kite: (ink) =>
    shape("M56 6L84 40L56 70L28 40Z", ink.main) +
    shape("M56 6L84 40H56ZM28 40H56V70Z", ink.accent) +
    line("M56 70Q40 76 46 84T30 94", black, 1.5) +
    shape("M44 78L36 74V84ZM44 78L52 74V84Z", ink.dark),
  "plush bear": () =>
    disc(30, 20, { r: 10, fill: "#9a6b3f" }) +
    disc(70, 20, { r: 10, fill: "#9a6b3f" }) +
    oval([50, 70, 26, 24], "#a8774a") +
    oval([50, 72, 15, 15], "#d9b68c") +
    disc(24, 66, { r: 10, fill: "#9a6b3f" }) +
    disc(76, 66, { r: 10, fill: "#9a6b3f" }) +
    disc(34, 90, { r: 9, fill: "#9a6b3f" }) +
    disc(66, 90, { r: 9, fill: "#9a6b3f" }) +
    disc(50, 32, { r: 23, fill: "#a8774a" }) +
    oval([50, 40, 11, 9], "#e3c8a3") +
    disc(41, 28, { r: 3, fill: black }) +
    disc(59, 28, { r: 3, fill: black }) +
    oval([50, 37, 4, 3], black),
};
