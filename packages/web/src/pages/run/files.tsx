import { ActionIcon } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactElement, useState } from "react";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { saveFile } from "../../parts/export.ts";
import { formatBytes } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { apiErrorOf } from "../../wire/answers.ts";
import { client } from "../../wire/client.ts";
import { useApi } from "../../wire/hooks.ts";

interface File {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Files the run kept; a click fetches one. */
export function Files({ id }: { id: string }): ReactElement {
  const query = useApi("runArtifacts", { params: { id } });
  const [coming, setComing] = useState<string>();

  async function fetchFile({ path }: File): Promise<void> {
    setComing(path);
    try {
      const response = await client.runArtifact({ params: { id, "*": path } });
      saveFile(path.split("/").at(-1) ?? "file", await response.blob(), "application/octet-stream");
    } catch (thrown) {
      const { message, code } = apiErrorOf(thrown);
      notifications.show({ color: "red", message: `${message} (${code})` });
    } finally {
      setComing(undefined);
    }
  }

  const columns = fileColumns(coming, (file) => void fetchFile(file));
  return (
    <Answer
      query={query}
      isEmpty={({ items }) => items.length === 0}
      empty={
        <StateOf
          kind="empty"
          icon="file"
          title="No files"
          text="This run has kept no file so far."
        />
      }
    >
      {({ items }) => (
        <DataTable
          name="files"
          label="files"
          columns={columns}
          rows={items}
          rowId={({ path }) => path}
          onOpen={(file) => void fetchFile(file)}
          withSearch={items.length > 12}
        />
      )}
    </Answer>
  );
}

/** `coming` is the path of the file that is being fetched. */
function fileColumns(
  coming: string | undefined,
  onFetch: (file: File) => void,
): readonly Column<File>[] {
  return [
    { id: "path", title: "File", value: ({ path }) => path, width: 220, grow: 4 },
    {
      id: "size",
      title: "Size",
      value: ({ sizeBytes }) => sizeBytes,
      show: ({ sizeBytes }) => formatBytes(sizeBytes),
      width: 100,
    },
    {
      id: "get",
      title: "",
      isSortable: false,
      value: () => undefined,
      show: (file) => (
        <ActionIcon
          variant="subtle"
          size="sm"
          aria-label={`Download ${file.path}`}
          loading={coming === file.path}
          onClick={(event) => {
            event.stopPropagation();
            onFetch(file);
          }}
        >
          <Icon name="download" size={15} />
        </ActionIcon>
      ),
      width: 52,
      grow: 0,
    },
  ];
}
