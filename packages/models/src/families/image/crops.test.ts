import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pixels } from "../../images/pixels.ts";
import { cropAt, MOST_VIEWS } from "./crops.ts";

/** Ten by ten pixels: red tells the column, green the row, times ten. */
const ramp: Pixels = {
  width: 10,
  height: 10,
  data: Uint8Array.from({ length: 300 }, (_, at) => {
    const place = Math.floor(at / 3);
    return 10 * [place % 10, Math.floor(place / 10), 0][at % 3];
  }),
};

test("the first view is the photo, the others nine crops that cover three by three places", () => {
  assert.equal(cropAt(ramp, 0), ramp);
  const means = Array.from({ length: MOST_VIEWS - 1 }, (_, at) => {
    const { data } = cropAt(ramp, at + 1);
    const mean = (channel: number): number =>
      Math.round(data.reduce((sum, byte, i) => sum + (i % 3 === channel ? byte / 100 : 0), 0));
    return `${mean(0)} ${mean(1)}`;
  });
  // A crop is 8 pixels wide: from column 0 its mean column is 3.5, from 1 it is 4.5, from 2 it is 5.5.
  const places = [35, 45, 55].flatMap((x) => [35, 45, 55].map((y) => `${x} ${y}`));
  assert.deepEqual(new Set(means), new Set(places));
  assert.equal(means[0], "45 45");
});
