import { Button, Group, Select, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { RouteAnswer } from "@souk/api";
import { type FormEvent, type ReactElement, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { FileDrop } from "../../parts/file-drop.tsx";
import { formatBytes } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import { counted } from "../../parts/counted.ts";
import { VerdictBox } from "../../parts/verdict-box.tsx";
import styles from "./ingest.module.css";
import { safeName } from "./plan.ts";
import { Trouble, Uploading } from "./uploading.tsx";
import { useUpload } from "./use-upload.ts";

type Report = RouteAnswer<"addPhotos">;

const rules = [
  { value: "stem", label: "p1.jpg belongs to p1" },
  { value: "numbered", label: "p1-2.jpg belongs to p1" },
  { value: "folder", label: "p1/side.jpg belongs to p1" },
] as const;

type Rule = (typeof rules)[number]["value"];

/** Photos of products: one, an archive of many, or a list of addresses. */
export function Photos(): ReactElement {
  const [file, setFile] = useState<File>();
  const [report, setReport] = useState<Report>();
  const upload = useUpload();

  async function send(query: { rule: Rule; productId?: string }): Promise<void> {
    if (!file) return;
    const found = await upload.send("addPhotos", (progressId) => ({
      query: { fileName: safeName(file.name), progressId, ...query },
      body: file,
    }));
    if (!found) return;
    setReport(found);
    setFile(undefined);
  }

  return (
    <Card title="Photos of products">
      {upload.isBusy && file ? (
        <Uploading
          what={`${file.name} comes in`}
          progress={upload.progress}
          onCancel={upload.cancel}
        />
      ) : (
        <PhotoForm
          file={file}
          onFile={(next) => {
            setFile(next);
            setReport(undefined);
          }}
          onSend={(query) => void send(query)}
        />
      )}
      <Trouble text={upload.trouble} />
      {report && <Came report={report} />}
    </Card>
  );
}

function PhotoForm({
  file,
  onFile,
  onSend,
}: {
  file: File | undefined;
  onFile: (file: File) => void;
  onSend: (query: { rule: Rule; productId?: string }) => void;
}): ReactElement {
  const [product, setProduct] = useState("");
  const [rule, setRule] = useState<Rule>("stem");
  const isPhoto = /\.(?:jpe?g|png|webp)$/i.test(file?.name ?? "");

  function submit(event: FormEvent): void {
    event.preventDefault();
    const productId = product.trim();
    onSend({ rule, ...(isPhoto && productId && { productId }) });
  }

  return (
    <form onSubmit={submit} className={styles["stack"]}>
      <FileDrop
        label={file ? file.name : "Drop a photo, an archive or a list here"}
        hint={
          file
            ? formatBytes(file.size)
            : "JPEG, PNG or WebP; zip, tar or tar.gz; CSV or JSON Lines of product_id and url"
        }
        icon={file ? "file" : "image"}
        onFile={onFile}
      />
      {file && (
        <Whose
          isPhoto={isPhoto}
          product={product}
          onProduct={setProduct}
          rule={rule}
          onRule={setRule}
        />
      )}
      <Group justify="flex-end">
        <Button type="submit" disabled={!file} leftSection={<Icon name="upload" size={15} />}>
          Bring in
        </Button>
      </Group>
    </form>
  );
}

function Whose({
  isPhoto,
  product,
  onProduct,
  rule,
  onRule,
}: {
  isPhoto: boolean;
  product: string;
  onProduct: (product: string) => void;
  rule: Rule;
  onRule: (rule: Rule) => void;
}): ReactElement {
  return (
    <div className={styles["fields"]}>
      {isPhoto ? (
        <TextInput
          label="Product"
          description="Its id; empty: the file is named by it"
          value={product}
          onChange={(event) => onProduct(event.currentTarget.value)}
          maxLength={200}
        />
      ) : (
        <Select
          label="Whose photo"
          description="How names in an archive tell the product"
          data={rules}
          value={rule}
          onChange={(value) => onRule(rules.find((one) => one.value === value)?.value ?? "stem")}
          allowDeselect={false}
        />
      )}
    </div>
  );
}

function Came({ report }: { report: Report }): ReactElement {
  const { photos, products, repeated, refused, bad } = report;
  const again = repeated > 0 ? ` ${counted(repeated, "was", "were")} there already.` : "";
  const no = refused > 0 ? ` ${counted(refused, "was", "were")} refused.` : "";
  return (
    <div className={styles["stack"]}>
      <VerdictBox tone={refused > 0 ? "warn" : "good"}>
        {counted(photos, "photo")} of {counted(products, "product")} came in.{again}
        {no}
      </VerdictBox>
      {bad.length > 0 && (
        <ol className={styles["badRows"]} tabIndex={0} aria-label="Refused photos">
          {bad.map(({ name, code, message }) => (
            <li key={`${name} ${code} ${message}`}>
              <span className={styles["line"]}>{name}</span>
              <span className={styles["reason"]}>
                {message} ({code})
              </span>
            </li>
          ))}
        </ol>
      )}
      <div>
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link to={addressOf("/datasets/$name", { name: "images" })} {...props} />
          )}
        >
          Open images
        </Button>
      </div>
    </div>
  );
}
