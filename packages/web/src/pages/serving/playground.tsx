import { Button, FileInput, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useMemo, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { CopyAs } from "../../parts/copy-as.tsx";
import { Answer, Denied, Loading, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { apiErrorOf } from "../../wire/answers.ts";
import { callApi, useApi, useMay } from "../../wire/hooks.ts";
import { formatMs, type Served } from "./facts.ts";
import {
  type Asked,
  callOf,
  type Protocol,
  type ProtocolCall,
  protocols,
  textsOf,
} from "./protocols.ts";
import styles from "./serving.module.css";

const SAMPLE = "Arrived quickly and works as it should.";

/** A place to ask a served model something, in any of its protocols, with the request to copy. */
export function Playground({ served }: { served: readonly Served[] }): ReactElement {
  const isMine = useMay("predict:run");
  const ready = served.filter(({ state }) => state === "AVAILABLE");
  const models = [...new Set(ready.map(({ model }) => model))];
  const [picked, pick] = useUrlState("ask");
  const model = models.includes(picked) ? picked : models[0];
  return (
    <Card title="Playground">
      {!isMine ? (
        <Denied permission="predict:run" />
      ) : model === undefined ? (
        <StateOf kind="empty" icon="server" title="No model to ask" />
      ) : (
        <Inputs
          key={model}
          model={model}
          models={models}
          onModel={pick}
          versions={ready.filter((one) => one.model === model).map(({ version }) => version)}
        />
      )}
    </Card>
  );
}

interface ModelChoice {
  readonly model: string;
  readonly models: readonly string[];
  readonly onModel: (model: string) => void;
  readonly versions: readonly number[];
}

/** Finds out what the model wants to know. */
function Inputs(choice: ModelChoice): ReactElement {
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
            kind: columns?.find(({ column }) => column === name)?.kind ?? "text",
          }))}
        />
      )}
    </Answer>
  );
}

interface Field {
  readonly name: string;
  readonly datatype: string;
  readonly kind: string;
}

interface Outcome {
  readonly text: string;
  readonly elapsedMs: number;
  readonly isRefused: boolean;
}

function Form({
  choice: { model, models, onModel, versions },
  fields,
}: {
  choice: ModelChoice;
  fields: readonly Field[];
}): ReactElement {
  const [protocolKept, setProtocol] = useUrlState("protocol", "souk");
  const protocol = protocols.find(({ id }) => id === protocolKept)?.id ?? "souk";
  const [version, setVersion] = useState("");
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [outcome, setOutcome] = useState<Outcome>();
  const [isBusy, setBusy] = useState(false);
  const call = useMemo(() => {
    const asked: Asked = {
      model,
      ...(version !== "" && { version: Number(version) }),
      inputs: fields.map(({ name, datatype, kind }) => ({
        name,
        datatype,
        value: values[name] ?? sampleOf(kind),
      })),
    };
    return callOf(protocol, asked);
  }, [model, version, fields, values, protocol]);

  async function ask(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setOutcome(await outcomeOf(call));
    setBusy(false);
  }

  function put(name: string, value: string): void {
    setValues((before) => ({ ...before, [name]: value }));
  }

  return (
    <div className={styles["playground"]}>
      <form className={styles["form"]} onSubmit={(event) => void ask(event)}>
        <div className={styles["protocols"]}>
          <SegmentedControl
            size="xs"
            aria-label="Protocol"
            data={protocols.map(({ id, name }) => ({ value: id, label: name }))}
            value={protocol}
            onChange={(next) => {
              setProtocol(next);
              setOutcome(undefined);
            }}
          />
        </div>
        {models.length > 1 && (
          <Select
            label="Model"
            data={[...models]}
            value={model}
            onChange={(next) => onModel(next ?? model)}
            allowDeselect={false}
          />
        )}
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
            value={values[field.name] ?? sampleOf(field.kind)}
            onChange={(value) => put(field.name, value)}
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

function sampleOf(kind: string): string {
  return kind === "text" ? SAMPLE : kind === "number" ? "1" : "";
}

function FieldInput({
  field: { name, kind },
  value,
  onChange,
}: {
  field: Field;
  value: string;
  onChange: (value: string) => void;
}): ReactElement {
  if (kind === "image")
    return (
      <FileInput
        label={name}
        placeholder="A photo"
        accept="image/*"
        clearable
        onChange={(file) => void dataUriOf(file).then(onChange)}
      />
    );
  if (kind === "text")
    return (
      <Textarea
        label={name}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        autosize
        minRows={1}
        maxRows={6}
      />
    );
  return (
    <TextInput
      label={name}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(kind === "number" && { inputMode: "decimal" as const })}
    />
  );
}

/** A file as a `data:` URI; "" for none. */
function dataUriOf(file: File | null): Promise<string> {
  if (!file) return Promise.resolve("");
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () =>
      resolve(typeof reader.result === "string" ? reader.result : ""),
    );
    reader.addEventListener("error", () => reject(reader.error ?? new Error("unreadable file")));
    reader.readAsDataURL(file);
  });
}

async function outcomeOf(call: ProtocolCall): Promise<Outcome> {
  const startMs = performance.now();
  try {
    const answer = await callApi(call.route, call.args);
    return {
      text: JSON.stringify(answer, null, 2),
      elapsedMs: performance.now() - startMs,
      isRefused: false,
    };
  } catch (thrown) {
    const { code, message } = apiErrorOf(thrown);
    return {
      text: `${message} (${code})`,
      elapsedMs: performance.now() - startMs,
      isRefused: true,
    };
  }
}

function Exchange({
  call,
  protocol,
  outcome,
}: {
  call: ProtocolCall;
  protocol: Protocol;
  outcome: Outcome | undefined;
}): ReactElement {
  const texts = textsOf(call, location.origin);
  const name = protocols.find(({ id }) => id === protocol)?.name ?? "";
  return (
    <div className={styles["result"]}>
      <div className={styles["title"]}>
        <h3>Request</h3>
        <CopyAs texts={texts} />
      </div>
      <CodeBlock text={texts.curl} label={`${name} request for a shell`} />
      {outcome && (
        <div className={styles["result"]} role="status" aria-label="Answer of the model">
          <h3>
            {outcome.isRefused ? "Refused" : "Answer"} after {formatMs(outcome.elapsedMs)}
          </h3>
          <CodeBlock text={outcome.text} label="answer" />
        </div>
      )}
    </div>
  );
}
