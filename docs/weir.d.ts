// What Weir's API takes and answers. Generated from its document: `cargo run -p contract` writes it.

/** What was asked of one of those that are ranked. */
export interface AiFigures {
  /** In USD. */
  cost: Figure;
  /** cost ÷ requests, in USD. */
  costPerRequest: Figure;
  credits: Figure;
  /** failures ÷ requests. */
  errorRate: Figure;
  failures: Figure;
  /** Without cached ones. */
  inputTokens: Figure;
  /** Mean duration of the requests that tell one, in milliseconds. */
  latencyMean: Figure;
  outputTokens: Figure;
  /** Completed or failed. */
  requests: Figure;
  /** Its part of all requests that were asked about, in percent. */
  share: Figure;
  /** Of all classes, cached ones too. */
  tokens: Figure;
  /** Distinct users. */
  users: Figure;
}

/** A request to an AI model that has ended. Its cost is worked out from the price table unless it is given. */
export type AiUsage = CommonMembers & {
  /** Tokens read from a cache. */
  cacheReadTokens?: number | null;
  /** Tokens written to a cache. */
  cacheWriteTokens?: number | null;
  /** How hard the request was, in words of your own. */
  complexity?: string | null;
  /** The conversation it belongs to. */
  conversationId?: string | null;
  /** What it cost, in US dollars, where that is known better than the price table does. */
  cost?: number | null;
  /** The feature it served. */
  feature?: string | null;
  /** Tokens read, without cached ones. */
  inputTokens?: number | null;
  /** The programming or natural language. */
  language?: string | null;
  metadata?: null | Extra;
  /** The model, as its provider or the price table names it. */
  model: string;
  /** Tokens written. */
  outputTokens?: number | null;
  /** Who serves the model; as the price table has it where it is not said. */
  provider?: string | null;
  /** The part of `outputTokens` spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request's id: by whichever door it comes, the same one counts once. */
  requestId?: string | null;
  /** The size of the answer, in bytes. */
  responseSizeBytes?: number | null;
  /** How long it took, in milliseconds. */
  responseTimeMs?: number | null;
  /** The service that called the model. */
  service?: string | null;
  status?: null | UsageStatus;
};

/** That a function runs. */
export interface Alive {
  /** Always `ok`. */
  status: string;
}

/** Amounts of money by currency (ISO 4217): they are never added up (I8). */
export type Amounts = Record<string, Figure>;

export interface AnalyticsDashboard {
  groups?: null | Groups;
  meta: Meta;
  overview: AnalyticsOverview;
  /** Oldest first, every bucket of the range. */
  series: AnalyticsMoment[];
  /** Those with most requests. */
  topModels: AnalyticsTop[];
  /** Those with most requests. */
  topServices: AnalyticsTop[];
  /** Those with most requests. */
  topUsers: AnalyticsTop[];
}

export interface AnalyticsMetrics {
  /** The span that `before` is of: as long as the range, and ending where it begins. */
  before: Ends;
  /** The busiest first. */
  byProvider: ProviderMetrics[];
  /** In USD. */
  cost: Change;
  /** cost ÷ requests, in USD. */
  costPerRequest: Change;
  credits: Change;
  /** failures ÷ requests. */
  errorRate: Change;
  failures: Change;
  groups?: null | Groups;
  /** Tokens read, without cached ones. */
  inputTokens: Change;
  /** Mean duration of the requests that tell one, in milliseconds. */
  latencyMean: Change;
  meta: Meta;
  outputTokens: Change;
  /** AI requests, completed or failed. */
  requests: Change;
  /** Tokens of all classes. */
  tokens: Change;
  /** Distinct users with a request. */
  users: Change;
}

export interface AnalyticsMoment {
  /** In USD. */
  cost: Figure;
  requests: Figure;
  timestamp: string;
  tokens: Figure;
}

export interface AnalyticsOverview {
  /** Distinct users with an AI request. */
  activeUsers: Figure;
  /** failures ÷ requests. */
  errorRate: Figure;
  failures: Figure;
  /** Mean duration of the requests that tell one, in milliseconds. */
  latencyMean: Figure;
  /** In USD. */
  totalCost: Figure;
  totalCredits: Figure;
  /** AI requests, completed or failed. */
  totalRequests: Figure;
  /** Of all classes. */
  totalTokens: Figure;
}

export interface AnalyticsSeries {
  /** Oldest first, every bucket of the range. */
  data: Point[];
  meta: Meta;
  metric: string;
  /** What its values count. */
  unit: string;
}

export interface AnalyticsTop {
  /** In USD. */
  cost: Figure;
  /** Of the service, model or user. */
  name: string;
  requests: Figure;
  tokens: Figure;
}

/** Events of an app, gathered on a device and sent together. */
export interface AppBatch {
  /** The batch's own id: the same batch sent again counts once, also where its events have no ids or times. */
  batchId?: string | null;
  createdAt?: null | Moment;
  /** The events. */
  events: AppEvent[];
  /** Marks an import, as `?historical=true` does. */
  historical?: boolean | null;
  /** The project of all events that name none. */
  projectId?: string | null;
  sentAt?: null | Moment;
}

/** One thing that somebody did in an app. */
export type AppEvent = CommonMembers & {
  device?: null | Device;
  /** The same as `type`. */
  event?: string | null;
  metadata?: null | Extra;
  properties?: null | AppProperties;
  /** What it was: `screen_view`, `custom`, `event.attended` or a name of your own. */
  type: string;
};

/** What is known of an app's event. */
export type AppProperties = PageVisit & {
  /** The name of a custom event. */
  eventName?: string | null;
  /** What was attended (`event.attended`). */
  eventRef?: string | null;
  /** The feature used. */
  feature?: string | null;
  /** The same as `screenName`. */
  page?: string | null;
  /** The screen or page. */
  screenName?: string | null;
  /** The event's own value. */
  value?: number | null;
};

/** A number against the same number of the span before: as long, and ending where the range begins. */
export interface Change {
  /** Over the span before. */
  before: Figure;
  /** (value − before) ÷ before × 100: percent, to two digits; 100 where there was nothing before, `null` where either is not known. */
  change: Figure;
  /** Over the range. */
  value: Figure;
}

export interface ChatByProvider {
  /** The one with most messages first. */
  data: ChatProvider[];
  groups?: null | Groups;
  /** Of all providers. */
  messages: Figure;
  meta: Meta;
  /** What `cursor` must be for those after them; `null` where there are none. */
  nextCursor?: string | null;
}

export interface ChatMessages {
  /** Distinct conversations with any. */
  activeConversations: Figure;
  groups?: null | Groups;
  /** Messages sent: `chat.message_sent`. */
  messages: Figure;
  meta: Meta;
  /** Oldest first, every bucket of the range. */
  series: ChatMessagesPoint[];
  /** Distinct users who sent any. */
  users: Figure;
}

export interface ChatMessagesPoint {
  activeConversations: Figure;
  messages: Figure;
  timestamp: string;
  users: Figure;
}

export interface ChatProvider {
  /** Distinct conversations with messages. */
  activeConversations: Figure;
  /** In USD. */
  cost: Figure;
  messages: Figure;
  /** As sent, or as the price table knows it of the model. */
  provider: string;
  /** Its part of all messages, in percent. */
  share: Figure;
  /** Of all classes. */
  tokens: Figure;
  /** Distinct users. */
  users: Figure;
}

export interface ChatSessions {
  /**
   * Mean length of a session from its first message to its last, in milliseconds; `null` without any. A user's session ends after 30
   * minutes without a message; one of a single message is 0 long.
   */
  averageSession: Figure;
  groups?: null | Groups;
  messages: Figure;
  /** messages ÷ sessions; `null` without any. */
  messagesPerSession: Figure;
  meta: Meta;
  /** Oldest first, every bucket of the range. */
  series: ChatSessionsPoint[];
  sessions: Figure;
  /** Length of all sessions together, in milliseconds. */
  totalTime: Figure;
}

export interface ChatSessionsPoint {
  /** In milliseconds; `null` without a session. */
  averageSession: Figure;
  sessions: Figure;
  timestamp: string;
}

export interface ChatTokens {
  cacheReadTokens: Figure;
  cacheWriteTokens: Figure;
  /** In USD. */
  cost: Figure;
  groups?: null | Groups;
  /** Tokens read, without cached ones. */
  inputTokens: Figure;
  meta: Meta;
  outputTokens: Figure;
  /** Oldest first, every bucket of the range. */
  series: ChatTokensPoint[];
  /** totalTokens ÷ messages; `null` without any. */
  tokensPerMessage: Figure;
  /** Of all classes. */
  totalTokens: Figure;
}

export interface ChatTokensPoint {
  inputTokens: Figure;
  outputTokens: Figure;
  timestamp: string;
  /** Of all classes. */
  tokens: Figure;
}

/** What every write may say. */
export interface CommonMembers {
  /** The event's own id: of two events of a session (else of a user) with one id in one hour, one counts. One is made where none is sent. */
  eventId?: string | null;
  /** The user's plan. */
  plan?: string | null;
  /** The same as `plan`. */
  planId?: string | null;
  /** The same as `plan`. */
  planTier?: string | null;
  /** The project it belongs to: an API key's own, else `default`. */
  projectId?: string | null;
  /** The same as `sessionId`. */
  session?: string | null;
  /** The session it was part of. */
  sessionId?: string | null;
  timestamp?: null | Moment;
  /** Whose act it was. A user's token writes for that user only. */
  userId?: string | null;
  /** The same as `plan`. */
  userPlan?: string | null;
}

export interface Conversations {
  /** Distinct conversations in which messages were sent, whenever they were begun. */
  active: Figure;
  /** Conversations begun: `chat.conversation_created`. */
  created: Figure;
  /** Conversations deleted: `chat.conversation_deleted`. */
  deleted: Figure;
  groups?: null | Groups;
  /** Messages that name a conversation or not, over the active conversations; `null` without any. */
  messagesPerConversation: Figure;
  meta: Meta;
  /** Oldest first, every bucket of the range. */
  series: ConversationsPoint[];
}

export interface ConversationsPoint {
  active: Figure;
  created: Figure;
  deleted: Figure;
  timestamp: string;
}

/** What the calendar month that is now will come to, and how that was worked out. */
export interface CostProjection {
  method: string;
  /** What the month has cost so far. */
  soFar: Figure;
  value: Figure;
}

export interface DayCosts {
  cost: Figure;
  date: string;
  tokens: Figure;
}

export interface DayUsage {
  date: string;
  requests: Figure;
  tokens: Figure;
}

/** How something that a function needs is. */
export interface DependencyHealth {
  /** How long it took to answer, in milliseconds. */
  latencyMs: number;
  /** `ok` or `down`. */
  status: string;
}

/** The device of an event. */
export interface Device {
  /** The app's version. */
  appVersion?: string | null;
  /** The browser. */
  browser?: string | null;
  /** The country (ISO 3166-1 alpha-2). */
  country?: string | null;
  /** `phone`, `tablet`, `desktop`. */
  deviceType?: string | null;
  /** The operating system, where it is not the platform. */
  os?: string | null;
  /** Its version. */
  osVersion?: string | null;
  /** `ios`, `android`, `web`. */
  platform?: string | null;
  /** The same as `deviceType`. */
  type?: string | null;
}

/** From a moment up to, and without, another. */
export interface Ends {
  from: string;
  to: string;
}

/** A fault or a notice of one event. */
export interface EventFault {
  /** Which rule is broken, in one word; of a notice `cut` or `rounded`. */
  code: string;
  /** Its id, where it has one. */
  eventId?: string | null;
  /** The event's place among those sent, from 0. */
  index: number;
  /** What is wrong, or what was changed, in a sentence. */
  message: string;
  /** Where: a JSON pointer into the body. */
  pointer: string;
  /** Whether the same event may be accepted later: `false` for all faults; notices are of accepted events and say nothing of it. */
  retryable?: boolean | null;
}

/** How a sender stands with the limit of events a minute. */
export interface EventRate {
  /** Events taken in this minute, these included. */
  count: number;
  /** Whether this write would pass the limit, and was refused whole. */
  exceeded: boolean;
  /** The most that a minute allows. */
  limit: number;
}

/** How ingestion is doing. */
export interface EventsHealth {
  /** For each project, how many events are accepted and not yet stored. */
  buffers: Record<string, number>;
  /** `analytics-ingestion`. */
  service: string;
  /** `ok`. */
  status: string;
}

/** Anything else that is to be kept with the event, as unknown members are. */
export type Extra = Record<string, unknown>;

/** One fault of the input. */
export interface Fault {
  /** Which rule is broken, in one word. */
  code: string;
  /** What is wrong, in a sentence. */
  message: string;
  /** Where: a JSON pointer into the body, or the name of a parameter. */
  pointer: string;
}

/** Exact to its last digit, unless `meta.approximate` names it. */
export type Figure = number | null;

export type Group = Record<string, string | number | null>;

/** The endpoint's main numbers by the dimensions that `groupBy` names. */
export interface Groups {
  /** A row for each combination of dimensions: each dimension with its value, then each number. */
  data: Group[];
  /** What `cursor` must be for the rows after these; `null` where there are none. */
  nextCursor?: string | null;
  /** How the rows are ordered. */
  order: string;
}

/** How a function and what it needs are. */
export interface HealthReport {
  /** What it needs, by name: `table`, `queue`, `bucket`. */
  dependencies: Record<string, DependencyHealth>;
  /** Which function answers. */
  service: string;
  /** `ok`, or `unavailable` where a dependency is down. */
  status: string;
}

/** What an answer says of itself. */
export interface Meta {
  approximate: string[];
  /** The currency of amounts that are not told apart by it. */
  currency?: string | null;
  granularity: string;
  /** What a reader of the numbers should know. */
  notes?: string[];
  range: Ends;
  settledThrough?: string | null;
  timezone: string;
}

export interface ModelCosts {
  inputCost: Figure;
  outputCost: Figure;
  totalCost: Figure;
}

export interface ModelUsage {
  inputTokens: Figure;
  outputTokens: Figure;
  requests: Figure;
}

export type ModelUse = AiFigures & {
  model: string;
  /** As sent, or as the price table knows it. */
  provider: string;
};

/** A moment: ISO 8601 text with an offset (without one, UTC is meant), or milliseconds since 1970. */
export type Moment = string | number;

export type MyDay = MyPart & {
  date: string;
};

export interface MyLimit {
  limit: number;
  remaining: number;
  /** Until the next window begins. */
  resetSeconds: number;
  windowSeconds: number;
}

/** How often the caller may still call. */
export interface MyLimits {
  events?: null | MyLimit;
  reads?: null | MyLimit;
}

export interface MyPart {
  /** In USD. */
  cost: Figure;
  credits: Figure;
  requests: Figure;
  tokens: Figure;
}

export interface MyUsage {
  /** Oldest first, every day of the range. */
  byDay: MyDay[];
  byModel: Record<string, MyPart>;
  byService: Record<string, MyPart>;
  cacheReadTokens: Figure;
  cacheWriteTokens: Figure;
  /** In USD. */
  cost: Figure;
  credits: Figure;
  failures: Figure;
  groups?: null | Groups;
  /** Of the tokens read, cached ones included, in USD. */
  inputCost: Figure;
  /** Tokens read, without cached ones. */
  inputTokens: Figure;
  limits: MyLimits;
  meta: Meta;
  /** In USD. */
  outputCost: Figure;
  outputTokens: Figure;
  /** Part of the output tokens. */
  reasoningTokens: Figure;
  /** AI requests, completed or failed. */
  requests: Figure;
  /** Of all classes. */
  totalTokens: Figure;
  /** Whose usage it is: the caller's. */
  userId: string;
}

/** One body of a kind, or an array of 1 to 500 of them. */
export type OneOrMany_AiUsage = CommonMembers & {
  /** Tokens read from a cache. */
  cacheReadTokens?: number | null;
  /** Tokens written to a cache. */
  cacheWriteTokens?: number | null;
  /** How hard the request was, in words of your own. */
  complexity?: string | null;
  /** The conversation it belongs to. */
  conversationId?: string | null;
  /** What it cost, in US dollars, where that is known better than the price table does. */
  cost?: number | null;
  /** The feature it served. */
  feature?: string | null;
  /** Tokens read, without cached ones. */
  inputTokens?: number | null;
  /** The programming or natural language. */
  language?: string | null;
  metadata?: null | Extra;
  /** The model, as its provider or the price table names it. */
  model: string;
  /** Tokens written. */
  outputTokens?: number | null;
  /** Who serves the model; as the price table has it where it is not said. */
  provider?: string | null;
  /** The part of `outputTokens` spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request's id: by whichever door it comes, the same one counts once. */
  requestId?: string | null;
  /** The size of the answer, in bytes. */
  responseSizeBytes?: number | null;
  /** How long it took, in milliseconds. */
  responseTimeMs?: number | null;
  /** The service that called the model. */
  service?: string | null;
  status?: null | UsageStatus;
} | (CommonMembers & {
  /** Tokens read from a cache. */
  cacheReadTokens?: number | null;
  /** Tokens written to a cache. */
  cacheWriteTokens?: number | null;
  /** How hard the request was, in words of your own. */
  complexity?: string | null;
  /** The conversation it belongs to. */
  conversationId?: string | null;
  /** What it cost, in US dollars, where that is known better than the price table does. */
  cost?: number | null;
  /** The feature it served. */
  feature?: string | null;
  /** Tokens read, without cached ones. */
  inputTokens?: number | null;
  /** The programming or natural language. */
  language?: string | null;
  metadata?: null | Extra;
  /** The model, as its provider or the price table names it. */
  model: string;
  /** Tokens written. */
  outputTokens?: number | null;
  /** Who serves the model; as the price table has it where it is not said. */
  provider?: string | null;
  /** The part of `outputTokens` spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request's id: by whichever door it comes, the same one counts once. */
  requestId?: string | null;
  /** The size of the answer, in bytes. */
  responseSizeBytes?: number | null;
  /** How long it took, in milliseconds. */
  responseTimeMs?: number | null;
  /** The service that called the model. */
  service?: string | null;
  status?: null | UsageStatus;
})[];

/** One body of a kind, or an array of 1 to 500 of them. */
export type OneOrMany_AppEvent = CommonMembers & {
  device?: null | Device;
  /** The same as `type`. */
  event?: string | null;
  metadata?: null | Extra;
  properties?: null | AppProperties;
  /** What it was: `screen_view`, `custom`, `event.attended` or a name of your own. */
  type: string;
} | (CommonMembers & {
  device?: null | Device;
  /** The same as `type`. */
  event?: string | null;
  metadata?: null | Extra;
  properties?: null | AppProperties;
  /** What it was: `screen_view`, `custom`, `event.attended` or a name of your own. */
  type: string;
})[];

/** One body of a kind, or an array of 1 to 500 of them. */
export type OneOrMany_PlatformEvent = CommonMembers & {
  /**
   * `user.created`, `user.login`, `project.created`, `project.deleted`, `generation.started`, `generation.completed`,
   * `generation.failed`, `build.triggered`, `build.completed`, `build.failed`; others are counted under their names.
   */
  event: string;
  metadata?: null | PlatformMetadata;
  /** The same as `event`. */
  type?: string | null;
} | (CommonMembers & {
  /**
   * `user.created`, `user.login`, `project.created`, `project.deleted`, `generation.started`, `generation.completed`,
   * `generation.failed`, `build.triggered`, `build.completed`, `build.failed`; others are counted under their names.
   */
  event: string;
  metadata?: null | PlatformMetadata;
  /** The same as `event`. */
  type?: string | null;
})[];

/** One body of a kind, or an array of 1 to 500 of them. */
export type OneOrMany_Transaction = CommonMembers & {
  /** The amount in units of the currency, with up to six digits after the point; a refund's is what is given back. */
  amount: number;
  /** The currency (ISO 4217); the tenant's where it is not said. */
  currency?: string | null;
  metadata?: null | Extra;
  /** How it was paid. */
  paymentMethod?: string | null;
  /** Why it failed. */
  reason?: string | null;
  /**
   * `completed` (also `succeeded`, `success`, `paid`), `pending`, `failed`, `refunded`, `cancelled` or another; `completed` where it is not
   * said. Only completed ones are revenue.
   */
  status?: string | null;
  subscription?: null | SubscriptionTerms;
  /** The transaction's id: by whichever door it comes, the same one in the same state counts once. */
  transactionId: string;
  /** `purchase`, `subscription`, `refund`, `chargeback` or a type of your own. */
  type: string;
} | (CommonMembers & {
  /** The amount in units of the currency, with up to six digits after the point; a refund's is what is given back. */
  amount: number;
  /** The currency (ISO 4217); the tenant's where it is not said. */
  currency?: string | null;
  metadata?: null | Extra;
  /** How it was paid. */
  paymentMethod?: string | null;
  /** Why it failed. */
  reason?: string | null;
  /**
   * `completed` (also `succeeded`, `success`, `paid`), `pending`, `failed`, `refunded`, `cancelled` or another; `completed` where it is not
   * said. Only completed ones are revenue.
   */
  status?: string | null;
  subscription?: null | SubscriptionTerms;
  /** The transaction's id: by whichever door it comes, the same one in the same state counts once. */
  transactionId: string;
  /** `purchase`, `subscription`, `refund`, `chargeback` or a type of your own. */
  type: string;
})[];

/** Of all time. */
export interface Overview {
  totalBuilds: Figure;
  totalCost: Figure;
  totalGenerations: Figure;
  totalProjects: Figure;
  totalTokensUsed: Figure;
}

/** How a page was read, and by which campaign its reader came. */
export interface PageVisit {
  /** How far it was scrolled, in percent. */
  scrollDepth?: number | null;
  /** Seconds spent on the page. */
  timeOnPage?: number | null;
  /** By which campaign. */
  utm_campaign?: string | null;
  /** By which kind of way. */
  utm_medium?: string | null;
  /** Where the reader came from. */
  utm_source?: string | null;
}

export interface PlatformDashboard {
  meta: Meta;
  overview: Overview;
  recentActivity: Recent;
  topProjects: Project[];
  trends: Trends;
}

/** Something that happened on a platform. */
export type PlatformEvent = CommonMembers & {
  /**
   * `user.created`, `user.login`, `project.created`, `project.deleted`, `generation.started`, `generation.completed`,
   * `generation.failed`, `build.triggered`, `build.completed`, `build.failed`; others are counted under their names.
   */
  event: string;
  metadata?: null | PlatformMetadata;
  /** The same as `event`. */
  type?: string | null;
};

/** What is known of a platform's event. */
export interface PlatformMetadata {
  /** The build it happened to. */
  buildId?: string | null;
  /** The conversation it happened to. */
  conversationId?: string | null;
  /** The plan before a change. */
  fromPlan?: string | null;
  /** The generation it happened to. */
  generationId?: string | null;
  /** The name of the thing made: with `project.created`, the project's. */
  name?: string | null;
  /** The same as `name`. */
  projectName?: string | null;
  /** The same as `name`. */
  title?: string | null;
  /** The plan after it. */
  toPlan?: string | null;
}

export interface PlatformSeries {
  /** Newest first, every bucket of the range. */
  data: Point[];
  granularity: string;
  meta: Meta;
  metric: string;
  /** As asked for; `null` where dates were. */
  period?: string | null;
}

export interface Point {
  timestamp: string;
  value: Figure;
}

export type PopularModel = AiFigures & {
  model: string;
  /** As sent, or as the price table knows it. */
  provider: string;
};

/** A failed request, as RFC 9457 has it. Media type: `application/problem+json`. */
export interface Problem {
  /** What is wrong, in a sentence. */
  detail?: string | null;
  /** Every fault of the input. */
  errors?: Fault[] | null;
  /** The id under which the log has the request. */
  requestId?: string | null;
  /** The HTTP status. */
  status: number;
  /** The status in words. */
  title: string;
  /** Always `about:blank`: the status says what kind of problem it is. */
  type: string;
}

export interface Project {
  generations: Figure;
  id: string;
  name: string;
  tokens: Figure;
}

export interface ProviderCost {
  byModel: Record<string, ModelCosts>;
  cost: Figure;
  /** cost ÷ requests; `null` without any. */
  costPerRequest: Figure;
  inputCost: Figure;
  outputCost: Figure;
  provider: string;
  requests: Figure;
  /** Its part of the cost, in percent. */
  share: Figure;
}

export interface ProviderCosts {
  /** The dearest first. */
  data: ProviderCost[];
  groups?: null | Groups;
  /** Of the tokens read, cached ones included. */
  inputCost: Figure;
  meta: Meta;
  /** What `cursor` must be for those after them; `null` where there are none. */
  nextCursor?: string | null;
  outputCost: Figure;
  projectedMonthly: CostProjection;
  /** In USD, as all amounts here. */
  totalCost: Figure;
  /** Models that the price table does not have: their tokens count, their cost is 0. */
  unpricedModels: string[];
}

/** How long requests took, in milliseconds. */
export interface ProviderLatency {
  /** Exactly. */
  mean: Figure;
  /** Half of the requests were no slower. Within 1% of the value (`DDSketch`), as p95 and p99 are. */
  p50: Figure;
  p95: Figure;
  p99: Figure;
}

export interface ProviderMetrics {
  /** In USD. */
  cost: Figure;
  /** cost ÷ requests, in USD. */
  costPerRequest: Figure;
  /** failures ÷ requests. */
  errorRate: Figure;
  failures: Figure;
  provider: string;
  requests: Figure;
}

export interface ProviderPerformance {
  /** failures ÷ requests. */
  errorRate: Figure;
  failures: Figure;
  latency?: null | ProviderLatency;
  provider: string;
  requests: Figure;
  /** Requests that tell how long they took: those that latency is of. */
  timedRequests: Figure;
}

export interface ProviderPerformances {
  /** The busiest first. */
  data: ProviderPerformance[];
  groups?: null | Groups;
  meta: Meta;
  /** What `cursor` must be for those after them; `null` where there are none. */
  nextCursor?: string | null;
}

export type ProviderUse = AiFigures & {
  /** As sent, or as the price table knows it of the model. */
  provider: string;
};

/** The first of many, by what they were asked. */
export interface Ranking_ModelUse {
  /** Most first. */
  data: AiFigures & {
    model: string;
    /** As sent, or as the price table knows it. */
    provider: string;
  }[];
  groups?: null | Groups;
  meta: Meta;
  /** What `cursor` must be for those after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** The first of many, by what they were asked. */
export interface Ranking_PopularModel {
  /** Most first. */
  data: AiFigures & {
    model: string;
    /** As sent, or as the price table knows it. */
    provider: string;
  }[];
  groups?: null | Groups;
  meta: Meta;
  /** What `cursor` must be for those after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** The first of many, by what they were asked. */
export interface Ranking_ProviderUse {
  /** Most first. */
  data: AiFigures & {
    /** As sent, or as the price table knows it of the model. */
    provider: string;
  }[];
  groups?: null | Groups;
  meta: Meta;
  /** What `cursor` must be for those after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** The first of many, by what they were asked. */
export interface Ranking_ServiceUse {
  /** Most first. */
  data: AiFigures & {
    /** `(none)` for requests that name none. */
    service: string;
  }[];
  groups?: null | Groups;
  meta: Meta;
  /** What `cursor` must be for those after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** The first of many, by what they were asked. */
export interface Ranking_UserUse {
  /** Most first. */
  data: AiFigures & {
    userId: string;
  }[];
  groups?: null | Groups;
  meta: Meta;
  /** What `cursor` must be for those after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** What became of the events of a write. */
export interface Receipt {
  /** How many events were accepted. */
  accepted: number;
  /** Every fault of every event that was rejected. */
  errors?: EventFault[];
  /** What was changed in events so that they could be accepted. */
  notices?: EventFault[];
  rateLimit?: null | EventRate;
  /** How many were not. */
  rejected: number;
  /** Some or all events were accepted. */
  success: boolean;
}

export interface Recent {
  buildsLast24h: Figure;
  generationsLast24h: Figure;
  tokensLast24h: Figure;
}

export interface SalesGroup {
  revenue: Amounts;
  transactions: Figure;
}

export interface SalesRefunds {
  amount: Amounts;
  count: Figure;
}

export interface SalesStats {
  averageOrder: Amounts;
  byPaymentMethod: Record<string, SalesGroup>;
  byPlan: Record<string, SalesGroup>;
  byStatus: Record<string, SalesGroup>;
  byType: Record<string, SalesGroup>;
  churn?: null | Figure;
  /** Revenue of all time per customer of all time. */
  clv: Amounts;
  groups?: null | Groups;
  meta: Meta;
  mrr?: null | Figure;
  /** Completed transactions but refunds: what revenue comes from. */
  orders: Figure;
  refunds: SalesRefunds;
  revenue: Amounts;
  transactions: Figure;
}

export type ServiceUse = AiFigures & {
  /** `(none)` for requests that name none. */
  service: string;
};

/** The terms of a subscription. */
export interface SubscriptionTerms {
  endDate?: null | Moment;
  /** The subscription's id. */
  id?: string | null;
  /** `day`, `week`, `month`, `quarter`, `year`; a month where it is not said. */
  interval?: string | null;
  startDate?: null | Moment;
}

/** A transaction in one of its states. The same transaction in the same state counts once. */
export type Transaction = CommonMembers & {
  /** The amount in units of the currency, with up to six digits after the point; a refund's is what is given back. */
  amount: number;
  /** The currency (ISO 4217); the tenant's where it is not said. */
  currency?: string | null;
  metadata?: null | Extra;
  /** How it was paid. */
  paymentMethod?: string | null;
  /** Why it failed. */
  reason?: string | null;
  /**
   * `completed` (also `succeeded`, `success`, `paid`), `pending`, `failed`, `refunded`, `cancelled` or another; `completed` where it is not
   * said. Only completed ones are revenue.
   */
  status?: string | null;
  subscription?: null | SubscriptionTerms;
  /** The transaction's id: by whichever door it comes, the same one in the same state counts once. */
  transactionId: string;
  /** `purchase`, `subscription`, `refund`, `chargeback` or a type of your own. */
  type: string;
};

/** The last 24 hours against the 24 before, in percent. */
export interface Trends {
  buildsChange: Figure;
  generationsChange: Figure;
  tokensChange: Figure;
}

/** How a request to a model ended. */
export type UsageStatus = "completed" | "failed";

export interface UserCosts {
  byDay: DayCosts[];
  byModel: Record<string, ModelCosts>;
  groups?: null | Groups;
  /** Of the tokens read, cached ones included. */
  inputCost: Figure;
  meta: Meta;
  outputCost: Figure;
  /** What the calendar month will come to if its days go on as so far. */
  projectedMonthly: Figure;
  totalCost: Figure;
  /** Models that the price table does not have: their tokens count, their cost is 0. */
  unpricedModels: string[];
}

export interface UserUsage {
  /** Newest first, days with use only. */
  byDay: DayUsage[];
  byModel: Record<string, ModelUsage>;
  groups?: null | Groups;
  meta: Meta;
  totalInputTokens: Figure;
  totalOutputTokens: Figure;
  totalRequests: Figure;
  /** Of all classes, cached ones too. */
  totalTokens: Figure;
  uniqueProjects: number;
}

export type UserUse = AiFigures & {
  userId: string;
};

/** What each operation takes and answers. */
export interface Operations {
  /** How long people chat before half an hour of silence, in all and over time. */
  "GET /api/analytics/chat/average-session": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; plan?: string[]; groupBy?: ("user" | "project" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: ChatSessions;
  };
  /** Messages, tokens and cost of chats by provider, the one with most messages first. */
  "GET /api/analytics/chat/by-provider": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; provider?: string[]; model?: string[]; plan?: string[]; groupBy?: ("project" | "provider" | "model" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: ChatByProvider;
  };
  /** Conversations begun, deleted and active, in all and over time. */
  "GET /api/analytics/chat/conversations": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; plan?: string[]; groupBy?: ("project" | "provider" | "model" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: Conversations;
  };
  /** How many messages were sent in chats, in all and over time. */
  "GET /api/analytics/chat/messages": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; provider?: string[]; model?: string[]; plan?: string[]; groupBy?: ("project" | "provider" | "model" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: ChatMessages;
  };
  /** The tokens of chats, by class and over time. */
  "GET /api/analytics/chat/tokens": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; provider?: string[]; model?: string[]; plan?: string[]; groupBy?: ("project" | "provider" | "model" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: ChatTokens;
  };
  /** AI services at a glance. */
  "GET /api/analytics/dashboard": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: AnalyticsDashboard;
  };
  /** Totals of AI requests against the span before, with what providers fail and cost. */
  "GET /api/analytics/metrics": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: AnalyticsMetrics;
  };
  /** AI requests by model, the most used first. */
  "GET /api/analytics/models": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: Ranking_ModelUse;
  };
  /** What the caller asked of AI models, what that cost, and what is left of its limits. */
  "GET /api/analytics/my-usage": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("user" | "project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: MyUsage;
  };
  /** What providers cost, by model, the dearest first, and what the calendar month will come to. */
  "GET /api/analytics/providers/costs": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: ProviderCosts;
  };
  /** How often providers fail and how long they take, the busiest first. */
  "GET /api/analytics/providers/performance": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: ProviderPerformances;
  };
  /** Models by how much they are asked. Requests that name no model rank nowhere. */
  "GET /api/analytics/providers/popularity": {
    query: { metric?: "requests" | "users" | "tokens"; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: Ranking_PopularModel;
  };
  /** Requests and tokens by provider, the busiest first. */
  "GET /api/analytics/providers/usage": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: Ranking_ProviderUse;
  };
  /** Money by currency, and transactions by what they were. */
  "GET /api/analytics/sales/stats": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; type?: string[]; status?: string[]; plan?: string[]; paymentMethod?: string[]; currency?: string[]; groupBy?: ("project" | "type" | "status" | "plan" | "paymentMethod" | "interval" | "currency" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: SalesStats;
  };
  /** Takes a transaction in one of its states. */
  "POST /api/analytics/sales/track": {
    query: { historical?: boolean };
    body: OneOrMany_Transaction;
    answer: Receipt;
  };
  /** AI requests by service, the busiest first. */
  "GET /api/analytics/services": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: Ranking_ServiceUse;
  };
  /** Any metric of the catalogue over time, oldest first. */
  "GET /api/analytics/timeseries": {
    query: { metric?: "events" | "users" | "requests" | "tokens" | "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "reasoningTokens" | "cost" | "inputCost" | "outputCost" | "credits" | "failures" | "errorRate" | "latency" | "latencyMean" | "costPerRequest" | "messages" | "chatTokens" | "chatCost" | "chatSessions" | "chatSessionMean" | "engagementEvents" | "sessions" | "sessionMean" | "bounceRate" | "engagementValue" | "timeOnPage" | "scrollDepth" | "revenue" | "transactions" | "orders" | "refunds" | "refundAmount" | "averageOrder" | "customers" | "httpRequests" | "httpErrors" | "httpErrorRate" | "responseTime" | "responseTimeMean" | "queryTime" | "cpu" | "memory" | "disk" | "cacheHitRate" | "platformEvents" | "generations" | "generationsCompleted" | "generationsFailed" | "builds" | "buildsCompleted" | "buildsFailed" | "conversations" | "signIns" | "signUps" | "projects"; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; user?: string[]; session?: string[]; type?: string[]; event?: string[]; plan?: string[]; page?: string[]; feature?: string[]; subject?: string[]; device?: string[]; platform?: string[]; os?: string[]; browser?: string[]; appVersion?: string[]; country?: string[]; source?: string[]; medium?: string[]; campaign?: string[]; provider?: string[]; model?: string[]; service?: string[]; complexity?: string[]; language?: string[]; priced?: string[]; status?: string[]; paymentMethod?: string[]; currency?: string[]; subscription?: string[]; interval?: string[]; endpoint?: string[]; method?: string[]; statusCode?: string[]; name?: string[]; fromPlan?: string[]; toPlan?: string[] };
    answer: AnalyticsSeries;
  };
  /** The users who asked most of AI models. Requests without a user rank nowhere. */
  "GET /api/analytics/users/top": {
    query: { metric?: "requests" | "tokens" | "cost" | "credits"; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: Ranking_UserUse;
  };
  /** Takes a batch of an app's events. */
  "POST /api/events": {
    query: { historical?: boolean };
    body: AppBatch;
    answer: Receipt;
  };
  /** Tells how many events of the caller's project are accepted and not yet stored. */
  "GET /api/events/health": {
    answer: EventsHealth;
  };
  /** Takes one event of an app. */
  "POST /api/events/single": {
    query: { historical?: boolean };
    body: OneOrMany_AppEvent;
    answer: Receipt;
  };
  /** What one user's AI requests cost, in US dollars, exactly. */
  "GET /costs/user/{userId}": {
    path: { userId: string };
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; groupBy?: ("user" | "project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: UserCosts;
  };
  /** A page that draws this document, and sends requests. */
  "GET /docs": {
    answer: string;
  };
  /** The script that draws the page. */
  "GET /docs/explorer.js": {
    answer: string;
  };
  /** Takes what happened on a platform. */
  "POST /events": {
    query: { historical?: boolean };
    body: OneOrMany_PlatformEvent;
    answer: Receipt;
  };
  /** Whether it works: each thing it needs, with its latency. */
  "GET /health": {
    answer: HealthReport;
  };
  /** Whether it runs: a function that answers is alive. */
  "GET /live": {
    answer: Alive;
  };
  /** Whether it runs, by the name that Kubernetes uses. */
  "GET /livez": {
    answer: Alive;
  };
  /** A platform at a glance. */
  "GET /metrics/dashboard": {
    query: { project?: string[]; limit?: number };
    answer: PlatformDashboard;
  };
  /** Any metric of the catalogue over time. */
  "GET /metrics/timeseries": {
    query: { metric: "events" | "users" | "requests" | "tokens" | "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "reasoningTokens" | "cost" | "inputCost" | "outputCost" | "credits" | "failures" | "errorRate" | "latency" | "latencyMean" | "costPerRequest" | "messages" | "chatTokens" | "chatCost" | "chatSessions" | "chatSessionMean" | "engagementEvents" | "sessions" | "sessionMean" | "bounceRate" | "engagementValue" | "timeOnPage" | "scrollDepth" | "revenue" | "transactions" | "orders" | "refunds" | "refundAmount" | "averageOrder" | "customers" | "httpRequests" | "httpErrors" | "httpErrorRate" | "responseTime" | "responseTimeMean" | "queryTime" | "cpu" | "memory" | "disk" | "cacheHitRate" | "platformEvents" | "generations" | "generationsCompleted" | "generationsFailed" | "builds" | "buildsCompleted" | "buildsFailed" | "conversations" | "signIns" | "signUps" | "projects"; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; user?: string[]; session?: string[]; type?: string[]; event?: string[]; plan?: string[]; page?: string[]; feature?: string[]; subject?: string[]; device?: string[]; platform?: string[]; os?: string[]; browser?: string[]; appVersion?: string[]; country?: string[]; source?: string[]; medium?: string[]; campaign?: string[]; provider?: string[]; model?: string[]; service?: string[]; complexity?: string[]; language?: string[]; priced?: string[]; status?: string[]; paymentMethod?: string[]; currency?: string[]; subscription?: string[]; interval?: string[]; endpoint?: string[]; method?: string[]; statusCode?: string[]; name?: string[]; fromPlan?: string[]; toPlan?: string[] };
    answer: PlatformSeries;
  };
  /** This document. */
  "GET /openapi.json": {
    answer: unknown;
  };
  /** Whether it can take requests: as `/health`. */
  "GET /ready": {
    answer: HealthReport;
  };
  /** Whether it can take requests, by the name that Kubernetes uses. */
  "GET /readyz": {
    answer: HealthReport;
  };
  /** Takes the use of an AI model. */
  "POST /usage/api": {
    query: { historical?: boolean };
    body: OneOrMany_AiUsage;
    answer: Receipt;
  };
  /** What one user asked of AI models. */
  "GET /usage/user/{userId}": {
    path: { userId: string };
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; groupBy?: ("user" | "project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: UserUsage;
  };
}
