import type { RouteAnswer } from "@souk/api";
import { ActionIcon, Anchor, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { Confirm } from "../../parts/confirm.tsx";
import { formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { addressOf, PageLink } from "../../parts/page-link.tsx";
import { StateOf } from "../../parts/state-of.tsx";
import { useApiChange, useMay, usePerson } from "../../wire/hooks.ts";
import styles from "./questions.module.css";

type Saved = RouteAnswer<"listSavedQuestions">["items"][number];

/** The questions people saved, newest first; owners and administrators pin and remove them. */
export function SavedList({ items }: { items: readonly Saved[] }): ReactElement {
  const [leaving, setLeaving] = useState<Saved>();
  const remove = useApiChange("removeSavedQuestion", { touches: ["listSavedQuestions"] });
  const mayAsk = useMay("sql:run");
  if (items.length === 0)
    return (
      <StateOf
        kind="empty"
        icon="query"
        title="Nobody saved a question yet"
        text={
          mayAsk ? (
            <>
              Ask something in <PageLink to="/explore">Explore</PageLink> and press Save: it stays
              here, and on Home if you like.
            </>
          ) : (
            "Analysts ask in SQL and save what others should see; it shows up here."
          )
        }
      />
    );
  return (
    <>
      <ul className={styles["list"]}>
        {items.map((item) => (
          <SavedItem key={item.id} item={item} onRemove={setLeaving} />
        ))}
      </ul>
      <Confirm
        opened={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={async () => {
          if (leaving) await remove.mutateAsync({ params: { id: leaving.id } });
        }}
        title="Remove this question?"
        action="Remove"
        isDangerous
      >
        <p className={styles["asked"]}>
          “{leaving?.title}” goes for everybody{leaving?.pinned ? ", and from Home" : ""}. No data
          is lost.
        </p>
      </Confirm>
    </>
  );
}

function SavedItem({
  item,
  onRemove,
}: {
  item: Saved;
  onRemove: (item: Saved) => void;
}): ReactElement {
  const { id, title, why, by, createdAt, pinned } = item;
  const { username, role } = usePerson();
  const isMine = useMay("sql:run") && (by === username || role === "admin");
  return (
    <li>
      <span className={styles["number"]} data-pinned={pinned || undefined}>
        <Icon name={pinned ? "pin" : "query"} size={15} {...(pinned && { label: "On Home" })} />
      </span>
      <div>
        <Anchor component={Link} to={addressOf("/saved/$saved", { saved: id })} fw={600}>
          {title}
        </Anchor>
        {why && <p>{why}</p>}
        <small>
          {by}, {formatTime(createdAt)}
        </small>
      </div>
      {isMine && (
        <span className={styles["actions"]}>
          <PinButton item={item} />
          <Tooltip label="Remove">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove ${title}`}
              onClick={() => onRemove(item)}
            >
              <Icon name="trash" size={16} />
            </ActionIcon>
          </Tooltip>
        </span>
      )}
    </li>
  );
}

function PinButton({ item: { id, title, pinned } }: { item: Saved }): ReactElement {
  const change = useApiChange("changeSavedQuestion", { touches: ["listSavedQuestions"] });
  const words = pinned ? "Take down from Home" : "Pin to Home";
  return (
    <Tooltip label={words}>
      <ActionIcon
        variant={pinned ? "light" : "subtle"}
        color={pinned ? "souk" : "gray"}
        aria-label={`${words}: ${title}`}
        aria-pressed={pinned}
        loading={change.isPending}
        onClick={() =>
          change.mutate(
            { params: { id }, body: { pinned: !pinned } },
            { onError: ({ message }) => notifications.show({ message, color: "red" }) },
          )
        }
      >
        <Icon name="pin" size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
