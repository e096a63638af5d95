import { SoukError } from "@souk/core";
import { checkShape, type DatasetShape, knownShapes } from "../shape.ts";

/** The shape for rows of dataset `name`, given what the table has and the caller wants. */
export function chooseShape(
  name: string,
  held: DatasetShape | undefined,
  wanted: DatasetShape | undefined,
): DatasetShape | undefined {
  const asked = wanted === undefined ? undefined : { ...checkShape(wanted), name };
  if (held !== undefined) return asked === undefined ? held : evolveShape(held, asked);
  const known = Object.entries(knownShapes).find(([known]) => known === name)?.[1];
  return asked ?? known;
}

/**
 * The shape of a table after a batch of shape `wanted`: new columns are added and nullable.
 * @throws SoukError `LAKE_SCHEMA_CHANGE` when a type, the key, the partitions or `yearOf` differ.
 */
export function evolveShape(held: DatasetShape, wanted: DatasetShape): DatasetShape {
  const same = (a: readonly string[] = [], b: readonly string[] = []) =>
    a.join("\0") === b.join("\0");
  const refuse = (what: string): never => {
    throw new SoukError("LAKE_SCHEMA_CHANGE", `${held.name}: ${what}`);
  };
  if (!same(held.key, wanted.key))
    refuse(
      `expected the key ${(held.key ?? []).join(", ") || "(none)"}, got ${(wanted.key ?? []).join(", ") || "(none)"}`,
    );
  if (!same(held.partitionBy, wanted.partitionBy))
    refuse(
      `expected partitions by ${(held.partitionBy ?? []).join(", ") || "(none)"}, got ${(wanted.partitionBy ?? []).join(", ") || "(none)"}`,
    );
  if (held.yearOf !== wanted.yearOf)
    refuse(`expected year of ${held.yearOf ?? "(none)"}, got ${wanted.yearOf ?? "(none)"}`);
  const byName = new Map(held.columns.map((column) => [column.name.toLowerCase(), column]));
  const added = wanted.columns.filter((column) => {
    const old = byName.get(column.name.toLowerCase());
    if (old !== undefined && old.type !== column.type)
      refuse(
        `column ${column.name}: expected type ${old.type}, got ${column.type}; a type does not change`,
      );
    if (old === undefined && column.nullable === false && column.default === undefined)
      refuse(`new column ${column.name}: expected it to be nullable, rows are there already`);
    return old === undefined;
  });
  const newer = new Map(wanted.columns.map((column) => [column.name.toLowerCase(), column]));
  const kept = held.columns.map((column) => ({
    ...(newer.get(column.name.toLowerCase()) ?? column),
    name: column.name,
  }));
  return { ...held, columns: [...kept, ...added] };
}

/** New columns of a later source, at their inferred types; known ones keep theirs. */
export function addInferred(held: DatasetShape, found: DatasetShape): DatasetShape {
  const names = new Set(held.columns.map(({ name }) => name.toLowerCase()));
  const added = found.columns.filter(({ name }) => !names.has(name.toLowerCase()));
  return added.length === 0 ? held : checkShape({ ...held, columns: [...held.columns, ...added] });
}

/**
 * The key of a shape.
 * @throws SoukError `LAKE_NO_KEY` when it has none.
 */
export function requireKey(shape: DatasetShape): readonly string[] {
  if (shape.key === undefined || shape.key.length === 0)
    throw new SoukError(
      "LAKE_NO_KEY",
      `${shape.name}: expected a shape with a key for upsert, it has none`,
    );
  return shape.key;
}
