import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { Icon, type IconName } from "../parts/icon.tsx";
import type { EntityKind } from "../pages/page-entry.ts";
import { pages } from "../pages/pages.ts";
import { useApi, usePerson } from "../wire/hooks.ts";

/** Ctrl-K or Cmd-K: finds pages and, where a page shows them, datasets, models, runs, tasks and questions. */
export function Palette(): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const entities = useEntities(isOpen);
  const navigate = useNavigate();
  const { permissions } = usePerson();
  const found = pages.filter(
    ({ opens, permission }) => !opens && (!permission || permissions.has(permission)),
  );
  const actions: (SpotlightActionData | SpotlightActionGroupData)[] = [
    {
      group: "Pages",
      actions: found.map(({ path, title, icon, group, keywords }) => ({
        id: path,
        label: title,
        ...(group && { description: group }),
        keywords: [...(keywords ?? [])],
        leftSection: <Icon name={icon} />,
        onClick: () => void navigate({ to: path }),
      })),
    },
    ...entities,
  ];
  return (
    <Spotlight
      actions={actions}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      shortcut={["mod + K"]}
      nothingFound="Nothing has that name"
      highlightQuery
      scrollable
      maxHeight="min(60vh, 460px)"
      limit={40}
      searchProps={{
        leftSection: <Icon name="search" />,
        placeholder: "Page, dataset, model, run…",
        "aria-label": "Find anything",
      }}
    />
  );
}

interface Entity {
  readonly name: string;
  readonly id?: string;
  readonly about?: string;
}

/** Things of the kinds that have a page, asked for when the palette opens. */
function useEntities(isOpen: boolean): SpotlightActionGroupData[] {
  const navigate = useNavigate();
  const asks = (kind: EntityKind): { enabled: boolean } => ({
    enabled: isOpen && pages.some(({ opens }) => opens === kind),
  });
  const products =
    useApi("listProducts", { query: { limit: 200 } }, asks("product")).data?.items ?? [];
  const datasets = useApi("listDatasets", {}, asks("dataset")).data?.items ?? [];
  const models = useApi("listModels", {}, asks("model")).data?.items ?? [];
  const runs = useApi("listRuns", { query: { limit: 100 } }, asks("run")).data?.items ?? [];
  const tasks = useApi("listTasks", {}, asks("task")).data?.items ?? [];
  const questions = useApi("listQuestions", {}, asks("question")).data?.items ?? [];
  const saved = useApi("listSavedQuestions", {}, asks("saved")).data?.items ?? [];

  function group(
    kind: EntityKind,
    { title, icon, items }: { title: string; icon: IconName; items: readonly Entity[] },
  ): SpotlightActionGroupData[] {
    const page = pages.find(({ opens }) => opens === kind);
    if (!page || items.length === 0) return [];
    const actions = items.map(({ name, id = name, about }) => ({
      id: `${kind} ${id}`,
      label: name,
      ...(about && { description: about }),
      leftSection: <Icon name={icon} />,
      onClick: () => void navigate({ to: page.path.replace(/\$\w+/, encodeURIComponent(id)) }),
    }));
    return [{ group: title, actions }];
  }

  return [
    ...group("product", {
      title: "Products",
      icon: "tag",
      items: products.map(({ id, name, category }) => ({ name: name ?? id, id, about: category })),
    }),
    ...group("dataset", { title: "Datasets", icon: "database", items: datasets }),
    ...group("model", { title: "Models", icon: "stamp", items: models }),
    ...group("run", {
      title: "Runs",
      icon: "pulse",
      items: runs.map(({ id, name, experiment }) => ({ name: name ?? id, id, about: experiment })),
    }),
    ...group("task", {
      title: "Tasks",
      icon: "spark",
      items: tasks.map(({ name, title }) => ({ name, about: title })),
    }),
    ...group("question", {
      title: "Questions",
      icon: "query",
      items: questions.map(({ slug, title, id }) => ({
        name: title,
        id: slug,
        about: `Question ${id}`,
      })),
    }),
    ...group("saved", {
      title: "Saved questions",
      icon: "pin",
      items: saved.map(({ id, title, by }) => ({ name: title, id, about: by })),
    }),
  ];
}
