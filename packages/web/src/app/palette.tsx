import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from "@mantine/spotlight";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { Icon, type IconName } from "../parts/icon.tsx";
import type { EntityKind } from "../pages/page-entry.ts";
import { runsNamed } from "../pages/learning/run-name.ts";
import { pages } from "../pages/pages.ts";
import { useApi, usePerson } from "../wire/hooks.ts";

/** Ctrl-K or Cmd-K: finds pages and, where a page shows them, datasets, models, runs, tasks and questions. */
export function Palette(): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [words] = useDebouncedValue(query.trim(), TYPING_MS);
  const entities = useEntities(isOpen, words);
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
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      shortcut={["mod + K"]}
      nothingFound="Nothing has that name"
      highlightQuery
      scrollable
      maxHeight="min(60vh, 460px)"
      limit={60}
      searchProps={{
        leftSection: <Icon name="search" />,
        placeholder: "Page, dataset, model, run…",
        "aria-label": "Find anything",
      }}
      attributes={{ content: { "aria-label": "Command palette" } }}
    />
  );
}

/** Typing waits this long before the server is asked, ms. */
const TYPING_MS = 200;
/** Of products and runs, which may be a hundred thousand: those that fit best or are newest. */
const MOST_FOUND = 15;

interface Entity {
  readonly name: string;
  readonly id?: string;
  readonly about?: string | undefined;
}

interface EntityGroup {
  readonly kind: EntityKind;
  readonly title: string;
  readonly icon: IconName;
  readonly items: readonly Entity[];
  /** True when the server found them by the words, which may stand elsewhere (in a description). */
  readonly isFound?: boolean;
}

/** Things of the kinds that have a page, as actions that open them. */
function useEntities(isOpen: boolean, words: string): SpotlightActionGroupData[] {
  const navigate = useNavigate();
  const groups = useEntityGroups(isOpen, words);
  return groups.flatMap(({ kind, title, icon, items, isFound }) => {
    const page = pages.find(({ opens }) => opens === kind);
    if (!page || items.length === 0) return [];
    const actions = items.map(({ name, id = name, about }) => ({
      id: `${kind} ${id}`,
      label: name,
      ...(about && { description: about }),
      ...(isFound && { keywords: words }),
      leftSection: <Icon name={icon} />,
      onClick: () => void navigate({ to: page.path.replace(/\$\w+/, encodeURIComponent(id)) }),
    }));
    return [{ group: title, actions }];
  });
}

/** Asked for when the palette opens; products and runs, of which there may be a hundred thousand, by `words`. */
function useEntityGroups(isOpen: boolean, words: string): readonly EntityGroup[] {
  const asks = (kind: EntityKind): { enabled: boolean } => ({
    enabled: isOpen && pages.some(({ opens }) => opens === kind),
  });
  const text = words.slice(0, 200);
  const products = useApi(
    "listProducts",
    { query: { limit: MOST_FOUND, ...(text && { text }) } },
    asks("product"),
  ).data?.items;
  const runs = useApi(
    "listRuns",
    { query: { limit: MOST_FOUND, ...(text && { filter: runsNamed(text) }) } },
    asks("run"),
  ).data?.items;
  const datasets = useApi("listDatasets", {}, asks("dataset")).data?.items ?? [];
  const models = useApi("listModels", {}, asks("model")).data?.items ?? [];
  const tasks = useApi("listTasks", {}, asks("task")).data?.items;
  const questions = useApi("listQuestions", {}, asks("question")).data?.items;
  const saved = useApi("listSavedQuestions", {}, asks("saved")).data?.items;
  const sold = products?.map(({ id, name = id, category }) => ({ name, id, about: category }));
  const tried = runs?.map(({ id, name = id, experiment }) => ({ name, id, about: experiment }));
  const learnt = tasks?.map(({ name, title }) => ({ name, about: title }));
  const built = questions?.map(({ slug, title, id }) => ({
    name: title,
    id: slug,
    about: `Question ${id}`,
  }));
  const kept = saved?.map(({ id, title, by }) => ({ name: title, id, about: by }));
  return [
    { kind: "dataset", title: "Datasets", icon: "database", items: datasets },
    { kind: "model", title: "Models", icon: "stamp", items: models },
    { kind: "task", title: "Tasks", icon: "spark", items: learnt ?? [] },
    { kind: "question", title: "Questions", icon: "query", items: built ?? [] },
    { kind: "saved", title: "Saved questions", icon: "pin", items: kept ?? [] },
    { kind: "product", title: "Products", icon: "tag", items: sold ?? [], isFound: true },
    { kind: "run", title: "Runs", icon: "pulse", items: tried ?? [], isFound: true },
  ];
}
