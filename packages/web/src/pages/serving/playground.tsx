import { Button, SegmentedControl, Select } from "@mantine/core";
import { type FormEvent, type ReactElement, useMemo, useRef, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { Answer, Denied, Loading, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi, useMay } from "../../wire/hooks.ts";
import { Exchange, type Outcome, outcomeOf } from "./exchange.tsx";
import type { Served } from "./facts.ts";
import { type Field, FieldInput, sampleOf } from "./field-input.tsx";
import { callOf, type Protocol, type ProtocolCall, protocols } from "./protocols.ts";
import styles from "./serving.module.css";

/** A place to ask a served model something, in any of its protocols, with the request to copy. */
export function Playground({ served }: { served: readonly Served[] }): ReactElement {
  const isMine = useMay("predict:run");
  const ready = served.filter(({ state }) => state === "AVAILABLE");
  const models = [...new Set(ready.map(({ model }) => model))];
  const [picked, pick] = useUrlState("ask");
  const model = models.includes(picked) ? picked : models[0];
  return (
    <Card
      title="Playground"
      actions={
        isMine &&
        model !== undefined &&
        models.length > 1 && (
          <Select
            size="xs"
            aria-label="Model to ask"
            data={models}
            value={model}
            onChange={(next) => pick(next ?? "")}
            allowDeselect={false}
          />
        )
      }
    >
      {!isMine ? (
        <Denied permission="predict:run" />
      ) : model === undefined ? (
        <StateOf
          kind="empty"
          icon="server"
          title="No model to ask"
          text="As soon as a version is promoted, one can ask it here in three protocols."
        />
      ) : (
        <Question
          key={model}
          model={model}
          versions={ready.filter((one) => one.model === model).map(({ version }) => version)}
        />
      )}
    </Card>
  );
}

interface Choice {
  readonly model: string;
  readonly versions: readonly number[];
}

/** Finds out what the model wants to know. */
function Question(choice: Choice): ReactElement {
  const facts = useApi("v2Model", { params: { model: choice.model } });
  const models = useApi("listModels", {});
  const tasks = useApi("listTasks", {});
  const task = models.data?.items.find(({ name }) => name === choice.model)?.task;
  const columns = tasks.data?.items.find(({ name }) => name === task)?.inputs;
  return (
    <Answer query={facts} loading={<Loading />}>
      {({ inputs }) => (
        <Form
          choice={choice}
          fields={inputs.map(({ name, datatype }) => ({
            name,
            datatype,
            kind:
              columns?.find(({ column }) => column === name)?.kind ??
              (datatype === "FP64" ? "number" : "text"),
          }))}
        />
      )}
    </Answer>
  );
}

function Form({
  choice: { model, versions },
  fields,
}: {
  choice: Choice;
  fields: readonly Field[];
}): ReactElement {
  const [kept, setProtocol] = useUrlState("protocol", "souk");
  const protocol = protocols.find(({ id }) => id === kept)?.id ?? "souk";
  const [version, setVersion] = useState("");
  const [values, setValues] = useState<Values>({});
  const { outcome, isBusy, ask, forget } = useExchange();
  const call = useMemo(
    () => callFor(protocol, { model, version, fields, values }),
    [protocol, model, version, fields, values],
  );

  function submit(event: FormEvent): void {
    event.preventDefault();
    void ask(call);
  }

  return (
    <div className={styles["playground"]}>
      <form className={styles["form"]} onSubmit={submit}>
        <ProtocolChoice
          protocol={protocol}
          onChange={(next) => {
            setProtocol(next);
            forget();
          }}
        />
        <Select
          label="Version"
          data={[
            { value: "", label: "the champion" },
            ...versions.map((one) => ({ value: String(one), label: `version ${one}` })),
          ]}
          value={version}
          onChange={(next) => setVersion(next ?? "")}
          allowDeselect={false}
        />
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            value={values[field.name] ?? sampleOf(field)}
            onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
        <Button type="submit" loading={isBusy}>
          Ask
        </Button>
      </form>
      <Exchange call={call} protocol={protocol} outcome={outcome} />
    </div>
  );
}

type Values = Readonly<Record<string, string>>;

function callFor(
  protocol: Protocol,
  {
    model,
    version,
    fields,
    values,
  }: { model: string; version: string; fields: readonly Field[]; values: Values },
): ProtocolCall {
  return callOf(protocol, {
    model,
    ...(version !== "" && { version: Number(version) }),
    inputs: fields.map(({ name, datatype, kind }) => ({
      name,
      datatype,
      value: values[name] ?? sampleOf({ name, kind }),
    })),
  });
}

/** One question at a time, and what came of it. */
function useExchange() {
  const [outcome, setOutcome] = useState<Outcome>();
  const [isBusy, setBusy] = useState(false);
  /** Another with each question: the answer to one that was dropped is not shown under the next. */
  const turn = useRef(0);
  return {
    outcome,
    isBusy,
    ask: async (call: ProtocolCall): Promise<void> => {
      const own = (turn.current += 1);
      setBusy(true);
      const found = await outcomeOf(call);
      if (turn.current !== own) return;
      setOutcome(found);
      setBusy(false);
    },
    forget: () => {
      turn.current += 1;
      setOutcome(undefined);
      setBusy(false);
    },
  };
}

function ProtocolChoice({
  protocol,
  onChange,
}: {
  protocol: Protocol;
  onChange: (protocol: string) => void;
}): ReactElement {
  return (
    <div className={styles["protocols"]}>
      <SegmentedControl
        size="xs"
        aria-label="Protocol"
        data={protocols.map(({ id, name }) => ({ value: id, label: name }))}
        value={protocol}
        onChange={onChange}
      />
    </div>
  );
}
