import { SegmentedControl } from "@mantine/core";
import { type ReactElement, useEffect, useRef } from "react";
import { type ModelAnswer, sentenceOf } from "../../parts/answering/served-model.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi } from "../../wire/hooks.ts";
import { currencyOf, type Subject, subjectsOf } from "./inputs.ts";
import { ModelSays } from "./model-says.tsx";
import { TryForm } from "./try-form.tsx";
import styles from "./try.module.css";
import { type Turn, useAnswers } from "./use-answers.ts";

/** Try the models of the shop on a photo, a text, or both. */
export function Page(): ReactElement {
  const served = useApi("listServed", {});
  return (
    <Answer
      query={served}
      permission="models:read"
      title="Try it"
      isEmpty={({ items }) => items.length === 0}
      empty={<NothingServes />}
    >
      {({ items }) => <Trial subjects={subjectsOf(items)} />}
    </Answer>
  );
}

function NothingServes(): ReactElement {
  return (
    <>
      <PageHeader title="Try it" verdict="No model answers yet." tone="warn" />
      <StateOf
        kind="empty"
        icon="spark"
        title="There is no model to try"
        text="A model answers here as soon as a version of it is promoted. Train one, and it is promoted when it passes its gate:"
      >
        <CommandLine text="npx souk train price" />
        <PageLink to="/runs">Start a training</PageLink>
      </StateOf>
    </>
  );
}

function Trial({ subjects }: { subjects: readonly Subject[] }): ReactElement {
  const [about, setAbout] = useUrlState("about", subjects[0]?.dataset ?? "");
  const subject = subjects.find(({ dataset }) => dataset === about) ?? subjects[0];
  const { turn, ask, forget } = useAnswers();
  if (!subject) return <NothingServes />;
  const answers = [...(turn?.asked.values() ?? [])].flatMap((one) =>
    one.state === "answered" ? [one.answer] : [],
  );
  return (
    <>
      <PageHeader
        title="Try it"
        verdict={verdictOf(subject, turn)}
        {...(answers.length > 0 && { exports: exportableOf("answers", exported, answers) })}
      >
        {subjects.length > 1 && (
          <SegmentedControl
            aria-label="What to try"
            value={subject.dataset}
            onChange={(dataset) => {
              forget();
              setAbout(dataset);
            }}
            data={subjects.map(({ dataset, title }) => ({ value: dataset, label: title }))}
          />
        )}
      </PageHeader>
      <div className={styles["columns"]}>
        <TryForm
          key={subject.dataset}
          subject={subject}
          isAsking={isAsking(turn)}
          onAsk={(given) => void ask(subject.models, given)}
        />
        <Answers subject={subject} turn={turn} />
      </div>
    </>
  );
}

/** What each model says, as it says it. */
function Answers({ subject, turn }: { subject: Subject; turn: Turn | undefined }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a small screen the answers stand below the form that was just sent.
    const bounds = turn && place.current?.getBoundingClientRect();
    if (bounds && bounds.top > window.innerHeight * 0.7)
      place.current?.scrollIntoView({ block: "start" });
  }, [turn?.number]);
  return (
    <div
      ref={place}
      className={styles["answers"]}
      data-asked={turn !== undefined || undefined}
      aria-live="polite"
    >
      {turn ? (
        subject.models.map((model) => (
          <ModelSays
            key={`${turn.number} ${model.model}`}
            model={model}
            turn={turn.number}
            asked={turn.asked.get(model.model) ?? { state: "not asked" }}
          />
        ))
      ) : (
        <NotAsked subject={subject} />
      )}
    </div>
  );
}

const exported = [
  { id: "model", value: ({ model }: ModelAnswer) => model },
  { id: "version", value: ({ version }: ModelAnswer) => version },
  { id: "answer", value: ({ label }: ModelAnswer) => label },
  { id: "low", value: ({ low }: ModelAnswer) => low },
  { id: "high", value: ({ high }: ModelAnswer) => high },
  { id: "likely", value: ({ top }: ModelAnswer) => JSON.stringify(top) },
  { id: "prediction", value: ({ id }: ModelAnswer) => id },
];

function NotAsked({ subject: { models, title } }: { subject: Subject }): ReactElement {
  return (
    <StateOf
      kind="empty"
      icon="spark"
      title="The answers will stand here"
      text={`${title} is read by ${models.length === 1 ? "one model" : `${models.length} models`}: ${models.map(({ model }) => model).join(", ")}. ${models.length === 1 ? "It" : "Each"} says what it thinks, how sure it is and why, and learns from your correction.`}
    />
  );
}

function isAsking(turn: Turn | undefined): boolean {
  return [...(turn?.asked.values() ?? [])].some(({ state }) => state === "asking");
}

/** What the models say, in plain words. */
function verdictOf({ models, inputs }: Subject, turn: Turn | undefined): string {
  const hasPhoto = inputs.some(({ kind }) => kind === "image");
  const said = models.flatMap((model) => {
    const asked = turn?.asked.get(model.model);
    return asked?.state === "answered"
      ? [sentenceOf(model, asked.answer, currencyOf(asked.given))]
      : [];
  });
  if (said.length > 0) return said.join(" ");
  return turn
    ? "Asking the models…"
    : `${hasPhoto ? "Drop a photo or write" : "Write"} a few words, and see what the models of the shop make of ${hasPhoto ? "it" : "them"}.`;
}
