import { Alert } from "@mantine/core";
import type { ReactElement } from "react";
import { Icon } from "../../parts/icon.tsx";
import type { ApiError } from "../../wire/answers.ts";

/** Why the server did not do what a form asked for. */
export function Refusal({ error }: { error: ApiError | null }): ReactElement | null {
  if (!error) return null;
  return (
    <Alert color="red" icon={<Icon name="warning" />} role="alert">
      {error.message} ({error.code})
    </Alert>
  );
}
