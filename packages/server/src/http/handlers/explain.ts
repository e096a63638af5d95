import { routes } from "@souk/api";
import { SoukError } from "@souk/core";
import type { ExplainAnswer } from "../../souk-values.ts";
import type { Call } from "../call.ts";
import { looseRow, rowOf } from "../photo-inputs.ts";
import { batchOfRows, type InputRow } from "../predicting.ts";
import { type PredictionForm, withForm } from "../prediction-form.ts";
import type { ServerState } from "../state.ts";

interface Question {
  readonly row: (card: Awaited<ReturnType<ServerState["souk"]["serving"]["card"]>>) => InputRow;
  readonly label?: string | number;
  readonly version?: number;
  readonly alias?: string;
}

/** Explains a row of a JSON body or of a form. */
export async function explainRow(state: ServerState, call: Call<"explainRow">): Promise<object> {
  const { body, request } = call;
  // The body of a form is read below.
  if (typeof body === "object") {
    const { row, ...rest } = body;
    return plain(await explain(state, call, { row: () => row, ...rest }));
  }
  const reading = { request, contract: routes.explainRow, budget: state.photos };
  return withForm(reading, async (form) => plain(await explain(state, call, questionOf(form))));
}

async function explain(
  { souk }: ServerState,
  { params, signal }: Call<"explainRow">,
  { row, label, version, alias }: Question,
): Promise<ExplainAnswer> {
  const ref = { ...(version !== undefined && { version }), ...(alias && { alias }) };
  const card = await souk.serving.card(params.name, ref);
  return souk.serving.explain({
    model: params.name,
    ...ref,
    batch: batchOfRows(card, [row(card)]),
    ...(label !== undefined && { label }),
    signal,
  });
}

function questionOf(form: PredictionForm): Question {
  const label = form.fields.get("label");
  const version = form.fields.get("version");
  const alias = form.fields.get("alias");
  if (version !== undefined && !/^[1-9]\d{0,9}$/.test(version))
    throw new SoukError("HTTP_MULTIPART", "version must be a number from 1");
  return {
    row: (card) => rowOf(card, looseRow(form)),
    ...(label !== undefined && { label }),
    ...(version !== undefined && { version: Number(version) }),
    ...(alias !== undefined && { alias }),
  };
}

/** Heat as a list of numbers. */
function plain({ images, ...explanation }: ExplainAnswer): object {
  return { ...explanation, images: images.map((one) => ({ ...one, heat: Array.from(one.heat) })) };
}
