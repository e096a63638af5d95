import type { CorrectionRecord } from "../../souk-values.ts";
import type { Call, HandlersOf } from "../call.ts";
import { batchOfRows } from "../predicting.ts";
import type { ServerState } from "../state.ts";

type CorrectionHandlers = Pick<
  HandlersOf<"predictions">,
  "correctPrediction" | "correctRow" | "listCorrections" | "countCorrections"
>;

/** What people say was wrong. Each correction is in the audit log. */
export function correctionHandlers(state: ServerState): CorrectionHandlers {
  const { serving, audit } = state.souk;
  return {
    async correctPrediction({ params, body, principal, actor }) {
      const by = principal.username;
      const correction = await serving.correct(params.id, { label: body.label, by });
      const details = { correction: correction.id };
      await audit.record({ action: "prediction.correct", subject: params.id, details }, actor);
      return correction;
    },
    correctRow: (call) => correctRow(state, call),
    listCorrections: ({ query }) => serving.corrections(query),
    countCorrections: ({ params }) => serving.correctionCount(params.name),
  };
}

async function correctRow(
  { souk }: ServerState,
  { params, body, principal, actor }: Call<"correctRow">,
): Promise<CorrectionRecord> {
  const { row, label, ...ref } = body;
  const card = await souk.serving.card(params.name, ref);
  const correction = await souk.serving.correctRow({
    model: params.name,
    ...ref,
    batch: batchOfRows(card, [row]),
    label,
    by: principal.username,
  });
  const details = { correction: correction.id };
  await souk.audit.record({ action: "model.correct", subject: params.name, details }, actor);
  return correction;
}
