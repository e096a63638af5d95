export type { BatchInfo, DatasetDescription, DatasetSummary, PartitionInfo } from "./catalogue.ts";
export {
  type CleaningRule,
  type CleaningRuleName,
  cleaningRuleNames,
  cleaningRules,
  cleanText,
  parsePrice,
  type Price,
  splitCategoryPath,
  stopWords,
} from "./clean/rules.ts";
export { cleaningSql } from "./clean/sql.ts";
export type { CommitInfo } from "./history.ts";
export type { ColumnVerdict, DryRunReport, RefusedSample } from "./ingest/dry-run.ts";
export type { IngestOptions } from "./ingest/ingest.ts";
export type { IngestReport } from "./ingest/report.ts";
export type { IngestProgress, ProgressListener } from "./ingest/progress.ts";
export type { QuarantinedRow } from "./ingest/quarantine.ts";
export type { ReplayOptions } from "./ingest/replay.ts";
export type { IngestFormat, IngestSource } from "./ingest/source.ts";
export { DELIMITERS, type Delimiter, type Encoding } from "./ingest/text-bytes.ts";
export { type Lake, openLake } from "./lake.ts";
export type { CompactReport } from "./maintenance.ts";
export type { ColumnBatch, ReadOptions } from "./read.ts";
export type { UndoReport } from "./undo.ts";
export { relationOf } from "./delta/relation.ts";
export { type TableColumn } from "./delta/schema.ts";
export { readSnapshot, type Snapshot, SnapshotCache, type SnapshotFile } from "./delta/snapshot.ts";
export {
  checkDatasetName,
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
export { parseCsvRecord } from "./ingest/records.ts";
export { type DemoPhoto, demoPhotos } from "./demo/photos.ts";
export { demoBanner, type DemoShop, generateDemoShop } from "./demo/shop.ts";
export type { DemoTruth } from "./demo/truth.ts";
export type { DemoShopOptions } from "./demo/world.ts";
export { type DemoFile, writeDemoShop, type WrittenDemoShop } from "./demo/write.ts";
export type { ChartSpec } from "./chart/spec.ts";
export { type Question, questions } from "./questions/questions.ts";
export { renderChartPng } from "./chart/png.ts";
export { renderChartSvg } from "./chart/svg.ts";
export { renderChartText, renderTableText } from "./chart/text.ts";
export {
  type Check,
  type CheckResult,
  checksPassed,
  runChecks,
  type Severity,
  suggestChecks,
} from "./quality/checks.ts";
export { compareColumn, type ColumnComparison, type ComparedCell } from "./quality/comparison.ts";
export type { DriftSide } from "./quality/distribution.ts";
export { type ColumnDrift, drift, type DriftReport } from "./quality/drift.ts";
export type { NamedSide, PeriodUnit } from "./quality/periods.ts";
export {
  type ColumnTimeline,
  type DriftCell,
  driftTimeline,
  type DriftTimeline,
  type TimelineSteps,
} from "./quality/timeline.ts";
export { type CheckHistory, type CheckRun, openCheckHistory } from "./quality/history.ts";
export { type ColumnProfile, type DatasetProfile, profile } from "./quality/profile.ts";
