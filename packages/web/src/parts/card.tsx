import { Title } from "@mantine/core";
import { type ReactElement, type ReactNode, useId } from "react";
import styles from "./card.module.css";

/** A titled piece of a page. */
export function Card({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}): ReactElement {
  const id = useId();
  return (
    <section className={styles["card"]} aria-labelledby={id}>
      <header className={styles["head"]}>
        <Title order={2} id={id} fz="md">
          {title}
        </Title>
        {actions}
      </header>
      {children}
    </section>
  );
}
