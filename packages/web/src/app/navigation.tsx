import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Icon } from "../parts/icon.tsx";
import { groups, type PageEntry } from "../pages/page-entry.ts";
import { pages } from "../pages/pages.ts";
import { usePerson } from "../wire/hooks.ts";
import styles from "./shell.module.css";

/** The pages one may see, by group. What does not exist, or may not be seen, is not shown. */
export function Navigation({ onFollow }: { onFollow: () => void }): ReactElement {
  const { permissions } = usePerson();
  const visible = pages.filter(
    ({ group, permission }) => group && (!permission || permissions.has(permission)),
  );
  return (
    <nav className={styles["navigation"]} aria-label="Pages">
      {groups.map((group) => (
        <NavigationGroup
          key={group}
          title={group}
          pages={visible.filter((page) => page.group === group)}
          onFollow={onFollow}
        />
      ))}
    </nav>
  );
}

function NavigationGroup({
  title,
  pages: shown,
  onFollow,
}: {
  title: string;
  pages: readonly PageEntry[];
  onFollow: () => void;
}): ReactElement | null {
  if (shown.length === 0) return null;
  const id = `navigation-${title.toLowerCase()}`;
  return (
    <>
      <div className={styles["group"]} id={id}>
        {title}
      </div>
      <ul className={styles["list"]} aria-labelledby={id}>
        {shown.map(({ path, title: name, icon }) => (
          <li key={path}>
            <Link
              to={path}
              className={styles["link"]}
              activeOptions={{ exact: path === "/", includeSearch: false }}
              onClick={onFollow}
            >
              <Icon name={icon} />
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
