import type { ReactElement } from "react";
import { CodeBlock } from "../../parts/code-block.tsx";
import { CopyAs } from "../../parts/copy-as.tsx";
import { apiErrorOf } from "../../wire/answers.ts";
import { callApi } from "../../wire/hooks.ts";
import { formatMs } from "./facts.ts";
import { type Protocol, type ProtocolCall, protocols, textsOf } from "./protocols.ts";
import styles from "./serving.module.css";

/** What came of a question. */
export interface Outcome {
  readonly text: string;
  readonly elapsedMs: number;
  readonly isRefused: boolean;
}

/** Asks, and keeps the answer or the refusal, and how long it took. Never throws. */
export async function outcomeOf(call: ProtocolCall): Promise<Outcome> {
  const startMs = performance.now();
  try {
    const answer = await callApi(call.route, call.args);
    return {
      text: JSON.stringify(answer, null, 2),
      elapsedMs: performance.now() - startMs,
      isRefused: false,
    };
  } catch (thrown) {
    const { code, message } = apiErrorOf(thrown);
    return {
      text: `${message} (${code})`,
      elapsedMs: performance.now() - startMs,
      isRefused: true,
    };
  }
}

/** The request as one would make it elsewhere, and what came of it. */
export function Exchange({
  call,
  protocol,
  outcome,
}: {
  call: ProtocolCall;
  protocol: Protocol;
  outcome: Outcome | undefined;
}): ReactElement {
  const texts = textsOf(call, location.origin);
  const name = protocols.find(({ id }) => id === protocol)?.name ?? "";
  return (
    <div className={styles["result"]}>
      <div className={styles["title"]}>
        <h3>Request</h3>
        <CopyAs texts={texts} />
      </div>
      <CodeBlock text={texts.curl} label={`${name} request for a shell`} />
      {outcome && (
        <div className={styles["result"]} role="status" aria-label="Answer of the model">
          <h3>
            {outcome.isRefused ? "Refused" : "Answer"} after {formatMs(outcome.elapsedMs)}
          </h3>
          <CodeBlock text={outcome.text} label="answer" />
        </div>
      )}
    </div>
  );
}
