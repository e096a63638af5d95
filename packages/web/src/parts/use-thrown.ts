import { useCallback, useState } from "react";

/**
 * Hands what was thrown outside of drawing (in an effect, a piece of the dashboard that did not come) to the page's error
 * boundary, which says so and knows what to do.
 */
export function useThrown(): (error: unknown) => void {
  const [thrown, setThrown] = useState<{ readonly error: unknown }>();
  if (thrown) throw thrown.error;
  return useCallback((error: unknown) => setThrown({ error }), []);
}
