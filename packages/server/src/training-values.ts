/** What learning is to the routes: tasks, jobs, studies and leaderboards. Shared by the nouns and the handlers. */
import type * as models from "@souk/models";
import type * as board from "./jobs/leaderboard-table.ts";

export interface TaskListing {
  readonly name: string;
  readonly title?: string;
  readonly dataset: string;
  readonly inputs: readonly { readonly column: string; readonly kind: string }[];
  readonly target: { readonly column: string; readonly kind: string };
  readonly metric: string;
  readonly baseline: string;
}

/** A family that can learn, with what it can be told. */
export interface FamilyListing extends models.FamilyDescription {
  /** What a study searches when nobody says: as a request has it. */
  readonly searched: Readonly<Record<string, models.Narrowing>>;
}

export interface TrainRequest {
  readonly task: string;
  /** One of the model families, default the task's own, or one that suits its inputs (`defaultFamily`). */
  readonly family?: string;
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly seed?: number;
  readonly version?: number;
  /** Promote to champion when the gate passes, default true. */
  readonly promote?: boolean;
  /** Worker threads, default one a core, at most 4. The result does not depend on it unless a family is told to share weights. */
  readonly threads?: number;
  /** Id of an interrupted run to go on with from its last checkpoint. */
  readonly resume?: string;
  /** How often each correction stands among the training rows, 0 (not at all) to 100, default 1. */
  readonly correctionWeight?: number;
}

/** Which settings to search, how and with what. */
export interface TuneRequest {
  readonly task: string;
  /** Default: as in a training. */
  readonly family?: string;
  /** Settings all trials share. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Settings to search, each with its range or values; default: those of the family that matter. */
  readonly space?: Readonly<Record<string, models.Narrowing>>;
  /** Default "tpe". */
  readonly sampler?: "tpe" | "random" | "grid" | "halving";
  /** Most trials, the one with the default settings included. Default 30. */
  readonly trials?: number;
  /** Trials at once, default one for two threads. */
  readonly parallel?: number;
  /** Threads of all trials together, default one a core. */
  readonly threads?: number;
  /** Memory of all trials together in MiB, default two thirds of the machine's. */
  readonly memoryMiB?: number;
  /** Stop trials that are worse than most, default true. */
  readonly prune?: boolean;
  readonly seed?: number;
  readonly version?: number;
  /** Id of a study to go on with: everything but `trials`, `parallel`, `threads` and `memoryMiB` is as it was. */
  readonly resume?: string;
  /** Id of a study of the same task and family whose trials are taken into account. */
  readonly warmStart?: string;
}

/** One trial of a study. */
type StudyTrial = models.Trial;

/** A study at a glance. */
export interface StudyListing {
  /** Also the id of the run its trials are parts of. */
  readonly id: string;
  readonly task: string;
  readonly family: string;
  readonly sampler: string;
  readonly metric: string;
  readonly direction: models.Direction;
  readonly status: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly by: string;
  /** Most trials, and how many ended how. */
  readonly trials: {
    readonly wanted: number;
    readonly done: number;
    readonly pruned: number;
    readonly failed: number;
  };
  /** The trial with the default settings, once it is done. */
  readonly first?: StudyTrial;
  readonly best?: StudyTrial;
  /** By how much the best is better than the default on the validation rows, at least 0, in the metric's unit. */
  readonly improvement?: number;
}

/** A study with all its trials. */
export interface StudyDetail extends Omit<StudyListing, "trials"> {
  readonly counts: StudyListing["trials"];
  /** Those that ended, in the order of starting. */
  readonly trials: readonly StudyTrial[];
  /** Share of the value's variance that each setting explains alone; from 10 done trials on. */
  readonly importance?: readonly models.SettingImportance[];
  readonly space: models.SearchSpace;
  /** Settings all trials share. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly data: object;
}

export type TaskLeaderboard = board.TaskLeaderboard;

/** Which families to compare. */
export interface LeaderboardRequest {
  readonly task: string;
  /** Default: every family that can read an input of the task. */
  readonly families?: readonly string[];
  /** Train, with default settings, families that have no run on this data. */
  readonly train?: boolean;
  /** Version of the dataset, default the newest. */
  readonly version?: number;
  readonly threads?: number;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly status: "queued" | "running" | "finished" | "failed" | "cancelled" | "interrupted";
  readonly by: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly request: object;
  /** For a training: `{ runId, modelVersion, gate, promoted }`. */
  readonly result?: object;
  readonly runId?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface JobEvent {
  /** 1, 2, 3… within the job. */
  readonly sequence: number;
  readonly at: number;
  /** "phase", "progress", "metrics", "log", "status". */
  readonly kind: string;
  readonly data: object;
}

/** What `startTuning` tried so far; also of studies that run or were killed. */
export interface StudiesNoun {
  /** Newest first. */
  list(options?: { task?: string; limit?: number }): Promise<readonly StudyListing[]>;
  /** @throws SoukError `STUDY_UNKNOWN`. */
  get(id: string): Promise<StudyDetail>;
  /** Trials over time and what matters, as one HTML file without script. @throws SoukError `STUDY_UNKNOWN`. */
  page(id: string): Promise<string>;
}

/** What `startLeaderboard` found last. */
export interface LeaderboardsNoun {
  /** One for each task that has one, the latest first. */
  list(): Promise<readonly TaskLeaderboard[]>;
  /** @throws SoukError `LEADERBOARD_UNKNOWN` when none was computed. */
  get(task: string): Promise<TaskLeaderboard>;
}
