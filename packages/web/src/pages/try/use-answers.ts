import { useCallback, useRef, useState } from "react";
import type { ModelAnswer, ServedModel } from "../../parts/answering/served-model.ts";
import { type ApiError, apiErrorOf } from "../../wire/answers.ts";
import { callApi } from "../../wire/hooks.ts";
import { forModel, formOf, type Given, rowOf } from "./inputs.ts";

/** How far the question to one model is. */
export type Asked =
  | { readonly state: "not asked" }
  | { readonly state: "asking" }
  | { readonly state: "answered"; readonly answer: ModelAnswer; readonly given: Given }
  | { readonly state: "refused"; readonly error: ApiError };

/** One question to every model of a subject. */
export interface Turn {
  /** 1, 2, 3… */
  readonly number: number;
  readonly asked: ReadonlyMap<string, Asked>;
}

const TOP = 5;

/** Asks models side by side; each answer is stored under its id and shows as it comes. A new question drops the old one. */
export function useAnswers(): {
  turn: Turn | undefined;
  ask: (models: readonly ServedModel[], given: Given) => Promise<void>;
  forget: () => void;
} {
  const [turn, setTurn] = useState<Turn>();
  const latest = useRef(0);

  const ask = useCallback(async (models: readonly ServedModel[], given: Given): Promise<void> => {
    const number = ++latest.current;
    const put = (model: string, asked: Asked): void =>
      setTurn((now) =>
        now?.number === number ? { number, asked: new Map(now.asked).set(model, asked) } : now,
      );
    const started = models.map((model) => [model, forModel(model, given)] as const);
    setTurn({
      number,
      asked: new Map(
        started.map(([{ model }, own]) => [model, { state: own ? "asking" : "not asked" }]),
      ),
    });
    await Promise.all(
      started.map(async ([model, own]) => {
        if (own) put(model.model, await answerOf(model, own));
      }),
    );
  }, []);

  const forget = useCallback(() => {
    latest.current += 1;
    setTurn(undefined);
  }, []);
  return { turn, ask, forget };
}

async function answerOf(model: ServedModel, given: Given): Promise<Asked> {
  try {
    const { probabilities, text, image, ...answer } = await callApi("predictText", {
      body: given.photo
        ? askingForm(model, given)
        : { model: model.model, inputs: rowOf(model, given), top_k: TOP },
    });
    const parts = text && image ? { text, image } : undefined;
    return {
      state: "answered",
      given,
      answer: { ...answer, top: probabilities, ...(parts && { parts }) },
    };
  } catch (thrown) {
    return { state: "refused", error: apiErrorOf(thrown) };
  }
}

function askingForm({ model }: ServedModel, given: Given): FormData {
  const form = formOf(given);
  form.set("model", model);
  form.set("top_k", String(TOP));
  return form;
}
