import { useComputedColorScheme } from "@mantine/core";
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
import { Switch } from "@mantine/core";
import styles from "./answering.module.css";

/** For and against, as red, green and blue; the accent and the red of the page. */
const colors = {
  light: { for: [10, 107, 93], against: [192, 39, 45] },
  dark: { for: [92, 201, 177], against: [255, 138, 135] },
} as const;
/** Opacity of the strongest place, of 255. */
const STRONGEST = 190;

/** A photo under the places that spoke for and against the answer. */
export function HeatPhoto({
  input,
  width,
  height,
  heat,
  children,
}: {
  input: string;
  width: number;
  height: number;
  /** What each place did for the answer, row by row. */
  heat: readonly number[];
  /** The photo, filling its place. */
  children: ReactNode;
}): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isShown, setShown] = useState(true);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const pixels = context.createImageData(width, height);
    pixels.data.set(heatPixels(heat, colors[scheme]));
    context.putImageData(pixels, 0, 0);
  }, [heat, width, height, scheme]);
  return (
    <>
      <div className={styles["heat"]}>
        {children}
        <canvas
          ref={canvas}
          width={width}
          height={height}
          hidden={!isShown}
          role="img"
          aria-label={`Places of the ${input} that spoke for and against the answer: ${whereOf({ heat, width, height })}`}
        />
      </div>
      <Switch
        mt="xs"
        size="xs"
        checked={isShown}
        onChange={(event) => setShown(event.currentTarget.checked)}
        label="Show where it looked"
      />
    </>
  );
}

/** Colour by sign, opacity by size. */
function heatPixels(
  heat: readonly number[],
  color: { readonly for: readonly number[]; readonly against: readonly number[] },
): Uint8ClampedArray {
  const most = Math.max(...heat.map(Math.abs), Number.MIN_VALUE);
  const pixels = new Uint8ClampedArray(4 * heat.length);
  for (const [at, value] of heat.entries()) {
    pixels.set(value > 0 ? color.for : color.against, 4 * at);
    pixels[4 * at + 3] = (STRONGEST * Math.abs(value)) / most;
  }
  return pixels;
}

/** Where the strongest place lies, in words. */
function whereOf({
  heat,
  width,
  height,
}: {
  heat: readonly number[];
  width: number;
  height: number;
}): string {
  const best = heat.reduce((most, one, at) => (one > (heat[most] ?? 0) ? at : most), 0);
  const across = ["left", "middle", "right"][Math.floor((3 * (best % width)) / width)];
  const down = ["top", "middle", "bottom"][Math.floor((3 * Math.floor(best / width)) / height)];
  return `most for it at the ${down} ${across}`;
}
