import { FileInput, Textarea, TextInput } from "@mantine/core";
import type { ReactElement } from "react";

/** Something to begin with, by what the name of a text says of it. */
const samples: readonly (readonly [RegExp, string])[] = [
  [/name|title/i, "Red summer dress"],
  [/description/i, "Light cotton, for warm days"],
  [/category/i, "Fashion / Dresses"],
  [/headline/i, "Good value"],
  [/./, "Arrived quickly and works as it should."],
];

/** An input of a model, as its own kind of field asks for it. */
export interface Field {
  readonly name: string;
  readonly datatype: string;
  readonly kind: string;
}

/** What stands in a field until somebody writes into it. */
export function sampleOf({ name, kind }: Pick<Field, "name" | "kind">): string {
  if (kind === "number") return "1";
  return kind === "text" ? (samples.find(([pattern]) => pattern.test(name))?.[1] ?? "") : "";
}

/** The field for one input of a model; a photo becomes a `data:` URI. */
export function FieldInput({
  field: { name, kind },
  value,
  onChange,
}: {
  field: Field;
  value: string;
  onChange: (value: string) => void;
}): ReactElement {
  if (kind === "image")
    return (
      <FileInput
        label={name}
        placeholder="A photo"
        accept="image/*"
        clearable
        onChange={(file) => void dataUriOf(file).then(onChange)}
      />
    );
  if (kind === "text")
    return (
      <Textarea
        label={name}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        autosize
        minRows={1}
        maxRows={6}
      />
    );
  return (
    <TextInput
      label={name}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(kind === "number" && { inputMode: "decimal" as const })}
    />
  );
}

/** A file as a `data:` URI; "" for none. */
function dataUriOf(file: File | null): Promise<string> {
  if (!file) return Promise.resolve("");
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () =>
      resolve(typeof reader.result === "string" ? reader.result : ""),
    );
    reader.addEventListener("error", () => reject(reader.error ?? new Error("unreadable file")));
    reader.readAsDataURL(file);
  });
}
