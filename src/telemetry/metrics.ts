import type {
  Attributes,
  Counter,
  Histogram,
  Meter,
  MetricOptions,
  UpDownCounter,
} from "@opentelemetry/api";
import {
  metricTenantNames,
  tenantLabel,
  type Cardinality,
  type TenantLabel,
} from "./cardinality.js";
import { attributeNames } from "./attributes.js";
import { who } from "./who.js";

/** Instruments whose every point bears the tenant of the scope that it is recorded in. */
export interface TenantMetrics {
  counter(name: string, options?: MetricOptions): Counter;
  upDownCounter(name: string, options?: MetricOptions): UpDownCounter;
  histogram(name: string, options?: MetricOptions): Histogram;
}

export interface TenantMetricsOptions {
  /** Of the SDK: `metrics.getMeter("shop")`. */
  readonly meter: Meter;
  /** Required: nobody gets a series for each tenant without having said so. */
  readonly cardinality: Cardinality;
}

/**
 * Wraps a meter's instruments. The tenant comes from the active scope alone: attributes of the caller
 * by those names are dropped. Instruments made here share what `first` has seen.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createTenantMetrics({ meter, cardinality }: TenantMetricsOptions): TenantMetrics {
  const label = tenantLabel(cardinality);
  const adding = <T extends Counter | UpDownCounter>(instrument: T): Pick<T, "add"> => ({
    add: (value, attributes, context) =>
      instrument.add(value, labelled(label, attributes), context),
  });
  return {
    counter: (name, options) => adding(meter.createCounter(name, options)),
    upDownCounter: (name, options) => adding(meter.createUpDownCounter(name, options)),
    histogram(name, options) {
      const histogram = meter.createHistogram(name, options);
      return {
        record: (value, attributes, context) =>
          histogram.record(value, labelled(label, attributes), context),
      };
    },
  };
}

const own: readonly string[] = [...metricTenantNames, attributeNames.context];

function labelled(label: TenantLabel, given: Attributes = {}): Attributes {
  const theirs = Object.entries(given).filter(([name]) => !own.includes(name));
  const attributes = Object.fromEntries<Attributes[string]>(theirs);
  const now = who();
  if (now === null) return attributes;
  const tenant = now.kind === "tenant" ? label(now.scope.tenant.id) : {};
  return { ...attributes, [attributeNames.context]: now.kind, ...tenant };
}
