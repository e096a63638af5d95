import { inWords, type ServedInput, type ServedModel } from "../../parts/answering/served-model.ts";

/** What models of one dataset answer about, as people say it. */
export interface Subject {
  readonly dataset: string;
  readonly title: string;
  readonly models: readonly ServedModel[];
  /** Every input of the models once: photos first, then texts, then the rest. */
  readonly inputs: readonly ServedInput[];
}

/** What somebody gave: texts by the name of the input, and one photo. */
export interface Given {
  readonly fields: Readonly<Record<string, string>>;
  readonly photo?: { readonly input: string; readonly file: File } | undefined;
}

const titles: Readonly<Record<string, string>> = {
  products: "A product",
  posts: "A post",
  reviews: "A review",
};
const kinds = ["image", "text", "category", "number", "date"];

/** The served models by what they are about; products come first. */
export function subjectsOf(models: readonly ServedModel[]): readonly Subject[] {
  const names = Object.keys(titles);
  const datasets = [...new Set(models.map(({ model, dataset = model }) => dataset))].toSorted(
    (a, b) => rank(names, a) - rank(names, b) || a.localeCompare(b),
  );
  return datasets.map((dataset) => {
    const own = models.filter((one) => (one.dataset ?? one.model) === dataset);
    return {
      dataset,
      title: titles[dataset] ?? inWords(dataset),
      models: own,
      inputs: inputsOf(own),
    };
  });
}

function inputsOf(models: readonly ServedModel[]): ServedInput[] {
  const byName = new Map<string, ServedInput>();
  for (const { inputs } of models)
    for (const input of inputs) if (!byName.has(input.name)) byName.set(input.name, input);
  return [...byName.values()].toSorted((a, b) => rank(kinds, a.kind) - rank(kinds, b.kind));
}

function rank(order: readonly string[], name: string): number {
  const place = order.indexOf(name);
  return place < 0 ? order.length : place;
}

/** What of it this model takes; undefined when it was given nothing it could answer for. */
export function forModel(model: ServedModel, { fields, photo }: Given): Given | undefined {
  const own = new Set(model.inputs.map(({ name }) => name));
  const given = Object.entries(fields).filter(([name, value]) => own.has(name) && value.trim());
  const seen = photo && own.has(photo.input) ? photo : undefined;
  if (given.length === 0 && !seen) return undefined;
  return { fields: Object.fromEntries(given), ...(seen && { photo: seen }) };
}

/** The fields as a row of JSON: numbers as numbers. The photo is not in it. */
export function rowOf(
  model: ServedModel,
  { fields }: Given,
): Record<string, string | number | null> {
  const cells = model.inputs
    .filter(({ name, kind }) => kind !== "image" && Object.hasOwn(fields, name))
    .map(({ name, kind }) => {
      const text = fields[name] ?? "";
      return [name, kind === "number" ? Number(text) : text] as const;
    });
  return Object.fromEntries(cells);
}

/** The same as a form, with the photo. */
export function formOf({ fields, photo }: Given): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (photo) form.set(photo.input, photo.file, photo.file.name);
  return form;
}

/** The currency somebody wrote, for the money of the answers. */
export function currencyOf({ fields }: Given): string | undefined {
  const text = fields["currency"]?.trim() ?? "";
  return /^[A-Za-z]{3}$/.test(text) ? text.toUpperCase() : undefined;
}

/** Words for the model that was given nothing: "Needs a photo, a name or a description". */
export function needsOf({ inputs }: ServedModel): string {
  const words = inputs.map(({ name, kind }) =>
    kind === "image" ? "a photo" : inWords(name).toLowerCase(),
  );
  const last = words.at(-1) ?? "";
  return `Needs ${words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${last}` : last}`;
}
