import { Stack, Text, Title } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import styles from "./front-door.module.css";

/** The frame of the pages before the shell: login and first run. */
export function FrontDoor({
  title,
  about,
  children,
}: {
  title: string;
  about: string;
  children: ReactNode;
}): ReactElement {
  return (
    <main className={styles["door"]}>
      <div className={styles["card"]}>
        <img src="/souk.svg" width={44} height={44} alt="" />
        <div>
          <Title order={1} fz={22}>
            {title}
          </Title>
          <Text c="dimmed" mt={4}>
            {about}
          </Text>
        </div>
        <Stack gap="md">{children}</Stack>
      </div>
    </main>
  );
}
