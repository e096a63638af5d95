/** Kitchen, garden and electronics. */
import { box, disc, type Drawings, fixed, line, oval, shape } from "./ink.ts";

const { black, glass, leaf, metal, steel, white, wood } = fixed;

export const kitchenDrawings: Drawings = {
  kettle: (ink) =>
    line("M34 34Q36 12 58 14T76 40V64", ink.dark, 6) +
    shape("M28 36H68L74 88H22Z", ink.main) +
    shape("M29 44L12 40L24 62Z", ink.main) +
    shape("M34 44H42L38 80H30Z", ink.light) +
    oval([48, 36, 20, 5], ink.dark) +
    disc(48, 30, { r: 4, fill: black }),
  "frying pan": (ink) =>
    line("M62 62L92 88", black, 9) +
    disc(42, 46, { r: 34, fill: ink.dark }) +
    disc(42, 46, { r: 29, fill: "#3b3f44" }) +
    disc(42, 46, { r: 24, fill: "#4a4f55" }) +
    line("M26 36Q32 26 44 27", "#767c83", 3),
  blender: (ink) =>
    shape("M32 14H68L63 60H37Z", glass) +
    shape("M35 36H65L63 60H37Z", ink.accent) +
    box([30, 9, 40, 7], black, 2) +
    line("M67 22H78V46L65 50", glass, 4) +
    shape("M34 60H66L74 90H26Z", ink.main) +
    disc(50, 76, { r: 6, fill: ink.light }),
  "knife set": (ink) =>
    shape("M18 62L70 44L86 84L32 92Z", wood) +
    shape("M18 62L32 92L26 92L12 66Z", "#7d5429") +
    [24, 38, 52, 66]
      .map((x, i) =>
        line(`M${x + 6} ${58 - i * 4}L${x - 6} ${28 - i * 5}`, i % 2 ? ink.main : black, 7),
      )
      .join("") +
    disc(60, 70, { r: 5, fill: ink.light }),
  toaster: (ink) =>
    box([26, 20, 20, 26], "#d79a55", 5) +
    box([54, 20, 20, 26], "#d79a55", 5) +
    box([12, 38, 76, 48], ink.main, 12) +
    box([20, 36, 60, 6], ink.dark, 3) +
    box([82, 50, 9, 6], black, 2) +
    disc(72, 72, { r: 5, fill: ink.light }) +
    box([18, 85, 12, 5], black) +
    box([70, 85, 12, 5], black),
  "coffee maker": (ink) =>
    box([20, 12, 58, 16], ink.main, 4) +
    box([20, 12, 18, 76], ink.main, 4) +
    box([20, 80, 62, 9], ink.dark, 3) +
    shape("M46 46H74L78 78H42Z", glass) +
    shape("M44 60H76L78 78H42Z", "#4a2c1a") +
    line("M76 52Q88 54 79 70", black, 4) +
    box([48, 40, 24, 6], black, 2) +
    disc(29, 40, { r: 3, fill: ink.accent }),
  scale: (ink) =>
    shape("M22 34H78L72 48H28Z", metal) +
    box([45, 46, 10, 12], steel) +
    shape("M24 58H76L84 88H16Z", ink.main) +
    disc(50, 73, { r: 12, fill: white }) +
    line("M50 73L56 65", ink.accent, 2.5) +
    line("M50 63V66M40 73H43M57 73H60", black, 1.2),
};

export const gardenDrawings: Drawings = {
  hose: (ink) =>
    [30, 23, 16]
      .map(
        (r) =>
          `<circle cx="46" cy="56" r="${r}" fill="none" stroke="${r === 23 ? ink.dark : ink.main}" stroke-width="6.5"/>`,
      )
      .join("") +
    line("M46 26Q72 16 78 24", ink.main, 6.5) +
    shape("M76 16L94 22L90 36L74 30Z", ink.accent),
  "plant pot": (ink) =>
    oval([36, 32, 10, 20], leaf) +
    oval([64, 32, 10, 20], "#5f9d4a") +
    oval([50, 26, 9, 22], "#6fb058") +
    box([22, 46, 56, 12], ink.main, 2) +
    shape("M27 58H73L66 90H34Z", ink.main) +
    shape("M27 58H73L72 63H28Z", ink.dark),
  shovel: (ink) =>
    line("M40 10H60", ink.main, 7) +
    line("M50 12V58", wood, 6) +
    shape("M34 54H66V72Q64 86 50 94Q36 86 34 72Z", metal) +
    line("M50 60V86", steel, 2.5),
  "bird feeder": (ink) =>
    line("M50 4V16", steel, 2) +
    box([36, 36, 28, 38], glass) +
    shape("M37 52L63 48V74H37Z", "#c99a4b") +
    shape("M50 14L82 40H18Z", ink.main) +
    shape("M50 14L82 40H74L50 22Z", ink.dark) +
    box([22, 74, 56, 8], wood, 2) +
    oval([76, 66, 8, 6], ink.accent) +
    disc(82, 60, { r: 4, fill: ink.accent }),
  "lawn mower": (ink) =>
    line("M92 14H82L58 60", steel, 4) +
    shape("M12 62Q14 50 28 50H62Q70 52 72 74H12Z", ink.main) +
    box([26, 38, 24, 14], ink.dark, 4) +
    disc(24, 78, { r: 11, fill: black }) +
    disc(24, 78, { r: 4, fill: metal }) +
    disc(62, 76, { r: 14, fill: black }) +
    disc(62, 76, { r: 5, fill: metal }),
  lantern: (ink) =>
    line("M34 24Q50 -2 66 24", steel, 2.5) +
    shape("M34 24H66L72 34H28Z", ink.dark) +
    box([32, 34, 36, 44], "#fdeeb8") +
    shape("M50 44Q60 60 50 70Q40 60 50 44Z", "#f29a2e") +
    line("M32 34V78M44 34V78M56 34V78M68 34V78", ink.dark, 3) +
    box([26, 78, 48, 10], ink.dark, 2),
  gloves: (ink) =>
    shape(
      "M16 52V30Q16 24 20 24T24 30V22Q25 16 29 17T32 23V20Q34 14 38 17T40 24V28Q44 24 46 29L47 52Q47 62 43 66H22Q16 62 16 52Z",
      ink.main,
    ) +
    box([20, 66, 25, 18], ink.accent, 3) +
    shape(
      "M54 58V36Q56 30 60 33V28Q62 22 66 24T69 30V26Q72 20 76 23T78 31V36Q82 33 84 38L84 58Q84 68 80 72H60Q54 68 54 58Z",
      ink.light,
    ) +
    box([57, 72, 25, 18], ink.accent, 3),
};

export const electronicsDrawings: Drawings = {
  headphones: (ink) =>
    line("M20 60Q16 16 50 16T80 60", ink.dark, 8) +
    box([12, 52, 18, 34], ink.main, 8) +
    box([70, 52, 18, 34], ink.main, 8) +
    box([26, 54, 8, 30], black, 4) +
    box([66, 54, 8, 30], black, 4),
  charger: (ink) =>
    line("M50 62Q50 88 68 86T84 66", ink.dark, 4) +
    box([40, 8, 5, 16], metal) +
    box([55, 8, 5, 16], metal) +
    box([30, 22, 40, 42], white, 8) +
    box([42, 52, 16, 5], ink.accent, 2) +
    shape("M52 28L43 42H49L47 50L57 37H51Z", ink.main) +
    box([80, 54, 8, 14], black, 2),
  speaker: (ink) =>
    box([26, 8, 48, 82], ink.main, 6) +
    disc(50, 30, { r: 11, fill: black }) +
    disc(50, 30, { r: 4, fill: steel }) +
    disc(50, 64, { r: 19, fill: black }) +
    disc(50, 64, { r: 12, fill: "#3d4248" }) +
    disc(50, 64, { r: 5, fill: ink.accent }),
  keyboard: (ink) =>
    shape("M8 44H92L96 78H4Z", ink.dark) +
    [0, 1, 2]
      .flatMap((row) =>
        Array.from({ length: 10 }, (_, key) =>
          box(
            [11 + key * 7.9, 47 + row * 8, 6.4, 6],
            key === 9 && row === 1 ? ink.accent : ink.light,
            1,
          ),
        ),
      )
      .join("") +
    box([28, 71, 44, 5], ink.light, 1),
  tablet: (ink) =>
    box([20, 8, 60, 84], black, 7) +
    box([25, 15, 50, 68], ink.main, 2) +
    shape("M25 83V56Q40 42 52 58T75 50V83Z", ink.dark) +
    [0, 1, 2].map((i) => box([31 + i * 14, 22, 9, 9], ink.light, 2)).join("") +
    disc(50, 87.5, { r: 2, fill: steel }),
  camera: (ink) =>
    shape("M36 26L42 14H60L66 26Z", ink.dark) +
    box([8, 26, 84, 56], black, 7) +
    box([8, 38, 84, 30], ink.main) +
    disc(52, 54, { r: 23, fill: metal }) +
    disc(52, 54, { r: 18, fill: black }) +
    disc(52, 54, { r: 11, fill: "#34506b" }) +
    disc(47, 49, { r: 4, fill: "#a9cbe8" }) +
    disc(82, 32, { r: 3, fill: ink.accent }),
  "smart watch": (ink) =>
    shape("M36 4H64L67 30H33Z", ink.main) +
    shape("M33 70H67L64 96H36Z", ink.main) +
    box([26, 26, 48, 48], metal, 12) +
    box([30, 30, 40, 40], black, 9) +
    `<circle cx="50" cy="50" r="13" fill="none" stroke="${ink.accent}" stroke-width="4"/>` +
    line("M50 50V42M50 50L56 54", white, 2),
};
