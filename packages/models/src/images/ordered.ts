type Outcome<Result> =
  | { readonly kind: "done"; readonly value: Result }
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Applies `work` to items, up to `concurrency` of them at a time, and gives results in the order of the items. Reads no
 * further ahead than that, so memory is bounded however slow the reader is.
 * @throws the error of the first item in order that failed, after everything under way has ended.
 */
export async function* mapOrdered<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  { concurrency, signal }: { readonly concurrency: number; readonly signal?: AbortSignal },
): AsyncGenerator<Result> {
  const underWay: Promise<Outcome<Result>>[] = [];
  try {
    for await (const item of items) {
      signal?.throwIfAborted();
      // A failure waits here as a value until its turn comes: nobody listens for it before.
      underWay.push(
        work(item).then(
          (value) => ({ kind: "done", value }),
          (error: unknown) => ({ kind: "failed", error }),
        ),
      );
      if (underWay.length >= concurrency) yield await next(underWay);
    }
    while (underWay.length > 0) {
      signal?.throwIfAborted();
      yield await next(underWay);
    }
  } finally {
    await Promise.all(underWay);
  }
}

async function next<Result>(underWay: Promise<Outcome<Result>>[]): Promise<Result> {
  const [first] = underWay.splice(0, 1);
  const outcome = await first;
  if (outcome.kind === "failed") throw outcome.error;
  return outcome.value;
}
