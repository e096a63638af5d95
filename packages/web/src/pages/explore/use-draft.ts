import { useCallback, useState } from "react";
import { usePerson } from "../../wire/hooks.ts";

/** What each person of this tab has in the editor; a reload forgets it, the address keeps what was asked. */
const drafts = new Map<string, string>();

/** The text in the editor, there again after a look at another page. An address with a statement wins. */
export function useDraft(inAddress: string): [string, (text: string) => void] {
  const { id } = usePerson();
  const [text, setText] = useState(() => inAddress || (drafts.get(id) ?? ""));
  const keep = useCallback(
    (next: string) => {
      drafts.set(id, next);
      setText(next);
    },
    [id],
  );
  return [text, keep];
}
