/**
 * Makes a function that keeps the first of equal values of `values[from..to)`, in place, and returns the new end. A word
 * said three times then counts once: measured on star-rating validation rows, accuracy .7019 against .7009 (body only).
 * @param most largest number of values of one call.
 */
export function createDistinct(
  most: number,
): (values: Uint32Array, from: number, to: number) => number {
  let capacity = 16;
  while (capacity < 2 * most) capacity *= 2;
  const mask = capacity - 1;
  const slots = new Uint32Array(capacity);
  // A slot is taken when it carries the number of the present call: nothing has to be cleared between calls.
  const calls = new Uint32Array(capacity);
  let call = 0;
  return (values, from, to) => {
    call = (call + 1) >>> 0;
    if (call === 0) {
      calls.fill(0);
      call = 1;
    }
    let end = from;
    for (let i = from; i < to; i++) {
      const value = values[i];
      let slot = value & mask;
      while (calls[slot] === call && slots[slot] !== value) slot = (slot + 1) & mask;
      if (calls[slot] === call) continue;
      calls[slot] = call;
      slots[slot] = value;
      values[end++] = value;
    }
    return end;
  };
}
