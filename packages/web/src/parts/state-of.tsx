import type { Permission } from "@souk/api";
import { Button, Loader, Stack, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { type ApiError, apiErrorOf } from "../wire/answers.ts";
import { useSession } from "../wire/hooks.ts";
import { Icon, type IconName } from "./icon.tsx";
import { PageHeader } from "./page-header.tsx";
import styles from "./state-of.module.css";

const iconOf: Readonly<Record<string, IconName>> = {
  empty: "box",
  error: "warning",
  denied: "lock",
};

/** What stands where there is nothing to show: why, and what to do about it. */
export function StateOf({
  kind,
  title,
  text,
  icon = iconOf[kind] ?? "info",
  onRetry,
  children,
}: {
  kind: "empty" | "error" | "denied";
  title: string;
  /** One or two sentences. */
  text?: ReactNode;
  icon?: IconName;
  onRetry?: () => void;
  /** Buttons, code to copy. */
  children?: ReactNode;
}): ReactElement {
  return (
    <div className={styles["state"]} data-kind={kind} role={kind === "error" ? "alert" : undefined}>
      <div className={styles["icon"]}>
        <Icon name={icon} size={26} />
      </div>
      <Title order={2} fz="md">
        {title}
      </Title>
      {text && (
        <Text c="dimmed" maw={460}>
          {text}
        </Text>
      )}
      {onRetry && (
        <Button variant="default" onClick={onRetry} leftSection={<Icon name="refresh" size={16} />}>
          Try again
        </Button>
      )}
      {children}
    </div>
  );
}

/** Waiting, announced once; `full`: for the whole window. */
export function Loading({
  full = false,
  label = "Loading",
}: {
  full?: boolean;
  label?: string;
}): ReactElement {
  return (
    <Stack align="center" justify="center" mih={full ? "100vh" : 200} role="status">
      <Loader size="sm" type="dots" aria-hidden />
      <span className={styles["hidden"]}>{label}</span>
    </Stack>
  );
}

/** Why somebody sees nothing here: which right is missing and who can give it. */
export function Denied({ permission }: { permission?: Permission }): ReactElement {
  const session = useSession();
  const role = session.state === "open" ? session.person.role : "visitor";
  return (
    <StateOf
      kind="denied"
      title="You may not see this"
      text={
        <>
          As {role} you lack {permission ? <b>{permission}</b> : "the right"} for this. An
          administrator can change your role.
        </>
      }
    />
  );
}

/**
 * Shows the answer of a query, or the designed state while there is none: loading, refused, failed (with "Try again"), or
 * `empty` when `isEmpty` says so of the answer.
 */
export function Answer<T>({
  query,
  isEmpty,
  empty,
  loading,
  permission,
  title,
  children,
}: {
  query: UseQueryResult<T, ApiError>;
  isEmpty?: (answer: T) => boolean;
  empty?: ReactNode;
  loading?: ReactNode;
  /** Named when the server refuses. */
  permission?: Permission;
  /** Of a page that has no head before the answer is there. */
  title?: string;
  children: (answer: T) => ReactNode;
}): ReactElement {
  const head = title !== undefined && <PageHeader title={title} />;
  if (query.data !== undefined) {
    if (isEmpty?.(query.data))
      return <>{empty ?? <StateOf kind="empty" title="Nothing here yet" />}</>;
    return <>{children(query.data)}</>;
  }
  if (query.error)
    return (
      <Failed
        error={query.error}
        head={head}
        permission={permission}
        onRetry={() => void query.refetch()}
      />
    );
  return (
    <>
      {head}
      {loading ?? <Loading />}
    </>
  );
}

/** Why there is no answer: no such thing, no right to see it, or a failure that may be tried again. */
function Failed({
  error,
  head,
  permission,
  onRetry,
}: {
  error: ApiError;
  head: ReactNode;
  permission: Permission | undefined;
  onRetry: () => void;
}): ReactElement {
  const { status, code, message } = apiErrorOf(error);
  if (status === 404)
    return (
      <StateOf
        kind="empty"
        icon="search"
        title="There is no such thing"
        text={sentenceOf(message)}
      />
    );
  return (
    <>
      {head}
      {status === 403 ? (
        <Denied {...(permission && { permission })} />
      ) : (
        <StateOf
          kind="error"
          title={status === 0 ? "The server does not answer" : "This could not be loaded"}
          text={`${message} (${code})`}
          onRetry={onRetry}
        />
      )}
    </>
  );
}

/** A message of the server as a sentence. */
function sentenceOf(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith(".") ? "" : "."}`;
}
