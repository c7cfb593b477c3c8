/** The entities of a namespace, whoever declares them. Durations are milliseconds. */
export interface Topology {
  readonly queues: readonly QueueSettings[];
  readonly topics: readonly TopicSettings[];
}

export interface QueueSettings {
  readonly name: string;
  readonly lockDuration: number;
  readonly maxDeliveryCount: number;
  readonly defaultTimeToLive: number;
  readonly deadLetterOnExpiration: boolean;
  readonly requiresSession: boolean;
  /** Name of a queue or topic. */
  readonly forwardTo: string | undefined;
  readonly forwardDeadLetteredTo: string | undefined;
}

export interface TopicSettings {
  readonly name: string;
  readonly defaultTimeToLive: number;
  readonly subscriptions: readonly SubscriptionSettings[];
}

export interface SubscriptionSettings extends QueueSettings {
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly name: string;
  readonly filter: Filter;
}

export type Filter =
  | { readonly type: "true" }
  | { readonly type: "false" }
  | { readonly type: "correlation"; readonly conditions: CorrelationConditions };

/** Every condition given must hold; `properties` are application properties. */
export interface CorrelationConditions {
  readonly contentType?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly label?: string | undefined;
  readonly messageId?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly replyToSessionId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly to?: string | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}
