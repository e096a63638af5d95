import type { Command } from "../command.ts";

/** `souk questions`. */
export const command: Command = {
  name: "questions",
  summary: "list the saved questions",
  examples: [{ line: "souk questions", about: "then: souk question 4" }],
  async run({ out, souk }) {
    const questions = (await souk()).questions.list();
    out.printJson(questions);
    out.printTable(
      [
        { title: "#", align: "right" },
        { title: "question" },
        { title: "name", paint: (cell) => out.style.dim(cell) },
      ],
      questions.map(({ id, title, slug }) => [String(id), title, slug]),
    );
    out.print();
    out.print(`Ask one with its number or name: ${out.style.cyan("souk question 4")}`);
  },
};
