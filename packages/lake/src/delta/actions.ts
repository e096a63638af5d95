import { SoukError } from "@souk/core";

/**
 * The actions of a Delta log that Souk writes and reads (protocol reader 1, writer 2).
 * Source: Delta Transaction Log Protocol, github.com/delta-io/delta/blob/master/PROTOCOL.md, "Actions".
 */
export interface AddFile {
  /** Relative to the table, URL-encoded once more than the name on disk. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  /** JSON text with at least `numRecords`. */
  readonly stats?: string | null;
  readonly tags?: Readonly<Record<string, string | null>> | null;
}

export interface RemoveFile {
  readonly path: string;
  readonly deletionTimestamp?: number | null;
  readonly dataChange: boolean;
  readonly extendedFileMetadata?: boolean | null;
  readonly partitionValues?: Readonly<Record<string, string | null>> | null;
  readonly size?: number | null;
}

export interface TableMetadata {
  readonly id: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly format: {
    readonly provider: string;
    readonly options?: Readonly<Record<string, string>> | null;
  };
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration?: Readonly<Record<string, string>> | null;
  readonly createdTime?: number | null;
}

interface Transaction {
  readonly appId: string;
  readonly version: number;
  readonly lastUpdated?: number | null;
}

export interface TableProtocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
}

/** Free-form provenance; Souk keeps a summary of the batch under `souk`. */
export interface CommitDetails {
  readonly timestamp: number;
  readonly operation: string;
  readonly engineInfo?: string;
  readonly operationParameters?: Readonly<Record<string, unknown>>;
  readonly souk?: unknown;
}

/** One line of a commit: exactly one member is set. */
export interface Action {
  readonly add?: AddFile | null;
  readonly remove?: RemoveFile | null;
  readonly metaData?: TableMetadata | null;
  readonly protocol?: TableProtocol | null;
  readonly txn?: Transaction | null;
  readonly commitInfo?: CommitDetails | null;
}

/**
 * Parses one line of a commit. Members Souk does not know are kept out of sight, as the protocol asks of readers.
 * @throws SoukError `LAKE_LOG_INVALID` when the line is not JSON or a member lacks what it must have.
 */
export function parseAction(line: string, where: string): Action {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new SoukError("LAKE_LOG_INVALID", `${where}: expected one JSON action per line`, {
      cause,
    });
  }
  return checkAction(value, where);
}

/** The same for a value already parsed. */
export function checkAction(value: unknown, where: string): Action {
  if (!isRecord(value)) throw new SoukError("LAKE_LOG_INVALID", `${where}: expected an object`);
  for (const [member, needs] of Object.entries(NEEDED)) {
    const action = value[member];
    if (action === undefined || action === null) continue;
    for (const [name, kind] of Object.entries(needs)) {
      const got = isRecord(action) ? action[name] : undefined;
      const ok =
        kind === "array"
          ? Array.isArray(got)
          : kind === "object"
            ? isRecord(got)
            : typeof got === kind;
      if (!ok)
        throw new SoukError(
          "LAKE_LOG_INVALID",
          `${where}: expected ${member}.${name} to be ${kind}, got ${typeof got}`,
        );
    }
  }
  // Every member we read was checked above.
  return value;
}

const NEEDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  add: { path: "string", partitionValues: "object", size: "number" },
  remove: { path: "string" },
  metaData: { id: "string", schemaString: "string", partitionColumns: "array" },
  protocol: { minReaderVersion: "number", minWriterVersion: "number" },
  txn: { appId: "string", version: "number" },
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
