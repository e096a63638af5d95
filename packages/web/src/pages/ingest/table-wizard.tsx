import { Stepper, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactElement } from "react";
import { Card } from "../../parts/card.tsx";
import { StepCheck } from "./step-check.tsx";
import { StepDone } from "./step-done.tsx";
import { StepFile } from "./step-file.tsx";
import { StepMapping } from "./step-mapping.tsx";
import { Trouble, Uploading } from "./uploading.tsx";
import { useWizard, type Wizard } from "./use-wizard.ts";

const steps = ["File", "Mapping", "Dry run", "Done"] as const;

/** Four steps from a file to rows in a dataset. */
export function TableWizard(): ReactElement {
  const wizard = useWizard();
  const { plan, step, upload } = wizard;
  return (
    <Card title={plan ? `${plan.file.name} into ${plan.dataset}` : "From a file to a dataset"}>
      <Steps wizard={wizard} />
      {upload.isBusy && plan ? (
        <Uploading
          what={step === 2 ? `${plan.file.name} comes in` : `A dry run of ${plan.file.name}`}
          progress={upload.progress}
          onCancel={upload.cancel}
        />
      ) : (
        <Step wizard={wizard} />
      )}
      <Trouble text={upload.trouble} />
    </Card>
  );
}

function Steps({ wizard: { step, goTo, outcome, upload } }: { wizard: Wizard }): ReactElement {
  const isNarrow = useMediaQuery("(max-width: 40em)");
  const active = upload.isBusy && step === 1 ? 2 : step;
  const at = Math.min(active, steps.length - 1);
  return (
    <>
      <Stepper
        active={outcome ? steps.length : active}
        size="xs"
        mb={isNarrow ? "xs" : "lg"}
        onStepClick={upload.isBusy || outcome ? undefined : goTo}
        allowNextStepsSelect={false}
        {...(isNarrow && { iconSize: 26 })}
      >
        {steps.map((label, place) => (
          <Stepper.Step
            key={label}
            {...(isNarrow ? { "aria-label": `${place + 1} ${label}` } : { label })}
          />
        ))}
      </Stepper>
      {isNarrow && (
        <Text fz="sm" fw={600} mb="md" aria-hidden>
          Step {at + 1} of {steps.length}: {steps[at]}
        </Text>
      )}
    </>
  );
}

function Step({ wizard }: { wizard: Wizard }): ReactElement {
  const { step, goTo, plan, mapping, report, outcome } = wizard;
  if (step === 3 && outcome) return <StepDone outcome={outcome} onAgain={wizard.again} />;
  if (step === 2 && plan && report)
    return (
      <StepCheck
        plan={plan}
        mapping={mapping}
        report={report}
        onBack={() => goTo(1)}
        onCommit={() => void wizard.commit()}
      />
    );
  if (step === 1 && plan)
    return (
      <StepMapping
        key={JSON.stringify(plan.head?.readAs)}
        plan={plan}
        chosen={mapping}
        onBack={() => goTo(0)}
        onReread={(readAs) => void wizard.reread(readAs)}
        onLook={(chosen) => void wizard.look(chosen)}
      />
    );
  return <StepFile initial={plan} onPlan={wizard.choose} />;
}
