import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import type { PageEntry } from "../pages/page-entry.ts";
import { pages } from "../pages/pages.ts";
import { NotFound, PageCrash } from "./mishaps.tsx";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  component: lazyRouteComponent(() => import("../pages/login/page.tsx"), "Page"),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("../pages/setup/page.tsx"), "Page"),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: lazyRouteComponent(() => import("./inside.tsx"), "Inside"),
});

function routeOf(page: PageEntry) {
  return createRoute({
    getParentRoute: () => inside,
    path: page.path,
    component: lazyRouteComponent(page.load, "Page"),
    errorComponent: PageCrash,
    staticData: { page },
  });
}

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    page?: PageEntry;
  }
}

/** Addresses of the dashboard. Every page is a chunk of its own, fetched when a link to it is hovered or followed. */
export const router = createRouter({
  routeTree: root.addChildren([login, setup, inside.addChildren(pages.map(routeOf))]),
  defaultPreload: "intent",
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: PageCrash,
  scrollRestoration: true,
});
