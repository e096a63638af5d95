import { Anchor } from "@mantine/core";
import type { ReactElement } from "react";
import { inWords } from "../../parts/answering/served-model.ts";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { formatTime } from "../../parts/format.ts";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { usePathParameter } from "../../parts/path-parameter.ts";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import { Gallery } from "./gallery.tsx";
import { ModelsSay, useMayAsk } from "./models-say.tsx";
import {
  factsOf,
  priceOf,
  productVerdict,
  type ProductDetail,
  webAddress,
} from "./product-facts.ts";
import styles from "./product.module.css";
import { Reviews } from "./reviews.tsx";

/** One product: its photos and facts, what the models make of it, what customers say. */
export function Page(): ReactElement {
  const id = usePathParameter("id");
  const product = useApi("getProduct", { params: { id } });
  if (product.error?.code === "PRODUCT_UNKNOWN")
    return (
      <>
        <PageHeader title="Product" />
        <StateOf
          kind="empty"
          title="There is no such product"
          text={<>It may have been taken off the shelves, or its id is written another way.</>}
        >
          <PageLink to="/products">All products</PageLink>
        </StateOf>
      </>
    );
  return (
    <Answer query={product} permission="datasets:read" title="Product">
      {(found) => <Product key={found.id} product={found} />}
    </Answer>
  );
}

const factColumns = [
  { id: "fact", value: ({ name }: { name: string }) => name },
  { id: "value", value: ({ value }: { value: string | number | boolean | null }) => value },
];

function Product({ product }: { product: ProductDetail }): ReactElement {
  const { id, photos, reviews } = product;
  const facts = factsOf(product);
  const name = String(facts.get("name") ?? id);
  const { text, tone } = productVerdict(product);
  const rows = [...facts].map(([fact, value]) => ({ name: fact, value }));
  const isSilent = useSilence(id);
  const reviewed = reviews && (
    <div className={styles["reviews"]}>
      <Card title="Reviews">
        <Reviews reviews={reviews} />
      </Card>
    </div>
  );
  return (
    <>
      <PageHeader
        title={name}
        verdict={text}
        tone={tone}
        copy={copyTextsOf("getProduct", { params: { id } })}
        exports={exportableOf(`product-${id.replaceAll(/\W+/g, "-")}`, factColumns, rows)}
      />
      <div className={styles["columns"]}>
        <div className={styles["side"]}>
          <Gallery photos={photos} name={name} />
          <Card title="Facts">
            <FactList facts={shownFacts(facts)} />
          </Card>
          {!isSilent && reviewed}
        </div>
        <div className={styles["side"]}>
          <ModelsSay product={product} />
          {isSilent && reviewed}
        </div>
      </div>
    </>
  );
}

/** True where no model says anything of a product: its reviews then stand beside it, not below. */
function useSilence(id: string): boolean {
  const may = useMayAsk();
  const inputs = useApi("productInputs", { params: { id } }, { enabled: may });
  return !may || inputs.data?.items.length === 0;
}

const factNames: Readonly<Record<string, string>> = {
  price_minor: "Price",
  url: "Web address",
  category_path: "Category",
  created_at: "Created",
};

function shownFacts(facts: ReturnType<typeof factsOf>) {
  return [...facts]
    .filter(([name, value]) => value !== null && name !== "name" && name !== "currency")
    .map(([name, value]) => ({
      name: factNames[name] ?? inWords(name),
      value: shownFact(name, { value, price: priceOf(facts) }),
    }));
}

function shownFact(
  name: string,
  { value, price }: { value: unknown; price: string | undefined },
): ReactElement | string {
  const text = String(value);
  if (name === "price_minor") return price ?? text;
  const address = webAddress(text);
  if (address)
    return (
      <Anchor href={address} target="_blank" rel="noopener noreferrer">
        {text}
      </Anchor>
    );
  const at = name.endsWith("_at") ? Date.parse(text) : NaN;
  return Number.isFinite(at) ? formatTime(at) : text;
}
