import { useState } from "react";
import type { Mapping } from "./mapping.ts";
import { type DryRun, headOf, type Outcome, type Plan, readAgain, uploadOf } from "./plan.ts";
import type { ReadAs } from "./read-as.ts";
import { useUpload } from "./use-upload.ts";

/** Where one is between a file and its rows in a dataset, and the ways on and back. */
export interface Wizard {
  /** 0 file, 1 mapping, 2 dry run, 3 done. */
  readonly step: number;
  readonly goTo: (step: number) => void;
  readonly plan: Plan | undefined;
  readonly mapping: Mapping;
  readonly report: DryRun | undefined;
  readonly outcome: Outcome | undefined;
  readonly upload: ReturnType<typeof useUpload>;
  readonly choose: (plan: Plan) => void;
  /** Reads the columns again, with other letters or another delimiter. */
  readonly reread: (readAs: ReadAs) => Promise<void>;
  /** Tries the file with a mapping; nothing is stored. */
  readonly look: (mapping: Mapping) => Promise<void>;
  readonly commit: () => Promise<void>;
  readonly again: () => void;
}

/** The state of the wizard; a step is only left when what it asked for has worked. */
export function useWizard(): Wizard {
  const [step, goTo] = useState(0);
  const [plan, setPlan] = useState<Plan>();
  const [mapping, setMapping] = useState<Mapping>({});
  const [report, setReport] = useState<DryRun>();
  const [outcome, setOutcome] = useState<Outcome>();
  const upload = useUpload();

  function begin(next: Plan | undefined): void {
    setPlan(next);
    setReport(undefined);
    setOutcome(undefined);
    setMapping({});
    goTo(next ? 1 : 0);
  }

  async function reread(readAs: ReadAs): Promise<void> {
    if (plan) begin(await readAgain(plan, readAs));
  }

  async function look(chosen: Mapping): Promise<void> {
    if (!plan) return;
    setMapping(chosen);
    const found = await upload.send("dryRunDataset", (id) => uploadOf(plan, chosen, id));
    if (!found) return;
    setReport(found);
    if (!plan.head) setPlan({ ...plan, head: headOf(found) });
    goTo(2);
  }

  async function commit(): Promise<void> {
    if (!plan) return;
    const done = await upload.send("ingestDataset", (id) => uploadOf(plan, mapping, id));
    if (!done) return;
    setOutcome(done);
    goTo(3);
  }

  return {
    step,
    goTo,
    plan,
    mapping,
    report,
    outcome,
    upload,
    choose: begin,
    reread,
    look,
    commit,
    again: () => begin(undefined),
  };
}
