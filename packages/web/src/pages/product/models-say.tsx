import type { RouteAnswer } from "@souk/api";
import type { ReactElement } from "react";
import type { ServedModel } from "../../parts/answering/served-model.ts";
import { Card } from "../../parts/card.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useApi, usePerson } from "../../wire/hooks.ts";
import { ModelOnProduct } from "./model-on-product.tsx";
import type { ProductDetail } from "./product-facts.ts";
import styles from "./product.module.css";

/** True for those who may ask models and see what was answered before. */
export function useMayAsk(): boolean {
  const { permissions } = usePerson();
  return permissions.has("predict:run") && permissions.has("predictions:read");
}

/** What every served model of products makes of one. */
export function ModelsSay({ product }: { product: ProductDetail }): ReactElement {
  const { role } = usePerson();
  const mayAsk = useMayAsk();
  const params = { id: product.id };
  const inputs = useApi("productInputs", { params }, { enabled: mayAsk });
  const served = useApi("listServed", {}, { enabled: mayAsk });
  if (!mayAsk)
    return (
      <Card title="What the models say">
        <StateOf
          kind="denied"
          title="You may not ask the models"
          text={`As ${role} you see the product; analysts and above also see what the models make of it. An administrator can change your role.`}
        />
      </Card>
    );
  return (
    <div className={styles["models"]}>
      <Answer query={served} permission="models:read">
        {({ items: models }) => (
          <Answer
            query={inputs}
            permission="predict:run"
            isEmpty={({ items }) => items.length === 0}
            empty={<NoModel />}
          >
            {({ items }) => (
              <>
                {pairsOf(models, items).map(([model, given]) => (
                  <ModelOnProduct key={model.model} model={model} given={given} product={product} />
                ))}
              </>
            )}
          </Answer>
        )}
      </Answer>
    </div>
  );
}

function pairsOf(
  models: readonly ServedModel[],
  items: RouteAnswer<"productInputs">["items"],
): (readonly [ServedModel, RouteAnswer<"productInputs">["items"][number]])[] {
  return items.flatMap((given) => {
    const model = models.find((one) => one.model === given.model);
    return model ? [[model, given] as const] : [];
  });
}

function NoModel(): ReactElement {
  return (
    <Card title="What the models say">
      <StateOf
        kind="empty"
        icon="spark"
        title="No model knows products yet"
        text="Train one on the products of the shop, and it answers here as soon as it is promoted:"
      >
        <CommandLine text="npx souk train category" />
        <CommandLine text="npx souk train price" />
      </StateOf>
    </Card>
  );
}
