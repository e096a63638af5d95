import { Autocomplete, Button, NumberInput, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type KeyboardEvent, type ReactElement, useRef, useState } from "react";
import { inWords, type ServedInput } from "../../parts/answering/served-model.ts";
import { Card } from "../../parts/card.tsx";
import { FileDrop } from "../../parts/file-drop.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useObjectUrl } from "../../parts/photo.tsx";
import type { Given, Subject } from "./inputs.ts";
import { useKnownValues } from "./known-values.ts";
import styles from "./try.module.css";

/** A photo may have 12 MB: the server's own limit. */
const PHOTO_BYTES = 12_000_000;
const LONGEST = 100_000;

/** Everything the models of a subject take: nothing is required, and Ctrl-Enter asks from anywhere. */
export function TryForm({
  subject: { dataset, inputs, title },
  isAsking,
  onAsk,
}: {
  subject: Subject;
  isAsking: boolean;
  onAsk: (given: Given) => void;
}): ReactElement {
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({});
  const [photo, setPhoto] = useState<Given["photo"]>();
  const form = useRef<HTMLFormElement>(null);
  const isEmpty = !photo && Object.values(fields).every((value) => value.trim() === "");

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isEmpty) onAsk({ fields, photo });
  }

  function askByKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
  }

  return (
    <Card title={title}>
      <form ref={form} className={styles["form"]} onSubmit={submit} onKeyDown={askByKey}>
        {inputs.map((input) =>
          input.kind === "image" ? (
            <PhotoField
              key={input.name}
              input={input}
              file={photo?.input === input.name ? photo.file : undefined}
              onChange={(file) => setPhoto(file && { input: input.name, file })}
            />
          ) : (
            <Field
              key={input.name}
              dataset={dataset}
              input={input}
              value={fields[input.name] ?? ""}
              onChange={(value) => setFields({ ...fields, [input.name]: value })}
            />
          ),
        )}
        <Button
          type="submit"
          loading={isAsking}
          disabled={isEmpty}
          leftSection={<Icon name="spark" size={16} />}
        >
          Ask the models
        </Button>
      </form>
    </Card>
  );
}

function PhotoField({
  input,
  file,
  onChange,
}: {
  input: ServedInput;
  file: File | undefined;
  onChange: (file: File | undefined) => void;
}): ReactElement {
  const [refused, setRefused] = useState<string>();
  if (!file)
    return (
      <div>
        <FileDrop
          label={`Drop a ${inWords(input.name).toLowerCase()}, or choose one`}
          hint="JPEG, PNG or WebP, up to 12 MB"
          accept="image/jpeg,image/png,image/webp"
          maxBytes={PHOTO_BYTES}
          icon="image"
          onFile={(chosen) => {
            setRefused(undefined);
            onChange(chosen);
          }}
        />
        {refused && (
          <p className={styles["refused"]} role="alert">
            {refused} is no photo that can be shown: choose a JPEG, PNG or WebP.
          </p>
        )}
      </div>
    );
  return (
    <ChosenPhoto
      file={file}
      onUnreadable={() => {
        setRefused(file.name);
        onChange(undefined);
      }}
      onDrop={() => onChange(undefined)}
    />
  );
}

function ChosenPhoto({
  file,
  onUnreadable,
  onDrop,
}: {
  file: File;
  /** The browser cannot show it. */
  onUnreadable: () => void;
  onDrop: () => void;
}): ReactElement {
  const address = useObjectUrl(file);
  return (
    <figure className={styles["photo"]}>
      {address && <img src={address} alt="What the models will look at" onError={onUnreadable} />}
      <figcaption>
        <span>{file.name}</span>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<Icon name="cross" size={13} />}
          onClick={onDrop}
        >
          Another photo
        </Button>
      </figcaption>
    </figure>
  );
}

function Field({
  dataset,
  input: { name, kind },
  value,
  onChange,
}: {
  dataset: string;
  input: ServedInput;
  value: string;
  onChange: (value: string) => void;
}): ReactElement {
  const shared = { label: inWords(name), value, maxLength: LONGEST };
  if (kind === "number")
    return (
      <NumberInput
        label={shared.label}
        value={value === "" ? "" : Number(value)}
        onChange={(next) => onChange(String(next))}
        hideControls
      />
    );
  if (kind === "category")
    return <CategoryField {...shared} dataset={dataset} column={name} onChange={onChange} />;
  if (kind === "text" && !/name|title|headline|hashtags/.test(name))
    return (
      <Textarea
        {...shared}
        onChange={(event) => onChange(event.currentTarget.value)}
        autosize
        minRows={3}
        maxRows={10}
      />
    );
  return (
    <TextInput
      {...shared}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(kind === "date" && { placeholder: "2026-11-22 or 2026-11-22T10:00:00Z" })}
    />
  );
}

/** A value of the data, or another one. */
function CategoryField({
  dataset,
  column,
  ...field
}: {
  dataset: string;
  column: string;
  label: string;
  value: string;
  maxLength: number;
  onChange: (value: string) => void;
}): ReactElement {
  const known = useKnownValues(dataset, column);
  // What is written in full needs no list over the button below.
  const offered = known.includes(field.value) ? [] : [...known];
  return <Autocomplete {...field} data={offered} limit={50} placeholder={known[0] ?? ""} />;
}
