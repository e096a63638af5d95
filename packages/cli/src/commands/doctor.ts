import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";

/** `souk doctor`. */
export const command: Command = {
  name: "doctor",
  summary: "examine the installation and the data directory",
  about: "Ends with exit code 4 when something is wrong, and says what to do about it.",
  examples: [{ line: "souk doctor --json", about: "for a monitor" }],
  async run({ out, souk, dataDirectory }) {
    const report = await (await souk()).operations.doctor();
    out.printJson(report);
    out.print(`${out.style.bold("souk doctor")}  ${out.style.dim(dataDirectory)}`);
    for (const { name, passed, message, cure } of report.findings) {
      const mark = passed ? out.style.green("✓") : out.style.red("✗");
      out.print(`  ${mark} ${name.padEnd(16)} ${message}`);
      if (!passed && cure !== undefined) out.print(`    ${out.style.cyan("→")} ${cure}`);
    }
    out.print();
    out.print(
      report.healthy
        ? out.style.green("All is well.")
        : out.style.red("Something needs attention."),
    );
    return report.healthy ? exitCodes.ok : exitCodes.refused;
  },
};
