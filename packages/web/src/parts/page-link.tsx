import { Anchor } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";

/**
 * A link to a page where that page exists, its words alone where it does not. `to` is the path of the list in `pages.ts`
 * ("/runs/$id"), `params` fill its names.
 */
export function PageLink({
  to,
  params,
  children,
}: {
  to: string;
  params?: Readonly<Record<string, string>>;
  children: ReactNode;
}): ReactElement {
  if (!usePageExists(to)) return <>{children}</>;
  return (
    <Anchor component={Link} to={addressOf(to, params)}>
      {children}
    </Anchor>
  );
}

/** The address of a page, with its names filled in. */
export function addressOf(path: string, params: Readonly<Record<string, string>> = {}): string {
  return path.replaceAll(/\$(\w+)/g, (whole, name: string) =>
    encodeURIComponent(params[name] ?? whole),
  );
}

/** True when the list of pages has this path. */
export function usePageExists(path: string): boolean {
  return Object.hasOwn(useRouter().routesByPath, path);
}
