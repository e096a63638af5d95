import { Stepper } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactElement, useState } from "react";
import { useUrlState } from "../../parts/url-state.ts";
import { Card } from "../../parts/card.tsx";
import type { Mapping } from "./mapping.ts";
import { type DryRun, headOf, type Outcome, type Plan, uploadOf } from "./plan.ts";
import { StepCheck } from "./step-check.tsx";
import { StepDone } from "./step-done.tsx";
import { StepFile } from "./step-file.tsx";
import { StepMapping } from "./step-mapping.tsx";
import { Trouble, Uploading } from "./uploading.tsx";
import { useUpload } from "./use-upload.ts";

const steps = ["File", "Mapping", "Dry run", "Done"] as const;

/** Four steps from a file to rows in a dataset. */
export function TableWizard(): ReactElement {
  const [dataset, setDataset] = useUrlState("dataset");
  const [step, setStep] = useState(0);
  const [plan, setPlan] = useState<Plan>();
  const [mapping, setMapping] = useState<Mapping>({});
  const [report, setReport] = useState<DryRun>();
  const [outcome, setOutcome] = useState<Outcome>();
  const upload = useUpload();
  const isNarrow = useMediaQuery("(max-width: 40em)");

  async function look(chosen: Mapping): Promise<void> {
    if (!plan) return;
    setMapping(chosen);
    const found = await upload.send("dryRunDataset", (id) => uploadOf(plan, chosen, id));
    if (!found) return;
    setReport(found);
    if (!plan.head) setPlan({ ...plan, head: headOf(found) });
    setStep(2);
  }

  async function commit(): Promise<void> {
    if (!plan) return;
    const done = await upload.send("ingestDataset", (id) => uploadOf(plan, mapping, id));
    if (!done) return;
    setOutcome(done);
    setStep(3);
  }

  function again(): void {
    setPlan(undefined);
    setReport(undefined);
    setOutcome(undefined);
    setMapping({});
    setStep(0);
  }

  return (
    <Card title={plan ? `${plan.file.name} into ${plan.dataset}` : "From a file to a dataset"}>
      <Stepper
        active={outcome ? steps.length : upload.isBusy && step === 1 ? 2 : step}
        size="xs"
        mb="lg"
        onStepClick={upload.isBusy || outcome ? undefined : setStep}
        allowNextStepsSelect={false}
        {...(isNarrow && { iconSize: 26 })}
      >
        {steps.map((label, at) => (
          <Stepper.Step
            key={label}
            {...(isNarrow ? { "aria-label": `${at + 1} ${label}` } : { label })}
          />
        ))}
      </Stepper>
      {upload.isBusy && plan ? (
        <Uploading
          what={step === 2 ? `${plan.file.name} comes in` : `A dry run of ${plan.file.name}`}
          progress={upload.progress}
          onCancel={upload.cancel}
        />
      ) : (
        <Step
          step={step}
          file={
            <StepFile
              initial={plan}
              dataset={dataset}
              onDataset={setDataset}
              onPlan={(next) => {
                setPlan(next);
                setMapping({});
                setStep(1);
              }}
            />
          }
          mapping={
            plan && (
              <StepMapping
                key={`${plan.dataset} ${plan.file.name} ${plan.file.lastModified}`}
                plan={plan}
                chosen={mapping}
                onBack={() => setStep(0)}
                onLook={(chosen) => void look(chosen)}
              />
            )
          }
          check={
            plan &&
            report && (
              <StepCheck
                plan={plan}
                mapping={mapping}
                report={report}
                onBack={() => setStep(1)}
                onCommit={() => void commit()}
              />
            )
          }
          done={outcome && <StepDone outcome={outcome} onAgain={again} />}
        />
      )}
      <Trouble text={upload.trouble} />
    </Card>
  );
}

function Step({
  step,
  file,
  mapping,
  check,
  done,
}: {
  step: number;
  file: ReactElement;
  mapping: ReactElement | undefined;
  check: ReactElement | undefined;
  done: ReactElement | undefined;
}): ReactElement {
  return [file, mapping, check, done][step] ?? file;
}
