import assert from "node:assert/strict";
import { test } from "node:test";
import { knownShapes } from "@souk/lake";
import { builtInForecasts, builtInTasks, forecastColumns, taskColumns } from "@souk/models";

for (const task of Object.values(builtInTasks))
  test(`the columns of the task ${task.name} are columns of the known shape ${task.dataset}`, () => {
    const shape = Object.values(knownShapes).find(({ name }) => name === task.dataset);
    assert.ok(shape !== undefined);
    const known = shape.columns.map(({ name }) => name);
    // Filled from the dataset of photos, by the column that names the product.
    if (task.photos !== undefined) {
      assert.ok(known.includes(task.photos.by));
      known.push("photo");
    }
    assert.deepEqual(
      taskColumns(task).filter((column) => !known.includes(column)),
      [],
    );
    assert.deepEqual(shape.key, [task.key]);
  });

for (const task of Object.values(builtInForecasts))
  test(`the columns of ${task.name} are columns of the known shape ${task.dataset}`, () => {
    const shape = Object.values(knownShapes).find(({ name }) => name === task.dataset);
    const known = shape?.columns.map(({ name }) => name) ?? [];
    assert.deepEqual(
      forecastColumns(task).filter((column) => !known.includes(column)),
      [],
    );
    assert.deepEqual(shape?.key, [task.series, task.date]);
  });
