export { relationOf } from "./delta/relation.ts";
export { type TableColumn } from "./delta/schema.ts";
export { readSnapshot, type Snapshot, SnapshotCache, type SnapshotFile } from "./delta/snapshot.ts";
export {
  checkShape,
  type ColumnSpec,
  type ColumnType,
  columnTypes,
  type DatasetShape,
  knownShapes,
  type KnownShapeName,
} from "./shape.ts";
export { createSqlRunner, defaultSqlLimits } from "./sql/runner.ts";
export type {
  SqlCell,
  SqlFunction,
  SqlFunctionModule,
  SqlLimits,
  SqlResult,
  SqlRunner,
  SqlRunOptions,
} from "./sql/types.ts";
