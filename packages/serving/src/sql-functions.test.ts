import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModel } from "@souk/models";
import { createSqlFunctions, type PredictFunction } from "./sql-functions.ts";
import { review, reviews, trainedModel } from "./test-shop.ts";

async function functions(): Promise<{ predict: PredictFunction; predictJson: PredictFunction }> {
  const [predict, predictJson] = createSqlFunctions({
    models: { stars: await trainedModel(), broken: "/nonexistent/artefact" },
  });
  return { predict: predict!, predictJson: predictJson! };
}

test("predict gives the model's label for a chunk of texts, NULL for NULL", async () => {
  const { predict } = await functions();
  const bodies = [...Array.from(reviews(30).columns.review_body!), null];
  const labels = predict.call([bodies.map(() => "stars"), bodies], bodies.length);
  const model = await loadModel(await trainedModel());
  const own: (string | null)[] = [];
  for (const body of bodies) {
    const columns = { review_headline: [null], review_body: [body] };
    const [prediction] = await model.predict({ length: 1, columns });
    own.push(body === null ? null : String(prediction!.label));
  }
  model.close();
  assert.deepEqual(labels, own);
});

test("predict_json takes every input by name", async () => {
  const { predictJson } = await functions();
  const [label] = predictJson.call(
    [["stars"], ['{"review_headline":"wow","review_body":"great, love it"}']],
    1,
  );
  const model = await loadModel(await trainedModel());
  const [own] = await model.predict(review("great, love it", "wow"));
  assert.equal(label, String(own!.label));
  model.close();
});

test("an unknown or broken model, broken JSON and a strange input end the call with their reason", async () => {
  const { predict, predictJson } = await functions();
  assert.throws(() => predict.call([["colours"], ["x"]], 1), {
    code: "SERVING_MODEL_UNKNOWN",
    message: /\(broken, stars\), got "colours"/,
  });
  assert.throws(() => predict.call([["broken"], ["x"]], 1), { code: "SERVING_LOAD_FAILED" });
  assert.throws(() => predictJson.call([["stars"], ["{"]], 1), { code: "SERVING_INPUT" });
  assert.throws(() => predictJson.call([["stars"], ['{"review_text":"x"}']], 1), {
    code: "SERVING_INPUT",
    message: /review_text/,
  });
});

test("options of another shape are refused", () => {
  assert.throws(() => createSqlFunctions({ models: { stars: 5 } }), {
    code: "SERVING_SQL_OPTIONS",
  });
  assert.throws(() => createSqlFunctions(undefined), { code: "SERVING_SQL_OPTIONS" });
});
