/** Books, software and music. */
import {
  box,
  disc,
  type Drawing,
  type Drawings,
  fixed,
  type Ink,
  line,
  oval,
  shape,
} from "./ink.ts";

const { black, metal, steel, white, wood } = fixed;

function book(emblem: Drawing): Drawing {
  return (ink) =>
    box([28, 14, 50, 74], white, 2) +
    box([24, 11, 50, 76], ink.main, 3) +
    box([24, 11, 8, 76], ink.dark, 3) +
    line("M76 17V86M79 17V87", "#d8d2c4", 1) +
    emblem(ink);
}

export const bookDrawings: Drawings = {
  novel: book(
    (ink) =>
      box([38, 22, 29, 4], ink.light) +
      box([42, 29, 21, 3], ink.light) +
      shape("M52 44L58 58L52 72L46 58Z", ink.accent) +
      box([40, 78, 25, 2.5], ink.light),
  ),
  cookbook: book(
    (ink) =>
      box([38, 20, 29, 4], ink.light) +
      oval([53, 55, 15, 15], ink.light) +
      oval([53, 55, 10, 10], ink.accent) +
      line("M36 40V70M70 40V70", ink.light, 2.5) +
      line("M34 40V46H38V40", ink.light, 1.5),
  ),
  "travel guide": book(
    (ink) =>
      box([38, 20, 29, 5], ink.accent) +
      shape("M33 78L47 50L56 66L62 56L73 78Z", ink.light) +
      disc(62, 40, { r: 6, fill: ink.accent }),
  ),
  workbook: (ink) =>
    box([27, 12, 50, 76], ink.main, 2) +
    box([35, 18, 36, 64], white, 2) +
    line("M38 30H68M38 40H68M38 50H68M38 60H68M38 70H68", "#9fb4c8", 1.5) +
    Array.from({ length: 9 }, (_, i) => line(`M23 ${18 + i * 8}H32`, steel, 2)).join("") +
    line("M42 66L50 72L64 50", ink.accent, 4),
  "picture book": (ink) =>
    box([12, 26, 78, 60], white, 2) +
    box([10, 23, 78, 60], ink.main, 3) +
    box([18, 31, 62, 44], "#bfe3f2", 2) +
    disc(66, 42, { r: 7, fill: "#f7c948" }) +
    shape("M18 75V62Q34 48 48 62T80 60V75Z", ink.accent),
  atlas: book(
    (ink) =>
      box([38, 18, 29, 5], ink.light) +
      disc(53, 54, { r: 16, fill: "#7fb7d9" }) +
      shape("M42 46Q50 38 55 46T48 60T44 54ZM56 56Q66 50 66 60T58 66Z", "#6a9b4a") +
      line("M37 54H69M53 38V70", ink.light, 0.8),
  ),
  biography: book(
    (ink) =>
      oval([53, 46, 15, 19], ink.light) +
      disc(53, 41, { r: 7, fill: "#d9a883" }) +
      shape("M41 58Q53 44 65 58Q60 66 53 66T41 58Z", ink.accent) +
      box([38, 74, 30, 4], ink.light),
  ),
};

/** A carton with a disc beside it. */
function carton(emblem: Drawing): Drawing {
  return (ink) =>
    disc(76, 70, { r: 17, fill: metal }) +
    disc(76, 70, { r: 11, fill: "#e4e8ec" }) +
    disc(76, 70, { r: 4, fill: steel }) +
    shape("M18 16L60 12V86L18 90Z", ink.main) +
    shape("M60 12L70 18V80L60 86Z", ink.dark) +
    shape("M18 16L60 12V22L18 26Z", ink.accent) +
    box([24, 78, 26, 4], ink.light) +
    emblem(ink);
}

export const softwareDrawings: Drawings = {
  "photo editor": carton(
    () =>
      box([24, 34, 30, 32], white, 2) +
      shape("M26 62L36 46L43 56L47 50L52 62Z", "#4a9b6e") +
      disc(46, 42, { r: 4, fill: "#f2b134" }),
  ),
  "tax program": carton(
    (ink) =>
      box([25, 54, 6, 14], ink.light) +
      box([34, 44, 6, 24], ink.light) +
      box([43, 34, 6, 34], ink.light) +
      line("M24 50L50 30", ink.accent, 2.5),
  ),
  antivirus: carton(
    (ink) =>
      shape("M39 32L54 38V52Q52 64 39 70Q26 64 24 52V38Z", ink.light) +
      line("M32 51L38 57L47 43", ink.accent, 4),
  ),
  "backup tool": carton(
    (ink) =>
      oval([39, 38, 14, 5], ink.light) +
      box([25, 38, 28, 26], ink.light) +
      oval([39, 64, 14, 5], ink.light) +
      line("M39 46V60M33 54L39 60L45 54", ink.accent, 3),
  ),
  "language course": carton(
    (ink) =>
      shape("M24 34H46V50H34L28 56V50H24Z", ink.light) +
      shape("M34 54H54V68H50V73L45 68H34Z", ink.accent),
  ),
  game: carton(
    (ink) =>
      shape("M24 56Q24 42 34 44H46Q56 42 55 56Q54 66 47 58H32Q25 66 24 56Z", ink.light) +
      line("M31 51H37M34 48V54", black, 2) +
      disc(46, 50, { r: 2.2, fill: ink.accent }),
  ),
};

const note = (x: number, y: number, fill: string): string =>
  oval([x, y, 5, 4], fill) +
  oval([x + 14, y - 3, 5, 4], fill) +
  line(`M${x + 4} ${y}V${y - 22}L${x + 18} ${y - 25}V${y - 3}`, fill, 2.5);

function neck(ink: Ink): string {
  return box([47, 8, 6, 46], "#5d4026") + box([44, 5, 12, 11], ink.dark, 2);
}

export const musicDrawings: Drawings = {
  ukulele: (ink) =>
    neck(ink) +
    oval([50, 54, 16, 13], ink.main) +
    oval([50, 72, 22, 18], ink.main) +
    disc(50, 62, { r: 7, fill: "#3a2a1c" }) +
    box([42, 78, 16, 4], "#3a2a1c", 1) +
    line("M48 10V79M52 10V79", white, 0.7),
  record: (ink) =>
    box([10, 18, 62, 62], ink.main, 1) +
    disc(34, 49, { r: 17, fill: ink.accent }) +
    disc(62, 50, { r: 29, fill: black }) +
    disc(62, 50, { r: 22, fill: "#33373c" }) +
    disc(62, 50, { r: 16, fill: black }) +
    disc(62, 50, { r: 9, fill: ink.accent }) +
    disc(62, 50, { r: 2, fill: white }),
  "drum pad": (ink) =>
    box([14, 26, 72, 54], black, 6) +
    [22, 44, 66]
      .flatMap((x, i) => [
        box([x, 33, 16, 18], i === 1 ? ink.accent : ink.main, 4),
        box([x, 56, 16, 18], ink.light, 4),
      ])
      .join(""),
  microphone: (ink) =>
    shape("M40 44H60L55 88H45Z", ink.main) +
    box([38, 40, 24, 7], ink.dark, 2) +
    disc(50, 27, { r: 17, fill: metal }) +
    line("M36 20H64M34 27H66M36 34H64M50 10V44M42 12V42M58 12V42", steel, 1),
  "song book": book(
    (ink) =>
      box([38, 18, 29, 5], ink.light) + note(45, 62, ink.light) + box([40, 76, 26, 3], ink.accent),
  ),
  "guitar strap": (ink) =>
    line("M20 82Q10 20 50 18T80 82", ink.main, 11) +
    line("M20 82Q10 20 50 18T80 82", ink.accent, 3) +
    shape("M14 74H27L24 92H17Z", wood) +
    shape("M74 74H87L84 92H77Z", wood),
  tuner: (ink) =>
    box([20, 26, 60, 46], ink.main, 9) +
    box([27, 33, 46, 24], "#d8ead2", 3) +
    line("M32 54A20 20 0 0 1 68 54", black, 1.5) +
    line("M50 54L58 38", ink.accent, 2.5) +
    disc(36, 65, { r: 3, fill: ink.light }) +
    disc(50, 65, { r: 3, fill: ink.light }) +
    shape("M42 72H58L62 88H38Z", steel),
};
