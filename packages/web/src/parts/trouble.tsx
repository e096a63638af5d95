import { Alert } from "@mantine/core";
import type { ReactElement } from "react";
import type { ApiError } from "../wire/answers.ts";
import { Icon } from "./icon.tsx";

/** Why the server refused what was just asked of it; nothing while it did not. */
export function Trouble({ error }: { error: ApiError | null }): ReactElement | null {
  if (!error) return null;
  return (
    <Alert color="red" icon={<Icon name="warning" />} role="alert">
      {error.message} ({error.code})
    </Alert>
  );
}
