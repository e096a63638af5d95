import { SoukError } from "@souk/core";
import {
  questions,
  renderChartPng,
  renderChartSvg,
  type Question,
  type SqlRunner,
} from "@souk/lake";
import type { QuestionsNoun } from "../question-values.ts";

/** The saved questions, answered by the SQL runner's child processes. */
export function createQuestions(runner: SqlRunner): QuestionsNoun {
  return {
    list: () => questions,
    async run(name, options) {
      const question = find(name);
      const results = [];
      for (const statement of question.statements) {
        results.push({ name: statement.name, result: await runner.run(statement.sql, options) });
      }
      return { question, results };
    },
    async chart(name, { format, statement: wanted, signal }) {
      const question = find(name);
      const statement = question.statements.find(
        (candidate) => wanted === undefined || candidate.name === wanted,
      );
      if (!statement) {
        const names = question.statements.map((candidate) => candidate.name).join(", ");
        throw new SoukError(
          "QUESTION_UNKNOWN",
          `question ${question.id} has the statements ${names}; got "${wanted}"`,
        );
      }
      const result = await runner.run(statement.sql, { signal });
      return format === "png"
        ? renderChartPng(statement.chart, result)
        : new TextEncoder().encode(renderChartSvg(statement.chart, result));
    },
  };
}

function find(name: string): Question {
  const question = questions.find(
    (candidate) => String(candidate.id) === name || candidate.slug === name,
  );
  if (!question) {
    throw new SoukError(
      "QUESTION_UNKNOWN",
      `expected a question from 1 to ${questions.length} or its slug, got "${name}"`,
    );
  }
  return question;
}
