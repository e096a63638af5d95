import { Button, Group, useComputedColorScheme } from "@mantine/core";
import type { ReactElement } from "react";
import { saveFile } from "../../parts/export.ts";
import { Icon } from "../../parts/icon.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import { styleNonce } from "../../wire/nonce.ts";
import { framedReport } from "./framed-report.ts";
import styles from "./run.module.css";

/** The evaluation as the server drew it, in a frame that runs no script. */
export function Report({ id, name }: { id: string; name: string }): ReactElement {
  const scheme = useComputedColorScheme("light");
  const query = useApi("runReportPage", { params: { id } });
  if (query.error?.code === "RUN_NO_REPORT")
    return (
      <StateOf
        kind="empty"
        icon="file"
        title="No report"
        text="A report is written when a training has measured its model on the test rows."
      />
    );
  return (
    <Answer query={query}>
      {(page) => (
        <>
          <Group justify="flex-end" mb="xs">
            <Button
              size="xs"
              variant="default"
              leftSection={<Icon name="download" size={14} />}
              onClick={() => saveFile(`report-${name}.html`, page, "text/html")}
            >
              Download the page
            </Button>
          </Group>
          <iframe
            className={styles["report"]}
            title={`Report of ${name}`}
            sandbox=""
            srcDoc={framedReport(page, { nonce: styleNonce(), scheme })}
          />
        </>
      )}
    </Answer>
  );
}
