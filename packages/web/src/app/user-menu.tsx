import { Avatar, Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Icon } from "../parts/icon.tsx";
import { usePerson } from "../wire/hooks.ts";
import { logOut } from "../wire/session.ts";
import styles from "./shell.module.css";

const schemes = [
  { value: "auto", name: "As the system", icon: "screen" },
  { value: "light", name: "Light", icon: "sun" },
  { value: "dark", name: "Dark", icon: "moon" },
] as const;

/** Who is logged in, how it looks, and the way out. */
export function UserMenu(): ReactElement {
  const { username, role } = usePerson();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={styles["foot"]}>
      <Menu position="top-start" width={210} withinPortal shadow="md">
        <Menu.Target>
          <UnstyledButton className={styles["user"]}>
            <Avatar size={30} radius="xl" color="souk" name={username} aria-hidden />
            <div style={{ minWidth: 0, flex: 1 }}>
              <Text fz="sm" fw={600} truncate>
                {username}
              </Text>
              <Text fz="xs" c="dimmed">
                {role}
              </Text>
            </div>
            <Icon name="more" size={16} label="account menu" />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Appearance</Menu.Label>
          {schemes.map(({ value, name, icon }) => (
            <Menu.Item
              key={value}
              leftSection={<Icon name={icon} size={16} />}
              rightSection={
                colorScheme === value ? <Icon name="check" size={14} label="chosen" /> : null
              }
              onClick={() => setColorScheme(value)}
              closeMenuOnClick={false}
            >
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            leftSection={<Icon name="key" size={16} />}
            onClick={() => void navigate({ to: "/account" })}
          >
            My account
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="leave" size={16} />} onClick={() => void logOut()}>
            Log out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
