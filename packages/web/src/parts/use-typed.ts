import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

/** Typing rests this long before a text is kept, ms. */
const TYPING_MS = 300;

/**
 * A text that is typed now and kept (in the address) when the typing rests. What is kept from elsewhere, by a link or the way
 * back, is taken over; what is still being typed is never overwritten by what was kept of it.
 */
export function useTyped(
  kept: string,
  keep: (text: string) => void,
): readonly [text: string, type: (text: string) => void] {
  const [text, setText] = useState(kept);
  const [rested] = useDebouncedValue(text, TYPING_MS);
  const sent = useRef(kept);
  const latest = useRef(keep);
  useEffect(() => {
    latest.current = keep;
  }, [keep]);
  useEffect(() => {
    if (sent.current === rested) return;
    sent.current = rested;
    latest.current(rested);
  }, [rested]);
  useEffect(() => {
    if (sent.current === kept) return;
    sent.current = kept;
    setText(kept);
  }, [kept]);
  return [text, setText];
}
