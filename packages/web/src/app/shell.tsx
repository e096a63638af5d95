import { ActionIcon, AppShell, Burger, Group, Kbd, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { spotlight } from "@mantine/spotlight";
import { Link, Outlet, useMatches, useRouterState } from "@tanstack/react-router";
import { type ReactElement, useEffect, useLayoutEffect, useRef } from "react";
import { Icon } from "../parts/icon.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { Denied } from "../parts/state-of.tsx";
import { useSession } from "../wire/hooks.ts";
import { Crumbs } from "./crumbs.tsx";
import { LiveBadge } from "./live-badge.tsx";
import { Navigation } from "./navigation.tsx";
import { Palette } from "./palette.tsx";
import styles from "./shell.module.css";
import { UserMenu } from "./user-menu.tsx";

/** Id of the place where pages stand. */
const PAGE = "page";

/** What surrounds every page: navigation, breadcrumbs, palette, who is logged in. */
export function Shell(): ReactElement {
  const [opened, { toggle, close }] = useDisclosure();
  const address = useRouterState({ select: (state) => state.location.pathname });
  useEffect(close, [address, close]);
  useFocusOnPage(address);
  return (
    <AppShell
      layout="alt"
      header={{ height: 52 }}
      navbar={{ width: 228, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={0}
      classNames={{ main: styles["main"], navbar: styles["navbar"], header: styles["header"] }}
    >
      <a className={styles["skip"]} href={`#${PAGE}`}>
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px={{ base: "sm", sm: "lg" }} justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? "Close the navigation" : "Open the navigation"}
            />
            <Crumbs />
          </Group>
          <Group gap="sm" wrap="nowrap">
            <LiveBadge />
            <PaletteButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar>
        <Group h={52} px="md" justify="space-between" className={styles["brand"]}>
          <Brand />
          <Burger
            opened
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label="Close the navigation"
          />
        </Group>
        <Navigation onFollow={close} />
        <UserMenu />
      </AppShell.Navbar>
      <AppShell.Main id={PAGE} tabIndex={-1}>
        <div className={styles["page"]}>
          <Allowed />
        </div>
      </AppShell.Main>
      <Palette />
    </AppShell>
  );
}

/** Another page is read from its beginning, with the keyboard and by screen readers too. */
function useFocusOnPage(address: string): void {
  const last = useRef(address);
  useEffect(() => {
    if (last.current === address) return;
    last.current = address;
    document.getElementById(PAGE)?.focus({ preventScroll: true });
  }, [address]);
}

function Brand(): ReactElement {
  return (
    <Link to="/" className={styles["brandLink"]}>
      <img src="/souk.svg" width={24} height={24} alt="" />
      <Text span fw={700} fz="lg">
        Souk
      </Text>
    </Link>
  );
}

function PaletteButton(): ReactElement {
  return (
    <>
      <UnstyledButton className={styles["find"]} onClick={spotlight.open} visibleFrom="sm">
        <Icon name="search" size={15} />
        <span>Find anything</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        hiddenFrom="sm"
        onClick={spotlight.open}
        aria-label="Find anything"
      >
        <Icon name="search" />
      </ActionIcon>
    </>
  );
}

/** The page of the address, when whoever is logged in may see it. */
function Allowed(): ReactElement {
  const session = useSession();
  const page = useMatches().at(-1)?.staticData.page;
  // Before the effects of the page itself, which knows better words: the name of the thing it shows.
  useLayoutEffect(() => {
    document.title = page ? `${page.title} · Souk` : "Souk";
  }, [page]);
  const { permission, title = "Souk" } = page ?? {};
  if (permission && session.state === "open" && !session.person.permissions.has(permission))
    return (
      <>
        <PageHeader title={title} />
        <Denied permission={permission} />
      </>
    );
  return <Outlet />;
}
