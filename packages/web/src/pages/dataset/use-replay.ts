import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useApiChange } from "../../wire/hooks.ts";
import { apiErrorOf } from "../../wire/answers.ts";
import { counted } from "../../parts/counted.ts";

/** New texts by id of the row and column. */
export type Fixes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Tries refused rows again, with fixes; says what became of them. `replay` answers false when nothing was done. */
export function useReplay(name: string): {
  replay: (ids: readonly string[], fixes: Fixes) => Promise<boolean>;
  isBusy: boolean;
  trouble: string | undefined;
} {
  const [trouble, setTrouble] = useState<string>();
  const { mutateAsync, isPending } = useApiChange("replayQuarantine", {
    touches: ["listQuarantine", "describeDataset", "listDatasets", "profileDataset"],
  });
  return {
    isBusy: isPending,
    trouble,
    async replay(ids, fixes) {
      setTrouble(undefined);
      const own = Object.fromEntries(
        ids.flatMap((id) => (fixes[id] ? [[id, { ...fixes[id] }]] : [])),
      );
      try {
        const { rows, quarantined, reasons } = await mutateAsync({
          params: { name },
          body: { ids: [...ids], ...(Object.keys(own).length > 0 && { fixes: own }) },
        });
        if (rows > 0)
          notifications.show({ message: `${counted(rows, "row")} replayed into ${name}` });
        if (quarantined > 0)
          setTrouble(
            `${counted(quarantined, "row is", "rows are")} still refused: ${Object.keys(reasons).join("; ")}`,
          );
        return true;
      } catch (thrown) {
        const { code, message } = apiErrorOf(thrown);
        setTrouble(`${message} (${code})`);
        return false;
      }
    },
  };
}
