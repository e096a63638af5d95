import { Button, NumberInput, Select } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useApiChange, useMay } from "../../wire/hooks.ts";
import { Icon } from "../icon.tsx";
import { minorUnits } from "../money.ts";
import styles from "./answering.module.css";
import {
  formatAnswer,
  inWords,
  isMoney,
  type ModelAnswer,
  type ServedModel,
} from "./served-model.ts";

/** Says what a prediction should have been: the next training learns it. */
export function CorrectAnswer({
  model,
  answer,
  currency,
}: {
  model: ServedModel;
  answer: ModelAnswer;
  currency?: string | undefined;
}): ReactElement {
  const [right, setRight] = useState<string | number>("");
  const mayCorrect = useMay("outcomes:write");
  const correct = useApiChange("correctPrediction", {
    touches: ["listCorrections", "listPredictions", "countCorrections"],
  });
  if (!mayCorrect)
    return <p className={styles["hint"]}>Analysts and above may say what the answer should be.</p>;
  if (correct.data)
    return (
      <p className={styles["said"]} role="status">
        <Icon name="check" size={17} />
        <span>
          Thank you. The right answer is kept as{" "}
          <b>{formatAnswer(model, correct.data.label, currency)}</b>; the next training learns it.
        </span>
      </p>
    );

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (right === "") return;
    const unit = isMoney(model) ? minorUnits(currency) : 1;
    const label = typeof right === "number" ? Math.round(right * unit * 1e6) / 1e6 : right;
    correct.mutate({ params: { id: answer.id }, body: { label } });
  }

  return (
    <form className={styles["correct"]} onSubmit={submit}>
      <RightAnswer model={model} currency={currency} value={right} onChange={setRight} />
      <Button type="submit" variant="default" loading={correct.isPending} disabled={right === ""}>
        Correct it
      </Button>
      {correct.error && (
        <p className={styles["trouble"]} role="alert">
          {correct.error.message} ({correct.error.code})
        </p>
      )}
    </form>
  );
}

function RightAnswer({
  model,
  currency,
  value,
  onChange,
}: {
  model: ServedModel;
  currency: string | undefined;
  value: string | number;
  onChange: (value: string | number) => void;
}): ReactElement {
  const label = `Right answer for ${inWords(model.model).toLowerCase()}`;
  if (model.output.kind === "number")
    return (
      <NumberInput
        label={label}
        value={value}
        onChange={onChange}
        min={0}
        decimalScale={isMoney(model) ? 2 : 6}
        hideControls
        {...(isMoney(model) && currency && { suffix: ` ${currency}` })}
      />
    );
  return (
    <Select
      label={label}
      placeholder="Choose"
      value={value === "" ? null : String(value)}
      onChange={(chosen) => onChange(chosen ?? "")}
      data={(model.labels ?? []).map((one) => ({
        value: String(one),
        label: formatAnswer(model, one),
      }))}
      searchable
      limit={200}
      nothingFoundMessage="No such answer: one correction cannot teach a new one"
    />
  );
}
