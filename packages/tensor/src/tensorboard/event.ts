/**
 * Events as TensorBoard reads them. Field numbers are those of event.proto, summary.proto and tensor.proto,
 * https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto
 */
import {
  bytesField,
  doubleField,
  encodeMessage,
  type Field,
  floatField,
  messageField,
  packedDoublesField,
  textField,
  varintField,
} from "../onnx/protobuf-writer.ts";

/** When something was recorded. */
export interface Moment {
  /** Seconds since 1970-01-01T00:00Z. */
  readonly seconds: number;
  readonly step: number;
}

/** Bytes of the event that opens every file. */
export function versionEvent(seconds: number): Uint8Array {
  return encodeMessage([doubleField(1, seconds), textField(3, "brain.Event:2")]);
}

/** Bytes of an event with one number, kept as float32. */
export function scalarEvent(tag: string, value: number, moment: Moment): Uint8Array {
  return summaryEvent(tag, [floatField(2, value), metadata("scalars", 1)], moment);
}

/** Bytes of an event with a text, which TensorBoard shows as Markdown. */
export function textEvent(tag: string, content: string, moment: Moment): Uint8Array {
  const oneElement = messageField(2, [messageField(2, [varintField(1, 1)])]);
  const tensor = [varintField(1, 7), oneElement, bytesField(8, Buffer.from(content))];
  return summaryEvent(tag, [messageField(8, tensor), metadata("text", 2)], moment);
}

/** Counts of values in buckets; bucket i ends at limits[i], where the next one begins. */
export interface Histogram {
  readonly minimum: number;
  readonly maximum: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** Bytes of an event with a histogram. */
export function histogramEvent(tag: string, histogram: Histogram, moment: Moment): Uint8Array {
  const fields = [
    doubleField(1, histogram.minimum),
    doubleField(2, histogram.maximum),
    doubleField(3, histogram.count),
    doubleField(4, histogram.sum),
    doubleField(5, histogram.sumOfSquares),
    packedDoublesField(6, histogram.limits),
    packedDoublesField(7, histogram.counts),
  ];
  return summaryEvent(tag, [messageField(5, fields)], moment);
}

function summaryEvent(tag: string, content: readonly Field[], { seconds, step }: Moment) {
  const value = messageField(1, [textField(1, tag), ...content]);
  return encodeMessage([doubleField(1, seconds), varintField(2, step), messageField(5, [value])]);
}

/** Which plugin shows the value, and its data class: 1 scalar, 2 tensor. */
function metadata(plugin: string, dataClass: number): Field {
  return messageField(9, [messageField(1, [textField(1, plugin)]), varintField(4, dataClass)]);
}
