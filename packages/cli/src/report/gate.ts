import { listOf, member, textOf } from "../plain.ts";
import type { Output } from "../terminal/output.ts";

/** Prints every rule of a gate and whether it held. */
export function printGate(out: Output, gate: unknown): void {
  const passed = member(gate, "passed") === true;
  out.print(
    `${out.style.bold("Gate")}  ${passed ? out.style.green("passed") : out.style.red("not passed")}`,
  );
  for (const rule of listOf(gate, "rules")) {
    const mark = member(rule, "passed") === true ? out.style.green("✓") : out.style.red("✗");
    out.print(
      `  ${mark} ${textOf(rule, "name")}: expected ${textOf(rule, "expected")}, got ${textOf(rule, "got")}`,
    );
  }
}
