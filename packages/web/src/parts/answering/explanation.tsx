import type { RouteAnswer } from "@souk/api";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import type { ApiError } from "../../wire/answers.ts";
import { callApi } from "../../wire/hooks.ts";
import { formatNumber } from "../format.ts";
import { Answer } from "../state-of.tsx";
import styles from "./answering.module.css";
import { HeatPhoto } from "./heat-photo.tsx";
import { mainReason, unknownTexts } from "./main-reason.ts";
import { markedPieces } from "./marked-words.ts";
import { inWords } from "./served-model.ts";

type Explained = RouteAnswer<"explainRow">;
type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Values that moved the answer, shown at most. */
const MOST_MOVES = 8;
/** What moved less would show as 0.00. */
const LEAST_MOVE = 0.005;

/**
 * Why a model answers as it does: the words that spoke for and against, the values, the places of the photo. Asked for when
 * it is shown; nothing of it is stored.
 */
export function Explanation({
  model,
  version,
  row,
  form,
  photo,
  labelWords = String,
}: {
  model: string;
  version: number;
  /** The inputs by name; a photo by its hash. */
  row: Row;
  /** The same with the bytes of a photo that is not stored yet. */
  form?: { readonly id: string; readonly data: () => FormData } | undefined;
  /** The photo that was looked at, filling its place. */
  photo?: ReactNode;
  /** An answer as people say it: "1 star". */
  labelWords?: (label: string | number) => string;
}): ReactElement {
  const query = useQuery<Explained, ApiError>({
    queryKey: ["explainRow", model, version, form?.id ?? row],
    queryFn: ({ signal }) =>
      callApi("explainRow", {
        params: { name: model },
        body: form ? withVersion(form.data(), version) : { row, version },
        signal,
      }),
    staleTime: Infinity,
    retry: false,
  });
  return (
    <Answer query={query} permission="predict:run">
      {(explained) => (
        <Reasons explained={explained} row={row} photo={photo} labelWords={labelWords} />
      )}
    </Answer>
  );
}

function withVersion(data: FormData, version: number): FormData {
  data.set("version", String(version));
  return data;
}

function Reasons({
  explained: { label, tokens, features, images },
  row,
  photo,
  labelWords,
}: {
  explained: Explained;
  row: Row;
  photo: ReactNode;
  labelWords: (label: string | number) => string;
}): ReactElement {
  const texts = [...new Set(tokens.map(({ input }) => input))];
  const unknown = unknownTexts({ tokens });
  const moves = features
    .filter(({ input }) => !unknown.has(input))
    .filter(({ contribution }) => Math.abs(contribution) >= LEAST_MOVE)
    .slice(0, MOST_MOVES);
  const sides: readonly [string, string] =
    label === undefined
      ? ["Makes it more", "Makes it less"]
      : [`For ${labelWords(label)}`, `Against ${labelWords(label)}`];
  const [forIt, againstIt] = sides;
  if (texts.length + moves.length + images.length === 0)
    return <p className={styles["hint"]}>Nothing of what was given moved the answer.</p>;
  return (
    <div className={styles["parts"]}>
      <p className={styles["hint"]}>{mainReason({ tokens, features, images }, sides)}</p>
      {texts.map((input) => (
        <section key={input}>
          <h4 className={styles["sub"]}>{inWords(input)}</h4>
          <MarkedText
            text={textOf(row[input])}
            tokens={tokens.filter((token) => token.input === input)}
            words={sides}
          />
          {unknown.has(input) && (
            <p className={styles["hint"]}>The model learnt none of these words.</p>
          )}
        </section>
      ))}
      {images.map((image) => (
        <section key={image.input}>
          <h4 className={styles["sub"]}>{inWords(image.input)}</h4>
          <HeatPhoto {...image}>{photo}</HeatPhoto>
        </section>
      ))}
      {moves.length > 0 && (
        <section>
          <h4 className={styles["sub"]}>What was given, and how much it moved</h4>
          <Moves moves={moves} />
        </section>
      )}
      <p className={styles["legend"]}>
        <span data-sign="for">{forIt} (+)</span>
        <span data-sign="against">{againstIt} (−)</span>
      </p>
    </div>
  );
}

function MarkedText({
  text,
  tokens,
  words: [forIt, againstIt],
}: {
  text: string;
  tokens: Explained["tokens"];
  words: readonly string[];
}): ReactElement {
  return (
    <p className={styles["marked"]}>
      {markedPieces(text, tokens).map(({ from, text: words, contribution, strength }) => {
        if (strength === 0) return <span key={from}>{words}</span>;
        const isFor = contribution > 0;
        return (
          <mark
            key={from}
            data-sign={isFor ? "for" : "against"}
            style={{ background: tintOf(isFor, strength) }}
            title={`${isFor ? forIt : againstIt}: ${signed(contribution)}`}
          >
            {words}
            <sup>{isFor ? "+" : "−"}</sup>
          </mark>
        );
      })}
    </p>
  );
}

/** The stronger, the fuller: words stay readable on the fullest. */
function tintOf(isFor: boolean, strength: number): string {
  const color = isFor ? "var(--souk-accent)" : "var(--souk-bad)";
  return `color-mix(in srgb, ${color} ${Math.round(10 + 28 * strength)}%, transparent)`;
}

function Moves({ moves }: { moves: Explained["features"] }): ReactElement {
  const most = Math.max(...moves.map(({ contribution }) => Math.abs(contribution)));
  return (
    <ul className={styles["moves"]}>
      {moves.map(({ input, value, contribution }) => (
        <li key={`${input} ${value}`}>
          <span title={String(value ?? "")}>
            {inWords(input)}
            {value !== null && `: ${typeof value === "number" ? formatNumber(value) : value}`}
          </span>
          <span className={styles["axis"]} aria-hidden>
            <span
              className={styles["move"]}
              data-sign={contribution > 0 ? "for" : "against"}
              style={{ width: `${(50 * Math.abs(contribution)) / most}%` }}
            />
          </span>
          <span>{signed(contribution)}</span>
        </li>
      ))}
    </ul>
  );
}

function signed(value: number): string {
  return `${value > 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`;
}

function textOf(cell: Row[string] | undefined): string {
  return cell === null || cell === undefined ? "" : String(cell);
}
