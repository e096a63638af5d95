export { type Clock, manualClock, systemClock } from "./clock.ts";
export { errorCode, errorMessage, SoukError } from "./errors.ts";
export { putFileIfAbsent, syncFolder, writeFileAtomic, writeFolderAtomic } from "./files.ts";
export { canonicalJson, fnv1a, sha256, unitHash } from "./hash.ts";
export { createId } from "./id.ts";
export { createRng, type Rng } from "./random.ts";
export {
  chiSquaredTail,
  chiSquaredTwoSample,
  kolmogorovSmirnov,
  kolmogorovTail,
  logGamma,
  mean,
  normalCdf,
  quantile,
  quantileSorted,
  wilsonInterval,
} from "./statistics.ts";
