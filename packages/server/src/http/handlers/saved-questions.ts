import type { Principal } from "../../accounts/account-values.ts";
import type { QuestionKeeper, SavedQuestion } from "../../question-values.ts";
import type { HandlersOf } from "../call.ts";
import type { ServerState } from "../state.ts";

type SavedQuestionHandlers = Pick<
  HandlersOf<"sql">,
  | "listSavedQuestions"
  | "saveQuestion"
  | "answerSavedQuestion"
  | "changeSavedQuestion"
  | "removeSavedQuestion"
>;

/** Questions people keep. Each change is in the audit log, with who made it. */
export function savedQuestionHandlers({ souk }: ServerState): SavedQuestionHandlers {
  const { savedQuestions, audit } = souk;
  return {
    listSavedQuestions: async () => ({ items: await savedQuestions.list() }),
    async saveQuestion({ body, principal, actor }) {
      const saved = await savedQuestions.save(body, keeperOf(principal));
      await audit.record(lineOf("question.save", saved), actor);
      return saved;
    },
    answerSavedQuestion: ({ params, signal }) => savedQuestions.answer(params.id, { signal }),
    async changeSavedQuestion({ params, body, principal, actor }) {
      const saved = await savedQuestions.change(params.id, body, keeperOf(principal));
      await audit.record(lineOf("question.change", saved), actor);
      return saved;
    },
    async removeSavedQuestion({ params, principal, actor }) {
      const removed = await savedQuestions.remove(params.id, keeperOf(principal));
      await audit.record(lineOf("question.remove", removed), actor);
    },
  };
}

function keeperOf({ id, username, role }: Principal): QuestionKeeper {
  return { id, username, mayAll: role === "admin" };
}

function lineOf(action: string, { id, title, pinned, by }: SavedQuestion) {
  return { action, subject: id, details: { title, pinned, by } };
}
