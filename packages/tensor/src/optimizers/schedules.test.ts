import assert from "node:assert/strict";
import { test } from "node:test";
import {
  constant,
  cosine,
  linearWarmUp,
  polynomial,
  type Schedule,
  stepDecay,
} from "./schedules.ts";

const firstSeven = (schedule: Schedule) => [1, 2, 3, 4, 5, 6, 7].map(schedule);

function close(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, at) =>
    assert.ok(Math.abs(value - expected[at]) < 1e-9, `step ${at + 1}: ${value}`),
  );
}

// Learning rates of seven steps by torch.optim.lr_scheduler, PyTorch 2.15.0.
test("step decay, cosine and polynomial are those of PyTorch", () => {
  close(firstSeven(stepDecay({ every: 3 })), [1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.01]);
  close(
    firstSeven(cosine({ steps: 8 })),
    [1.0, 0.961939766256, 0.853553390593, 0.691341716183, 0.5, 0.308658283817, 0.146446609407],
  );
  close(
    firstSeven(polynomial({ steps: 8, power: 2 })),
    [1.0, 0.765625, 0.5625, 0.390625, 0.25, 0.140625, 0.0625],
  );
});

test("after their steps cosine and polynomial stay at the end", () => {
  close([cosine({ steps: 8, end: 0.1 })(9), polynomial({ steps: 8, end: 0.1 })(100)], [0.1, 0.1]);
});

test("warm-up rises to 1 in a straight line and then hands over", () => {
  const schedule = linearWarmUp(4, stepDecay({ every: 2, factor: 0.5 }));
  close(firstSeven(schedule), [0.25, 0.5, 0.75, 1, 1, 1, 0.5]);
  close(firstSeven(linearWarmUp(1)), firstSeven(constant()));
});

test("a schedule over no steps is refused", () => {
  assert.throws(() => cosine({ steps: 0 }), { code: "SCHEDULE_STEPS" });
  assert.throws(() => linearWarmUp(1.5), { code: "SCHEDULE_STEPS" });
});
