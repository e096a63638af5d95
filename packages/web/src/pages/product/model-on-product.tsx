import type { RouteAnswer } from "@souk/api";
import { Button, Group, Select, Skeleton } from "@mantine/core";
import { type ReactElement, useEffect, useRef } from "react";
import styles from "../../parts/answering/answering.module.css";
import { Comparables } from "../../parts/answering/comparables.tsx";
import { CorrectAnswer } from "../../parts/answering/correct-answer.tsx";
import { Estimate } from "../../parts/answering/estimate.tsx";
import { Explanation } from "../../parts/answering/explanation.tsx";
import { Likelihoods } from "../../parts/answering/likelihoods.tsx";
import {
  formatAnswer,
  inWords,
  type ModelAnswer,
  type ServedModel,
} from "../../parts/answering/served-model.ts";
import { Card } from "../../parts/card.tsx";
import { CopyAs, copyTextsOf } from "../../parts/copy-as.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Photo } from "../../parts/photo.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi, useApiChange } from "../../wire/hooks.ts";
import { AnswerHistory } from "./answer-history.tsx";
import { factsOf, type ProductDetail, textFact } from "./product-facts.ts";

type Given = RouteAnswer<"productInputs">["items"][number];
type Stored = RouteAnswer<"listPredictions">["items"][number];
type Row = Readonly<Record<string, string | number | boolean | null>>;

/** What one model makes of a product, by version, with its reasons, its history and a place to correct it. */
export function ModelOnProduct({
  model,
  given,
  product,
}: {
  model: ServedModel;
  given: Given;
  product: ProductDetail;
}): ReactElement {
  const { inputHash } = given;
  const [chosen, setVersion] = useUrlState(`${model.model}-version`, String(given.version));
  const version = /^\d{1,9}$/.test(chosen) ? Number(chosen) : given.version;
  const stored = useApi("listPredictions", {
    query: { model: model.model, inputHash, limit: 100 },
  });
  const asked = { ...model, version };
  return (
    <Card
      title={inWords(model.model)}
      actions={
        <Group gap="xs" wrap="nowrap">
          <VersionChoice model={model} version={version} onChange={setVersion} />
          <CopyAs texts={copyTextsOf("predictRows", requestOf(asked, plainRow(given.row)))} />
        </Group>
      }
    >
      <Answer query={stored} permission="predictions:read">
        {({ items }) => (
          <div className={styles["parts"]}>
            <OfVersion
              key={version}
              model={asked}
              isChampion={version === given.version}
              given={given}
              product={product}
              prediction={items.find((one) => one.version === version)}
            />
            <AnswerHistory
              model={model}
              inputHash={inputHash}
              predictions={items}
              currency={textFact(factsOf(product), "currency")}
            />
          </div>
        )}
      </Answer>
    </Card>
  );
}

function VersionChoice({
  model: { model, version: champion },
  version,
  onChange,
}: {
  model: ServedModel;
  version: number;
  onChange: (version: string) => void;
}): ReactElement {
  const registered = useApi("getModel", { params: { name: model } });
  const versions = (registered.data?.versions ?? []).map((one) => one.version);
  const all = [...new Set([...versions, version, champion])].toSorted((a, b) => b - a);
  return (
    <Select
      size="xs"
      w={150}
      aria-label={`Version of ${model}`}
      value={String(version)}
      onChange={(value) => value !== null && onChange(value)}
      data={all.map((one) => ({
        value: String(one),
        label: one === champion ? `Version ${one}, serving` : `Version ${one}`,
      }))}
      allowDeselect={false}
    />
  );
}

interface OfVersionProps {
  readonly model: ServedModel;
  /** The version that serves is asked by itself, once: its answer is stored. */
  readonly isChampion: boolean;
  readonly given: Given;
  readonly product: ProductDetail;
  readonly prediction: Stored | undefined;
}

function OfVersion(props: OfVersionProps): ReactElement {
  const { model, isChampion, given, prediction } = props;
  const row = plainRow(given.row);
  const ask = useApiChange("predictRows", { touches: ["listPredictions"] });
  const { mutate } = ask;
  const wasAsked = useRef(false);
  const isNeeded = isChampion && prediction === undefined;
  const request = requestOf(model, row);
  useEffect(() => {
    if (!isNeeded || wasAsked.current) return;
    wasAsked.current = true;
    mutate(request);
  }, [isNeeded, mutate, request]);
  if (prediction) return <Said {...props} prediction={prediction} row={row} />;
  if (ask.error)
    return (
      <StateOf
        kind="error"
        title="This version gave no answer"
        text={`${ask.error.message} (${ask.error.code})`}
        onRetry={() => mutate(request)}
      />
    );
  if (isChampion || ask.isPending)
    return <Skeleton height={120} aria-label={`${model.model} is being asked`} />;
  return (
    <div>
      <p className={styles["hint"]}>Version {model.version} was never asked about this product.</p>
      <Button
        mt="xs"
        size="xs"
        variant="default"
        leftSection={<Icon name="spark" size={15} />}
        onClick={() => mutate(request)}
      >
        Ask version {model.version}
      </Button>
    </div>
  );
}

function requestOf({ model, version, inputs }: ServedModel, row: Row) {
  const parts = inputs.some(({ name, kind }) => kind === "image" && row[name]);
  return { params: { name: model }, body: { rows: [row], version, topK: 5, parts } };
}

function Said({
  model,
  given: { known },
  product,
  prediction,
  row,
}: OfVersionProps & { readonly prediction: Stored; readonly row: Row }): ReactElement {
  const answer = answerOf(prediction);
  const currency = textFact(factsOf(product), "currency");
  const photo = model.inputs.find(({ kind }) => kind === "image");
  const hash = photo && row[photo.name];
  return (
    <>
      <Agreement model={model} answer={answer} known={known} currency={currency} />
      {model.output.kind === "number" ? (
        <Estimate
          model={model}
          answer={answer}
          currency={currency}
          known={typeof known === "number" ? known : undefined}
        />
      ) : (
        <Likelihoods model={model} answer={answer} />
      )}
      <section aria-label={`Why ${model.model} says so`}>
        <h3 className={styles["sub"]}>Why</h3>
        <Explanation
          model={model.model}
          version={model.version}
          row={row}
          labelWords={(label) => formatAnswer(model, label, currency)}
          photo={
            <Photo
              hash={typeof hash === "string" ? hash : undefined}
              width={320}
              alt="What the model looked at"
            />
          }
        />
      </section>
      {model.comparables && (
        <section>
          <h3 className={styles["sub"]}>Comparable listings</h3>
          <Comparables model={model} row={row} currency={currency} />
        </section>
      )}
      <section aria-label={`Correct ${model.model}`}>
        <h3 className={styles["sub"]}>Not right?</h3>
        <CorrectAnswer key={answer.id} model={model} answer={answer} currency={currency} />
      </section>
    </>
  );
}

/** What the model says beside what the shop says, in a sentence. */
function Agreement({
  model,
  answer: { label, low, high },
  known,
  currency,
}: {
  model: ServedModel;
  answer: ModelAnswer;
  known: string | number | undefined;
  currency: string | undefined;
}): ReactElement {
  const isNumber = model.output.kind === "number";
  const said = isNumber ? null : <p className={styles["big"]}>{formatAnswer(model, label)}</p>;
  if (known === undefined) return <>{said}</>;
  const fits = isNumber
    ? low !== undefined && high !== undefined && Number(known) >= low && Number(known) <= high
    : String(known) === String(label);
  const today = formatAnswer(model, known, currency);
  const words = isNumber
    ? fits
      ? `Today's ${today} is what products like this cost.`
      : `Today's ${today} is outside of what products like this cost: worth a look.`
    : fits
      ? "The shop says the same."
      : `The shop says ${today}: worth a look.`;
  return (
    <div>
      {said}
      <p className={styles["verdict"]} data-tone={fits ? "good" : "warn"}>
        <Icon name={fits ? "check" : "warning"} size={16} />
        <span>{words}</span>
      </p>
    </div>
  );
}

function answerOf({ top = [], parts, ...prediction }: Stored): ModelAnswer {
  return { ...prediction, top, ...(parts && { parts }) };
}

/** A row that the server made of the product's columns. */
function plainRow(row: object): Row {
  const members: [string, unknown][] = Object.entries(row);
  return Object.fromEntries(members.filter(isCell));
}

function isCell(member: [string, unknown]): member is [string, Row[string]] {
  return member[1] === null || ["string", "number", "boolean"].includes(typeof member[1]);
}
