/** A token of an explanation: where it stands in the text and what it did for the answer. */
export interface Token {
  readonly from: number;
  readonly to: number;
  readonly contribution: number;
}

/** A piece of a text; pieces in their order are the whole text. */
export interface Piece {
  readonly from: number;
  readonly text: string;
  /** What its tokens did together; 0 for what no token covers. */
  readonly contribution: number;
  /** Its size among the pieces: 1 for the strongest. */
  readonly strength: number;
}

/** Weaker than this share of the strongest is not marked: a page full of colours says nothing. */
const LEAST_STRENGTH = 0.1;

/**
 * A text cut where its tokens begin and end. Where tokens overlap (words and pairs of words) their contributions add up,
 * each spread evenly over its characters.
 */
export function markedPieces(text: string, tokens: readonly Token[]): readonly Piece[] {
  const inside = tokens.filter(({ from, to }) => from >= 0 && to > from && to <= text.length);
  const cuts = new Set([0, text.length, ...inside.flatMap(({ from, to }) => [from, to])]);
  const edges = [...cuts].toSorted((a, b) => a - b);
  const pieces = edges.slice(1).map((to, at) => {
    const from = edges[at] ?? 0;
    const contribution = inside
      .filter((token) => token.from <= from && token.to >= to)
      .reduce(
        (sum, token) => sum + (token.contribution * (to - from)) / (token.to - token.from),
        0,
      );
    return { from, text: text.slice(from, to), contribution };
  });
  const most = Math.max(...pieces.map(({ contribution }) => Math.abs(contribution)), 0);
  return pieces.map((piece) => {
    const strength = most === 0 ? 0 : Math.abs(piece.contribution) / most;
    return { ...piece, strength: strength < LEAST_STRENGTH ? 0 : strength };
  });
}
