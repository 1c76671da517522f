// What Weir's API takes and answers. Generated from its document: `cargo run -p contract` writes it.

/**
 * Who was there on a day, and within the weeks and months of days that end with it, as the time zone divides days. At the top: on the last
 * day of the range, or today where that is later. A user is active with any event of any family.
 */
export interface ActiveOnDay {
  /** Daily active users: distinct users with any event on the day. */
  dau: Figure;
  /** Monthly active users: distinct users with any event on the day or the 29 days before it. */
  mau: Figure;
  /** DAU ÷ MAU × 100: percent, to two digits; `null` where there are none. */
  stickiness: Figure;
  /** Weekly active users: distinct users with any event on the day or the six days before it. */
  wau: Figure;
}

export type ActivePoint = ActiveOnDay & {
  /** When the bucket begins. */
  timestamp: string;
};

export type ActiveUsers = ActiveOnDay & {
  /** The mean of the DAU of all days of the range up to today. */
  averageDau: Figure;
  groups?: null | Groups;
  meta: Meta;
  /** Every bucket of the range, oldest first. A bucket of several days says what was true on the last of them that is in the range. */
  series: ActivePoint[];
};

/** Cost in US dollars, exactly. */
export interface AiCost {
  /** `total` over the number of requests, those without a price included. */
  average: Figure;
  /** Of the tokens read, cached ones included. */
  input: Figure;
  /** Of the tokens written. */
  output: Figure;
  /** `input + output`. */
  total: Figure;
}

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

/** The requests that have something in common. */
export interface AiGroup {
  /** In US dollars. */
  cost: Figure;
  failures: Figure;
  inputTokens: Figure;
  latency: Durations;
  outputTokens: Figure;
  requests: Figure;
  /** The part that did not fail, from 0 to 1. */
  successRate: Figure;
  tokens: Figure;
}

/** The requests of a bucket of time. */
export interface AiPoint {
  /** In US dollars. */
  cost: Figure;
  failures: Figure;
  latency: Durations;
  requests: Figure;
  successRate: Figure;
  /** When the bucket begins. */
  timestamp: string;
  tokens: Figure;
  users: Figure;
}

/** A request to an AI model that begins. */
export type AiRequest = CommonMembers & {
  /** How hard the request is, in words of your own. */
  complexity?: string | null;
  /** The conversation it belongs to. */
  conversationId?: string | null;
  /** The feature it serves. */
  feature?: string | null;
  /** The programming or natural language. */
  language?: string | null;
  metadata?: null | Extra;
  /** The model, as its provider or the price table names it. */
  model: string;
  /** What was asked: only its length is kept. */
  prompt?: unknown;
  /** Who serves the model; as the price table has it where it is not said. */
  provider?: string | null;
  /** The request's id, under which it is updated: by whichever door it comes, the same one counts once. */
  requestId: string;
  /** The service that calls the model. */
  service?: string | null;
};

/** How a request to an AI model ended. Unknown members are kept with its event. */
export interface AiRequestUpdate {
  /** Tokens read from a cache. */
  cacheReadTokens?: number | null;
  /** Tokens written to a cache. */
  cacheWriteTokens?: number | null;
  /** What it cost, in US dollars, where that is known better than the price table does. */
  cost?: number | null;
  /** Tokens read, without cached ones; believed before `tokens`. */
  inputTokens?: number | null;
  /** Tokens written. */
  outputTokens?: number | null;
  /** The request's project, where requests of this id were tracked in several. */
  projectId?: string | null;
  /** Who serves the model, where that was not said when it began. */
  provider?: string | null;
  /** The part of the tokens written that was spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request: in an array, where it is not the one of the path. */
  requestId?: string | null;
  /** What was answered: only its length is kept. */
  response?: unknown;
  /** The size of the answer, in bytes. */
  responseSizeBytes?: number | null;
  /** How long it took, in milliseconds; from `timestamp`, or else from one arrival to the other, where it is not said. */
  responseTimeMs?: number | null;
  /** How it ended. */
  status: UsageStatus;
  timestamp?: null | Moment;
  tokens?: null | TokenCount;
}

export interface AiStats {
  byComplexity: Record<string, AiGroup>;
  byFeature: Record<string, AiGroup>;
  byLanguage: Record<string, AiGroup>;
  byModel: Record<string, AiGroup>;
  byPlan: Record<string, AiGroup>;
  byProvider: Record<string, AiGroup>;
  byStatus: Record<string, AiGroup>;
  cost: AiCost;
  /** Credits taken. */
  credits: Figure;
  /** Requests with the status `failed`. */
  failedRequests: Figure;
  groups?: null | Groups;
  /** Of requests whose duration is known. */
  latency: Durations;
  meta: Meta;
  /** Every bucket of the range, oldest first. */
  series: AiPoint[];
  /**
   * The part of the requests that did not fail, from 0 to 1: `(totalRequests − failedRequests) / totalRequests`, the availability that
   * Google's "Site Reliability Engineering" (2016), chapter 3, measures by requests. `null` without requests.
   */
  successRate: Figure;
  tokens: AiTokens;
  /** Requests that completed or failed. One that was tracked and is not completed yet is pending, and not counted. */
  totalRequests: Figure;
  /** Models that the price table does not have: their tokens count, their cost is 0. */
  unpricedModels: string[];
  /** Distinct users with a request; estimated (`HyperLogLog`, about 1.6%) where they are many. */
  users: Figure;
}

/** Tokens by class. */
export interface AiTokens {
  /** Read from a cache. */
  cacheRead: Figure;
  /** Written to a cache. */
  cacheWrite: Figure;
  /** Read, without cached ones. */
  input: Figure;
  /** Written. */
  output: Figure;
  /** The part of `output` that was spent on reasoning. */
  reasoning: Figure;
  /** Of all classes: input, output, cache reads and cache writes. */
  total: Figure;
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
  /** Credits taken. */
  credits?: number | null;
  /** The feature it served. */
  feature?: string | null;
  /** Tokens read, without cached ones; believed before `tokens`. */
  inputTokens?: number | null;
  /** The programming or natural language. */
  language?: string | null;
  metadata?: null | Extra;
  /** The model, as its provider or the price table names it. */
  model: string;
  /** Tokens written. */
  outputTokens?: number | null;
  /** What was asked: only its length is kept. */
  prompt?: unknown;
  /** Who serves the model; as the price table has it where it is not said. */
  provider?: string | null;
  /** The part of `outputTokens` spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request's id: by whichever door it comes, the same one counts once. */
  requestId?: string | null;
  /** What was answered: only its length is kept. */
  response?: unknown;
  /** The size of the answer, in bytes. */
  responseSizeBytes?: number | null;
  /** How long it took, in milliseconds. */
  responseTimeMs?: number | null;
  /** The service that called the model. */
  service?: string | null;
  status?: null | UsageStatus;
  tokens?: null | TokenCount;
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
  /** With `groupBy`: the series of each group, those with most of the metric first. */
  groups?: GroupSeries[] | null;
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

/** An event of an app or of a service: its type tells which. */
export type AnyEvent = ServiceEvent | EngagementEvent;

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

export interface Arr {
  /**
   * Annual recurring revenue at the end of the range, or now where that is earlier: mrr × 12. It is what a year would bring if nothing
   * changed, not what one brought.
   */
  arr: Amounts;
  groups?: null | RecurringGroups_ArrOfGroup;
  /** By how much it changed since the start of the range: percent of what it was, to two digits; 100 where it was nothing. */
  growth: Record<string, Figure>;
  meta: Meta;
  /** Monthly recurring revenue, as `/api/analytics/revenue/mrr` tells it. */
  mrr: Amounts;
  /** Every bucket of the range, oldest first. What is to come is told as it is now. */
  series: ArrPoint[];
}

export interface ArrPoint {
  /** At the end of the bucket. */
  arr: Amounts;
  /** When the bucket begins. */
  timestamp: string;
}

/** An administrative act. It is written down before it is done, so an act that failed may be among them. */
export interface AuditEntry {
  /** What was done. */
  action: string;
  /** Who: `admin:` and the person (`sub` of the token). */
  actor: string;
  /** When. */
  at: string;
  /** What else is worth knowing of it. */
  detail?: string | null;
  /** The request (`X-Request-Id`), by which logs tell more. */
  requestId?: string | null;
  /** To which thing: its id. */
  subject: string;
}

/** A budget. */
export interface BudgetInfo {
  /** When it was made. */
  createdAt: string;
  /** Its id. */
  id: string;
  /** How much: tokens, or USD. */
  limit: Figure;
  /** What it is of. */
  measure: BudgetMeasure;
  /** What people call it. */
  name: string;
  /** For which time. */
  period: BudgetPeriod;
  /** Which project; `null` where it is for no project. */
  projectId?: string | null;
  recipients?: null | Recipients;
  /** Whose usage it is for. */
  scope: BudgetScope;
  /** At how many percent something is told. */
  thresholds: number[];
  /** The zone whose days, weeks and months are meant. */
  timezone: string;
  /** When it was last written. */
  updatedAt: string;
  /** Which user, by the id under which it is kept; `null` where it is for no user. */
  userId?: string | null;
  /** How often it was written: its `ETag`. */
  version: number;
  /** What its webhooks are signed with; shown when they are set, and when it is changed for another. */
  webhookSecret?: string | null;
}

/** What a budget is of. */
export type BudgetMeasure = "tokens" | "money";

/** That a threshold was reached, told once for a period. */
export interface BudgetNotice {
  /** When it was seen. */
  at: string;
  /** Its name, which is no other's. */
  id: string;
  /** What the budget was then. */
  limit: Figure;
  /** When the period begins. */
  periodStart: string;
  /**
   * The report by which the budget's recipients were told, at `/api/v1/reports/{report}`: what became of each delivery; `null` where it had
   * none then.
   */
  report?: string | null;
  /** How many percent. */
  threshold: number;
  /** What was used when it was seen: tokens, or USD (millionths, rounded down). */
  used: Figure;
}

/** For which time a budget is, by the calendar of its zone. */
export type BudgetPeriod = "day" | "week" | "month";

/** A budget, how it stands, and what was told of it. */
export type BudgetReport = BudgetInfo & {
  /** What was told of it in the last 400 days, the newest first, at most 1,000. */
  history: BudgetNotice[];
  now?: null | BudgetStanding;
};

/** Whose usage a budget is for. */
export type BudgetScope = "tenant" | "project" | "user";

/** How a budget stands. */
export interface BudgetStanding {
  /** What is left; 0 where more was used. */
  left: Figure;
  /** used ÷ limit × 100, to two digits. */
  percent: Figure;
  /** The period: from its start up to its end. */
  period: Ends;
  /** What is used so far: tokens, or USD. */
  used: Figure;
}

/** Sizes in bytes. */
export interface ByteSizes {
  /** The mean of those that are known. */
  average: Figure;
  /** All together. */
  total: Figure;
}

/** How a cache does. Its hit rate is worked out of these; a rate that is sent is kept with the event. */
export interface CacheReading {
  /** Reads that it answered. */
  hits?: number | null;
  /** Reads that it did not. */
  misses?: number | null;
}

/** Reads of the cache. */
export interface CacheReads {
  /** `hits / (hits + misses)`, from 0 to 1: of all reads, not the mean of the rates that events told of. */
  hitRate: Figure;
  hits: Figure;
  misses: Figure;
}

/** A number against the same number of the span before: as long, and ending where the range begins. */
export interface Change {
  /** Over the span before. */
  before: Figure;
  /** (value − before) ÷ before × 100: percent, to two digits; 100 where there was nothing before, `null` where either is not known. */
  change: Figure;
  /** Over the range. */
  value: Figure;
}

/** How a widget is drawn. */
export type Chart = "number" | "line" | "area" | "bar" | "pie" | "funnel" | "heatmap" | "table";

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

/** What `chat.message_sent` says: a message is a request to a model. */
export interface ChatMessage {
  /** Tokens read from a cache. */
  cacheReadTokens?: number | null;
  /** Tokens written to a cache. */
  cacheWriteTokens?: number | null;
  /** How hard it was, in words of your own. */
  complexity?: string | null;
  /** The conversation. */
  conversationId?: string | null;
  /** What it cost, in US dollars, where that is known better than the price table does. */
  cost?: number | null;
  /** The feature it served. */
  feature?: string | null;
  /** Tokens read, without cached ones; believed before `tokens`. */
  inputTokens?: number | null;
  /** The programming or natural language. */
  language?: string | null;
  /** The model. */
  model?: string | null;
  /** Tokens written. */
  outputTokens?: number | null;
  /** What was asked: only its length is kept. */
  prompt?: unknown;
  /** Who serves it; as the price table has it where it is not said. */
  provider?: string | null;
  /** The part of the tokens written that was spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request's id: by whichever door it comes, the same one counts once. */
  requestId?: string | null;
  /** What was answered: only its length is kept. */
  response?: unknown;
  /** How long it took, in milliseconds. */
  responseTimeMs?: number | null;
  /** The service that called the model. */
  service?: string | null;
  tokens?: null | TokenCount;
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

export interface ChurnPoint {
  customers: CustomerChurn;
  /** By currency. */
  revenue: Record<string, RevenueChurn>;
  /** When the bucket begins. A bucket that the range has only a part of is told of that part. */
  timestamp: string;
}

export interface ChurnRate {
  /** Over the whole range. */
  customers: CustomerChurn;
  groups?: null | RecurringGroups_ChurnOfGroup;
  meta: Meta;
  /** Over the whole range, by currency. */
  revenue: Record<string, RevenueChurn>;
  /** Every bucket of the range, oldest first; by month where no granularity is asked for. */
  series: ChurnPoint[];
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
  interval?: null | ProjectionInterval;
  /** How it was worked out. */
  method: string;
  /** What it has cost so far. */
  soFar: Figure;
  /** What it will most likely come to, in USD. */
  value: Figure;
}

/** What a machine's processors do. */
export interface CpuReading {
  /** Load average. */
  load?: number | null;
  /** Use, in percent. */
  usage?: number | null;
}

/** Customers lost. A customer is a user who pays for a subscription, in whatever currency. */
export interface CustomerChurn {
  /** Who paid at the start. */
  before: Figure;
  /** How many times one came to pay nothing any more. */
  churned: Figure;
  /**
   * churned ÷ before × 100: percent, to two digits; `null` where nobody paid at the start. Who came and went between counts as lost, so it
   * can be over 100.
   */
  rate: Figure;
}

/** Who pays for a subscription: before + new + reactivated − churned = after. */
export interface CustomerMovements {
  after: Figure;
  before: Figure;
  /** How many times one came to pay nothing any more, in no currency. */
  churned: Figure;
  /** How many began to pay who never had. */
  new: Figure;
  /** How many times one began to pay again. */
  reactivated: Figure;
}

/** What a dashboard comes to. */
export interface DashboardData {
  /** The dashboard's id. */
  id: string;
  /** Of all that was read. `settledThrough` and what is noted hold of all widgets together, here and in each. */
  meta: Meta;
  /** What each widget comes to, in their order. */
  widgets: WidgetData[];
}

/** A dashboard. */
export interface DashboardInfo {
  /** When it was made; `null` of one that comes with Weir. */
  createdAt?: string | null;
  /** What it is for. */
  description?: string | null;
  /** Whether you may change it. */
  editable: boolean;
  /** Its id; `ready:…` of one that comes with Weir. */
  id: string;
  /** What people call it. */
  name: string;
  /** Whose it is; `null` of one that comes with Weir, and of one whose owner was erased. */
  owner?: string | null;
  /** Who else may see it. */
  sharing: DashboardSharing;
  /** When it was last written; `null` of one that comes with Weir. */
  updatedAt?: string | null;
  /** How often it was written: its `ETag`. */
  version: number;
  /** What it shows. */
  widgets: Widget[];
}

/** Who may see a dashboard besides its owner and the tenant's admins. */
export type DashboardSharing = "private" | "tenant";

/** A dashboard without its widgets. */
export interface DashboardSummary {
  /** Whether you may change it. */
  editable: boolean;
  /** Its id; `ready:…` of one that comes with Weir. */
  id: string;
  /** What people call it. */
  name: string;
  /** Whose it is; `null` of one that comes with Weir, and of one whose owner was erased. */
  owner?: string | null;
  /** Who else may see it. */
  sharing: DashboardSharing;
  /** When it was last written; `null` of one that comes with Weir. */
  updatedAt?: string | null;
  /** How often it was written. */
  version: number;
  /** How many widgets it has. */
  widgets: number;
}

/** How a database does. */
export interface DatabaseReading {
  connectionPool?: null | PoolReading;
  /** How long its queries took, in milliseconds. */
  queryTime?: number | null;
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

/** How much of a disk is used. */
export type DiskReading = SpaceReading & {
  /** The same as `percentage`. */
  usage?: number | null;
};

/**
 * How long something took, in milliseconds. Quantiles come from the merged distribution of all hours, never from the quantiles of hours,
 * and are within 1% of the true value (`DDSketch`: Masson, Rim and Lee, Proceedings of the VLDB Endowment 12, 2019). All are `null` where
 * nothing was timed.
 */
export interface Durations {
  /** The arithmetic mean: the sum of all durations over their number. */
  average: Figure;
  /** The median: half of them took no longer. */
  p50: Figure;
  /** 95% of them took no longer. */
  p95: Figure;
  /** 99% of them took no longer. */
  p99: Figure;
}

/** From a moment up to, and without, another. */
export interface Ends {
  from: string;
  to: string;
}

/** Something that a visitor did. What several places say is taken from the first of them: the event itself, `device`, `metadata`, `properties`. */
export type EngagementEvent = CommonMembers & {
  device?: null | Device;
  /** What it was: `page_view`, `click` or a name of your own. */
  event: string;
  /** The feature used. */
  feature?: string | null;
  metadata?: null | VisitorMetadata;
  /** The page. */
  page?: string | null;
  properties?: null | AppProperties;
  /** The same as `event`. */
  type?: string | null;
  /** The event's own value. */
  value?: number | null;
};

/** The events that have something in common. What is not counted by it, such as values by browser, is `null`. */
export interface EngagementGroup {
  /** In percent. */
  averageScrollDepth: Figure;
  /** In milliseconds. */
  averageTimeOnPage: Figure;
  events: Figure;
  sessions: Figure;
  users: Figure;
  value: Figure;
}

/** The events of a bucket of time. */
export interface EngagementPoint {
  /** From 0 to 1. */
  bounceRate: Figure;
  events: Figure;
  /** A session counts in every bucket in which it has an event, with what it did there: in a short bucket more of them bounce. */
  sessions: Figure;
  /** When the bucket begins. */
  timestamp: string;
  users: Figure;
  value: Figure;
}

/**
 * Sessions: the events with one `sessionId`. The app says when a session begins, commonly after 30 minutes of silence (Google Analytics
 * Help, "Session"). Events without a `sessionId` are of no session.
 */
export interface EngagementSessions {
  /** `bounced / total`, from 0 to 1; `null` without sessions. */
  bounceRate: Figure;
  /**
   * Sessions of exactly one event: "a session that triggers only a single request" (Google Analytics Help, "Bounce rate", of Universal
   * Analytics). Events beyond the range are not seen.
   */
  bounced: Figure;
  /**
   * How long sessions are, in milliseconds: from the first event to the last, so that a bounce is 0. The mean is the sum over all sessions,
   * bounces too.
   */
  duration: Durations;
  /** Sessions with an event in the range. */
  total: Figure;
}

export interface EngagementStats {
  byAppVersion: Record<string, EngagementGroup>;
  byBrowser: Record<string, EngagementGroup>;
  /** By `utm_campaign`. */
  byCampaign: Record<string, EngagementGroup>;
  byCountry: Record<string, EngagementGroup>;
  byDevice: Record<string, EngagementGroup>;
  byEvent: Record<string, EngagementGroup>;
  byFeature: Record<string, EngagementGroup>;
  /** By hour of the day in the time zone asked for: all 24. */
  byHourOfDay: HourOfDay[];
  byOs: Record<string, EngagementGroup>;
  /** By page or screen. */
  byPage: Record<string, EngagementGroup>;
  /** By day of the week in the time zone asked for: all seven, from Monday. */
  byWeekday: Weekday[];
  /** Events of engagement. */
  events: Figure;
  groups?: null | Groups;
  meta: Meta;
  /** In percent, the mean of events that say how far a page was scrolled; `null` where none does. */
  scrollDepth: Figure;
  /** Every bucket of the range, oldest first. */
  series: EngagementPoint[];
  sessions: EngagementSessions;
  /** In milliseconds, of events that say how long a page was read. */
  timeOnPage: EngagementValue;
  /** Distinct users with an event; estimated (`HyperLogLog`, about 1.6%) where they are many. */
  users: Figure;
  /** The events' own values: how many have one, their sum and mean. */
  value: EngagementValue;
}

/** Values that some events have. */
export interface EngagementValue {
  /** The mean of those that have one; `null` where none has. */
  average: Figure;
  /** How many events have one. */
  events: Figure;
  total: Figure;
}

/** The erasure of a person, and how far it is. It does not say whose it is: who asked for it knows. */
export interface ErasureJob {
  /** Days of families (a day with AI usage and sales is two) in which the person was found. */
  days: number;
  /** When it was done; `null` until then. */
  doneAt?: string | null;
  /** A keyed hash of the user's id. */
  id: string;
  /** How many of them still name it. */
  left: number;
  /** How many of those wait for an hour that cannot be settled until somebody mends what is wrong with it: see `weir doctor`. */
  quarantined: number;
  /** When it was asked for. What happened or arrived before is erased; what the person does since is new. */
  requestedAt: string;
  /**
   * `settling`: what names the person is settled again without it, and answers show the person until that is done. `watched`: nothing that is
   * counted names it any more; for 20 minutes it is looked whether what began before brings it back. `clearing`: raw data that was
   * superseded is deleted. `done`: nothing that is kept names the person.
   */
  state: ErasureState;
  /** Where to see how far it is. */
  url: string;
}

/** What is being done about an erasure. */
export type ErasureState = "settling" | "watched" | "clearing" | "done";

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

export interface GlanceAi {
  /** In US dollars. */
  cost: Change;
  /** `failures / requests`, from 0 to 1. */
  errorRate: Change;
  failures: Change;
  /** The median of the requests' durations, in milliseconds. */
  latency: Change;
  /** Requests that completed or failed. */
  requests: Change;
  /** Of all classes. */
  tokens: Change;
  users: Change;
}

export interface GlanceEngagement {
  events: Change;
  /** Distinct sessions; estimated (`HyperLogLog`, about 1.6%) where they are many. */
  sessions: Change;
  users: Change;
}

export interface GlancePerformance {
  /** `errors / requests`, from 0 to 1. */
  errorRate: Change;
  /** Requests answered with a status of 400 or more. */
  errors: Change;
  requests: Change;
  /** The median response time, in milliseconds. */
  responseTime: Change;
}

export interface GlancePlatform {
  /** Builds triggered. */
  builds: Change;
  events: Change;
  /** Generations started. */
  generations: Change;
  /** Accounts made. */
  signUps: Change;
}

export interface GlanceSales {
  /** Completed transactions but refunds: what revenue comes from. */
  orders: Change;
  /** By currency. */
  refundAmount: Record<string, Change>;
  refunds: Change;
  /** By currency: amounts of completed transactions but refunds. */
  revenue: Record<string, Change>;
  transactions: Change;
}

export type Group = Record<string, string | number | null>;

/** The series of one group. */
export interface GroupSeries {
  /** As the series of all: in its order, every bucket of the range. */
  data: Point[];
  /** Each dimension with its value. */
  group: Record<string, string>;
}

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

/** The events of an hour of the day. */
export interface HourOfDay {
  events: Figure;
  /** From 0 to 23. */
  hour: number;
  users: Figure;
}

/** The file that a job has made. */
export interface JobFile {
  contentType: string;
  name: string;
  sizeBytes: number;
  /** Opens the file until then. Ask again for another. */
  url: string;
  /** Until when the address opens it, at most. */
  urlExpiresAt: string;
}

/** A job: something that takes longer than a request may. */
export interface JobInfo {
  createdAt: string;
  /** Why nothing did. */
  error?: string | null;
  /** When it is forgotten, and its file with it. */
  expiresAt: string;
  file?: null | JobFile;
  finishedAt?: string | null;
  /** Its id, also in its address. */
  id: string;
  /** What was asked for: `export`. */
  kind: string;
  progress: JobProgress;
  /** `queued`, `running`, `done` or `failed`. */
  status: string;
}

/** How far a job is. */
export interface JobProgress {
  /** About how many there will be; absent where that is not known beforehand. */
  expectedRows?: number | null;
  /** Rows that are written so far. */
  rows: number;
}

/** An API key, without its text. */
export interface KeyInfo {
  /** When it was made. */
  createdAt: string;
  /** By what it is revoked: the beginning of its hash. */
  id: string;
  /** The project that it writes to. */
  project: string;
  /** When it was revoked; `null` while it is in use. */
  revokedAt?: string | null;
}

/** Where a widget is, on a grid of 12 columns. */
export interface Layout {
  /** How many rows. */
  height: number;
  /** How many columns. */
  width: number;
  /** The first column. */
  x: number;
  /** The first row. */
  y: number;
}

/** A gauge that has no smallest reading. */
export interface LevelGauge {
  /** The mean of all readings. */
  average: Figure;
  latest: Figure;
  max: Figure;
}

/** Memory in use, in percent, and in bytes. */
export interface MemoryGauge {
  /** The mean of all readings, in percent. */
  average: Figure;
  latest: Figure;
  max: Figure;
  min: Figure;
  /** Memory there is, by the latest reading, in bytes. */
  totalBytes: Figure;
  /** The latest reading, in bytes. */
  usedBytes: Figure;
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

export interface MetricCatalogue {
  data: MetricEntry[];
  meta: Meta;
  /** Always `null`: the catalogue is one page. */
  nextCursor?: string | null;
}

export interface MetricCube {
  cube: string;
  dimensions: string[];
}

export interface MetricEntry {
  /** How exact it is. */
  accuracy: string;
  /** The cubes that have it, each with dimensions that can be asked for together. */
  cubes: MetricCube[];
  /** How it is worked out. */
  definition: string;
  description: string;
  /** By what it can be grouped and narrowed; not by all of them together, only by those of one cube. */
  dimensions: string[];
  exact: boolean;
  /** The families of events that it is counted from. */
  families: string[];
  /** What `metric=` takes. */
  name: string;
  quantiles?: null | MetricQuantiles;
  /** What it counts: `count`, `tokens`, `USD`, `currency`, `credits`, `milliseconds`, `percent`, `ratio`… */
  unit: string;
  /** What it comes to over the range, where it was asked for; of a distribution, its median. */
  value?: Figure;
}

/** What half, 95% and 99% of the values do not exceed. */
export interface MetricQuantiles {
  p50: Figure;
  p95: Figure;
  p99: Figure;
}

/**
 * All families at a glance. Every number comes with what it was in the span before, which is as long and ends where the range begins, and
 * with the change in percent.
 */
export interface MetricsDashboard {
  /** Users with any event, of whichever family; estimated (Theta sketch) beyond 4,096. */
  activeUsers: Change;
  ai: GlanceAi;
  /** The span before. */
  before: Ends;
  engagement: GlanceEngagement;
  /** Events of all families. */
  events: Change;
  meta: Meta;
  performance: GlancePerformance;
  platform: GlancePlatform;
  sales: GlanceSales;
}

/** All families over time. */
export interface MetricsSummary {
  /** Every bucket of the range, oldest first. `groupBy=hour`, `day`, `week` or `month` says how long they are. */
  data: SummaryBucket[];
  groups?: null | Groups;
  meta: Meta;
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

export interface Mrr {
  /** mrr ÷ those who pay in that currency, rounded to six digits; left out where nobody does. */
  averagePerCustomer: Amounts;
  /** Who pays for a subscription, in whatever currency. */
  customers: CustomerMovements;
  groups?: null | RecurringGroups_MrrOfGroup;
  /** By how much it changed since the start of the range: percent of what it was, to two digits; 100 where it was nothing. */
  growth: Record<string, Figure>;
  meta: Meta;
  /** What moved it over the range. */
  movements: Record<string, MrrMovements>;
  /**
   * Monthly recurring revenue at the end of the range, or now where that is earlier: the sum of all subscriptions that are paid for, each
   * brought to a month (a year ÷ 12, a quarter ÷ 3, a week × 52 ÷ 12, a day × 365 ÷ 12; rounded to the nearest millionth, halves up).
   * One without an amount is worth the latest payment of its user and plan, from the first such payment on.
   */
  mrr: Amounts;
  /** Every bucket of the range, oldest first. What is to come is told as it is now. */
  series: MrrPoint[];
}

/**
 * How recurring revenue moved in one currency, customer by customer: before + new + reactivated + expansion − contraction − churned = after.
 * A customer's subscriptions count together, so that going from one to another is expansion or contraction.
 */
export interface MrrMovements {
  after: Figure;
  before: Figure;
  /** What customers had paid who pay nothing any more. */
  churned: Figure;
  /** What customers pay less who still pay. */
  contraction: Figure;
  /** What customers pay more. */
  expansion: Figure;
  /** after − before. */
  net: Figure;
  /** Of customers who never paid before. */
  new: Figure;
  /** Of customers who had paid before, and did not any more. */
  reactivated: Figure;
}

export interface MrrPoint {
  customers: CustomerMovements;
  /** What moved it in the bucket. */
  movements: Record<string, MrrMovements>;
  /** At the end of the bucket. */
  mrr: Amounts;
  /** When the bucket begins. */
  timestamp: string;
}

/** A budget of the caller, and what is left of it. */
export type MyBudget = BudgetInfo & {
  /** How it stands. */
  now: BudgetStanding;
};

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
  /** The budgets that are for the caller, and what is left of each in its own period, whatever time is asked about. */
  budgets: MyBudget[];
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

/** What a group is told apart by: what was asked for. */
export interface Names {
  /** The bucket's first day. */
  day?: string | null;
  /** When the bucket begins. */
  hour?: string | null;
  /** The bucket's first day. */
  month?: string | null;
  project?: string | null;
  /** Subscriptions that name no user are of `(none)`, together. */
  user?: string | null;
  /** The bucket's first day. */
  week?: string | null;
}

/** A budget to keep: made, or written over another. */
export interface NewBudget {
  /** How much: whole tokens, or USD with at most 6 digits after the point. */
  limit: number;
  /** What it is of. */
  measure: BudgetMeasure;
  /** What people call it. */
  name: string;
  /** For which time. */
  period: BudgetPeriod;
  /** Which project; with the scope `project` only. */
  projectId?: string | null;
  /** Who is told of that, once each; nobody, where not given: the budget's history has it in any case. */
  recipients?: Recipients;
  /** Gives the webhooks another secret, which the answer shows. */
  rotateSecret?: boolean;
  /** Whose usage it is for. */
  scope: BudgetScope;
  /** At how many percent of it something is told, once each in a period; 50, 80 and 100, where not given. */
  thresholds?: number[] | null;
  /** The IANA name of the zone whose days, weeks and months are meant; UTC, where not given. */
  timezone?: string | null;
  /** Which user; with the scope `user` only. */
  userId?: string | null;
}

/** A dashboard to keep: made, or written over another. */
export interface NewDashboard {
  /** The id of a dashboard that you may see, a ready-made one too, whose widgets it gets. */
  copyOf?: string | null;
  /** What it is for. */
  description?: string | null;
  /** What people call it. */
  name: string;
  /** Who else may see it; nobody, where not given. */
  sharing?: DashboardSharing;
  /** What it shows. Either these, or `copyOf`. */
  widgets?: Widget[] | null;
}

/** An API key that was made: its text is shown this once, and kept nowhere. */
export interface NewKey {
  /** When it was made. */
  createdAt: string;
  /** By what it is revoked. */
  id: string;
  /** The key itself, for `X-API-Key`. */
  key: string;
  /** The project that it writes to. */
  project: string;
}

/** A price to set, in USD per million tokens with at most 6 digits after the point. */
export interface NewPrice {
  /** Of tokens read from a cache. */
  cacheReadPerMillion?: number | null;
  /** Of tokens written to a cache. */
  cacheWritePerMillion?: number | null;
  /** From when on: a date (from midnight UTC) or a date-time. Where it is past, what is settled since then is priced anew. */
  effective: string;
  /** Of tokens read. */
  inputPerMillion: number;
  /** The model, as requests name it; by a short name, the model that it stands for. */
  model: string;
  /** Of tokens written. */
  outputPerMillion: number;
  /** Who serves it; needed for a model that the built-in table does not have. */
  provider?: string | null;
}

/** A project to make. */
export interface NewProject {
  /** Its id, which cannot be changed. */
  id: string;
  /** What people call it; its id, where not given. */
  name?: string | null;
}

/** A report to make now. */
export interface NewReport {
  /** `html` (the default), `csv` or `json`. */
  format?: string | null;
  /** What people call it; the template's title where not given. */
  name?: string | null;
  range?: null | QueryRange;
  /** To whom it goes. */
  recipients?: Recipients;
  /** `usage`, `billing`, `revenue`, `engagement`, `performance` or `digest`. */
  template: string;
  /** An IANA name; UTC by default. */
  timezone?: string | null;
}

/** A schedule of reports. */
export interface NewReportSchedule {
  /** Whether it is switched on: what was due while it was off is not made up for. */
  enabled?: boolean;
  /** Nothing is due after. */
  endsAt?: string | null;
  /** `html` (the default), `csv` or `json`. */
  format?: string | null;
  /** What people call it, and its reports. */
  name: string;
  /** What each report is of: the last whole `hour`, `day`, `week` or `month` before it is due. By default that of the schedule; for cron a day. */
  period?: string | null;
  /** To whom they go. */
  recipients?: Recipients;
  /** Gives the webhooks another secret, which the answer shows. */
  rotateSecret?: boolean;
  /** `hourly`, `daily`, `weekly` or `monthly` (at 6 in the morning; weeks on Monday), or cron's five fields: minute, hour, day, month, weekday. */
  schedule: string;
  /** Nothing is due before; where it is past, what was due since is made up for, oldest first. Now by default. */
  startsAt?: string | null;
  /** `usage`, `billing`, `revenue`, `engagement`, `performance` or `digest`. */
  template: string;
  /** By which clock it is due, and its days begin: an IANA name; UTC by default. */
  timezone?: string | null;
}

/** One body of a kind, or an array of 1 to 500 of them. */
export type OneOrMany_AiRequest = CommonMembers & {
  /** How hard the request is, in words of your own. */
  complexity?: string | null;
  /** The conversation it belongs to. */
  conversationId?: string | null;
  /** The feature it serves. */
  feature?: string | null;
  /** The programming or natural language. */
  language?: string | null;
  metadata?: null | Extra;
  /** The model, as its provider or the price table names it. */
  model: string;
  /** What was asked: only its length is kept. */
  prompt?: unknown;
  /** Who serves the model; as the price table has it where it is not said. */
  provider?: string | null;
  /** The request's id, under which it is updated: by whichever door it comes, the same one counts once. */
  requestId: string;
  /** The service that calls the model. */
  service?: string | null;
} | (CommonMembers & {
  /** How hard the request is, in words of your own. */
  complexity?: string | null;
  /** The conversation it belongs to. */
  conversationId?: string | null;
  /** The feature it serves. */
  feature?: string | null;
  /** The programming or natural language. */
  language?: string | null;
  metadata?: null | Extra;
  /** The model, as its provider or the price table names it. */
  model: string;
  /** What was asked: only its length is kept. */
  prompt?: unknown;
  /** Who serves the model; as the price table has it where it is not said. */
  provider?: string | null;
  /** The request's id, under which it is updated: by whichever door it comes, the same one counts once. */
  requestId: string;
  /** The service that calls the model. */
  service?: string | null;
})[];

/** One body of a kind, or an array of 1 to 500 of them. */
export type OneOrMany_AiRequestUpdate = {
  /** Tokens read from a cache. */
  cacheReadTokens?: number | null;
  /** Tokens written to a cache. */
  cacheWriteTokens?: number | null;
  /** What it cost, in US dollars, where that is known better than the price table does. */
  cost?: number | null;
  /** Tokens read, without cached ones; believed before `tokens`. */
  inputTokens?: number | null;
  /** Tokens written. */
  outputTokens?: number | null;
  /** The request's project, where requests of this id were tracked in several. */
  projectId?: string | null;
  /** Who serves the model, where that was not said when it began. */
  provider?: string | null;
  /** The part of the tokens written that was spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request: in an array, where it is not the one of the path. */
  requestId?: string | null;
  /** What was answered: only its length is kept. */
  response?: unknown;
  /** The size of the answer, in bytes. */
  responseSizeBytes?: number | null;
  /** How long it took, in milliseconds; from `timestamp`, or else from one arrival to the other, where it is not said. */
  responseTimeMs?: number | null;
  /** How it ended. */
  status: UsageStatus;
  timestamp?: null | Moment;
  tokens?: null | TokenCount;
} | {
  /** Tokens read from a cache. */
  cacheReadTokens?: number | null;
  /** Tokens written to a cache. */
  cacheWriteTokens?: number | null;
  /** What it cost, in US dollars, where that is known better than the price table does. */
  cost?: number | null;
  /** Tokens read, without cached ones; believed before `tokens`. */
  inputTokens?: number | null;
  /** Tokens written. */
  outputTokens?: number | null;
  /** The request's project, where requests of this id were tracked in several. */
  projectId?: string | null;
  /** Who serves the model, where that was not said when it began. */
  provider?: string | null;
  /** The part of the tokens written that was spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request: in an array, where it is not the one of the path. */
  requestId?: string | null;
  /** What was answered: only its length is kept. */
  response?: unknown;
  /** The size of the answer, in bytes. */
  responseSizeBytes?: number | null;
  /** How long it took, in milliseconds; from `timestamp`, or else from one arrival to the other, where it is not said. */
  responseTimeMs?: number | null;
  /** How it ended. */
  status: UsageStatus;
  timestamp?: null | Moment;
  tokens?: null | TokenCount;
}[];

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
  /** Credits taken. */
  credits?: number | null;
  /** The feature it served. */
  feature?: string | null;
  /** Tokens read, without cached ones; believed before `tokens`. */
  inputTokens?: number | null;
  /** The programming or natural language. */
  language?: string | null;
  metadata?: null | Extra;
  /** The model, as its provider or the price table names it. */
  model: string;
  /** Tokens written. */
  outputTokens?: number | null;
  /** What was asked: only its length is kept. */
  prompt?: unknown;
  /** Who serves the model; as the price table has it where it is not said. */
  provider?: string | null;
  /** The part of `outputTokens` spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request's id: by whichever door it comes, the same one counts once. */
  requestId?: string | null;
  /** What was answered: only its length is kept. */
  response?: unknown;
  /** The size of the answer, in bytes. */
  responseSizeBytes?: number | null;
  /** How long it took, in milliseconds. */
  responseTimeMs?: number | null;
  /** The service that called the model. */
  service?: string | null;
  status?: null | UsageStatus;
  tokens?: null | TokenCount;
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
  /** Credits taken. */
  credits?: number | null;
  /** The feature it served. */
  feature?: string | null;
  /** Tokens read, without cached ones; believed before `tokens`. */
  inputTokens?: number | null;
  /** The programming or natural language. */
  language?: string | null;
  metadata?: null | Extra;
  /** The model, as its provider or the price table names it. */
  model: string;
  /** Tokens written. */
  outputTokens?: number | null;
  /** What was asked: only its length is kept. */
  prompt?: unknown;
  /** Who serves the model; as the price table has it where it is not said. */
  provider?: string | null;
  /** The part of `outputTokens` spent on reasoning. */
  reasoningTokens?: number | null;
  /** The request's id: by whichever door it comes, the same one counts once. */
  requestId?: string | null;
  /** What was answered: only its length is kept. */
  response?: unknown;
  /** The size of the answer, in bytes. */
  responseSizeBytes?: number | null;
  /** How long it took, in milliseconds. */
  responseTimeMs?: number | null;
  /** The service that called the model. */
  service?: string | null;
  status?: null | UsageStatus;
  tokens?: null | TokenCount;
})[];

/** One body of a kind, or an array of 1 to 500 of them. */
export type OneOrMany_AnyEvent = ServiceEvent | EngagementEvent | (ServiceEvent | EngagementEvent)[];

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
export type OneOrMany_EngagementEvent = CommonMembers & {
  device?: null | Device;
  /** What it was: `page_view`, `click` or a name of your own. */
  event: string;
  /** The feature used. */
  feature?: string | null;
  metadata?: null | VisitorMetadata;
  /** The page. */
  page?: string | null;
  properties?: null | AppProperties;
  /** The same as `event`. */
  type?: string | null;
  /** The event's own value. */
  value?: number | null;
} | (CommonMembers & {
  device?: null | Device;
  /** What it was: `page_view`, `click` or a name of your own. */
  event: string;
  /** The feature used. */
  feature?: string | null;
  metadata?: null | VisitorMetadata;
  /** The page. */
  page?: string | null;
  properties?: null | AppProperties;
  /** The same as `event`. */
  type?: string | null;
  /** The event's own value. */
  value?: number | null;
})[];

/** One body of a kind, or an array of 1 to 500 of them. */
export type OneOrMany_PerformanceEvent = CommonMembers & {
  cache?: null | CacheReading;
  database?: null | DatabaseReading;
  /** The endpoint, as a route rather than a path: `/items/{id}`. */
  endpoint?: string | null;
  metadata?: null | Extra;
  /** The HTTP method. */
  method?: string | null;
  /** The request's id, by which a repeat of it counts once. */
  requestId?: string | null;
  /** The size of the request, in bytes. */
  requestSize?: number | null;
  /** The size of the answer, in bytes. */
  responseSize?: number | null;
  /** How long the request took, in milliseconds. With it, it counts as a request. */
  responseTime?: number | null;
  /** The service. */
  service: string;
  /** The HTTP status. */
  statusCode?: number | null;
  system?: null | SystemReading;
} | (CommonMembers & {
  cache?: null | CacheReading;
  database?: null | DatabaseReading;
  /** The endpoint, as a route rather than a path: `/items/{id}`. */
  endpoint?: string | null;
  metadata?: null | Extra;
  /** The HTTP method. */
  method?: string | null;
  /** The request's id, by which a repeat of it counts once. */
  requestId?: string | null;
  /** The size of the request, in bytes. */
  requestSize?: number | null;
  /** The size of the answer, in bytes. */
  responseSize?: number | null;
  /** How long the request took, in milliseconds. With it, it counts as a request. */
  responseTime?: number | null;
  /** The service. */
  service: string;
  /** The HTTP status. */
  statusCode?: number | null;
  system?: null | SystemReading;
})[];

/** One body of a kind, or an array of 1 to 500 of them. */
export type OneOrMany_PlatformOrService = PlatformEvent | ServiceEvent | (PlatformEvent | ServiceEvent)[];

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

/** Where a price comes from. */
export type Origin = "own" | "builtin";

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

/** A part of a list. */
export interface Page_AuditEntry {
  /** The rows. */
  data: {
    /** What was done. */
    action: string;
    /** Who: `admin:` and the person (`sub` of the token). */
    actor: string;
    /** When. */
    at: string;
    /** What else is worth knowing of it. */
    detail?: string | null;
    /** The request (`X-Request-Id`), by which logs tell more. */
    requestId?: string | null;
    /** To which thing: its id. */
    subject: string;
  }[];
  /** What `cursor` must be for the rows after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** A part of a list. */
export interface Page_BudgetInfo {
  /** The rows. */
  data: {
    /** When it was made. */
    createdAt: string;
    /** Its id. */
    id: string;
    /** How much: tokens, or USD. */
    limit: Figure;
    /** What it is of. */
    measure: BudgetMeasure;
    /** What people call it. */
    name: string;
    /** For which time. */
    period: BudgetPeriod;
    /** Which project; `null` where it is for no project. */
    projectId?: string | null;
    recipients?: null | Recipients;
    /** Whose usage it is for. */
    scope: BudgetScope;
    /** At how many percent something is told. */
    thresholds: number[];
    /** The zone whose days, weeks and months are meant. */
    timezone: string;
    /** When it was last written. */
    updatedAt: string;
    /** Which user, by the id under which it is kept; `null` where it is for no user. */
    userId?: string | null;
    /** How often it was written: its `ETag`. */
    version: number;
    /** What its webhooks are signed with; shown when they are set, and when it is changed for another. */
    webhookSecret?: string | null;
  }[];
  /** What `cursor` must be for the rows after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** A part of a list. */
export interface Page_DashboardSummary {
  /** The rows. */
  data: {
    /** Whether you may change it. */
    editable: boolean;
    /** Its id; `ready:…` of one that comes with Weir. */
    id: string;
    /** What people call it. */
    name: string;
    /** Whose it is; `null` of one that comes with Weir, and of one whose owner was erased. */
    owner?: string | null;
    /** Who else may see it. */
    sharing: DashboardSharing;
    /** When it was last written; `null` of one that comes with Weir. */
    updatedAt?: string | null;
    /** How often it was written. */
    version: number;
    /** How many widgets it has. */
    widgets: number;
  }[];
  /** What `cursor` must be for the rows after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** A part of a list. */
export interface Page_KeyInfo {
  /** The rows. */
  data: {
    /** When it was made. */
    createdAt: string;
    /** By what it is revoked: the beginning of its hash. */
    id: string;
    /** The project that it writes to. */
    project: string;
    /** When it was revoked; `null` while it is in use. */
    revokedAt?: string | null;
  }[];
  /** What `cursor` must be for the rows after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** A part of a list. */
export interface Page_PriceInfo {
  /** The rows. */
  data: {
    /** Of tokens read from a cache; as tokens read where `null`. */
    cacheReadPerMillion: Figure;
    /** Of tokens written to a cache; as tokens read where `null`. */
    cacheWritePerMillion: Figure;
    /** From when on. */
    effective: string;
    /** Of tokens read. */
    inputPerMillion: Figure;
    /** The model. */
    model: string;
    /** `own`: set by the tenant, and before the built-in one of the same model and date; `builtin`: comes with Weir. */
    origin: Origin;
    /** Of tokens written. */
    outputPerMillion: Figure;
    /** Who serves it. */
    provider: string;
  }[];
  /** What `cursor` must be for the rows after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** A part of a list. */
export interface Page_ProjectInfo {
  /** The rows. */
  data: {
    /** When it was made. */
    createdAt: string;
    /** Its id, under which its events are counted. */
    id: string;
    /** What people call it. */
    name: string;
  }[];
  /** What `cursor` must be for the rows after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** A part of a list. */
export interface Page_Report {
  /** The rows. */
  data: {
    /** When it was asked for: a due time that was made up for is asked for later. */
    askedAt: string;
    /** How often it was tried to make it. */
    attempts: number;
    before?: null | ReportEnds;
    /** The budget whose notice it is; `null` of a report. */
    budget?: string | null;
    /** What becomes of it for each of its recipients; those that are `dead` are given up. */
    deliveries: ReportDelivery[];
    /** When it was due; when it was asked for, of one without a schedule. */
    due: string;
    /** How long it took to make it, in milliseconds. */
    durationMs?: number | null;
    /** Whether its file was deleted because it named a person who was erased since. */
    erased: boolean;
    /** Why it could not be made. */
    error?: string | null;
    /** How it is written; `null` of a notice. */
    format?: string | null;
    /** Its id. */
    id: string;
    /** Opens it, for a day. */
    link?: string | null;
    /** When it was made. */
    madeAt?: string | null;
    /** What people call it. */
    name: string;
    range?: null | ReportEnds;
    /** The schedule that it is of; `null` of one that was asked for. */
    schedule?: string | null;
    /** How large it is. */
    sizeBytes?: number | null;
    /**
     * `queued` (it is not made yet), `delivering`, `done` (everybody has it), or `failed` (it could not be made, or somebody does not have it
     * and never will).
     */
    status: string;
    /** The template; `null` of a notice. */
    template?: string | null;
    /** In what zone its days begin. */
    timezone?: string | null;
    /** What its webhooks are signed with; shown to who asks for a report. */
    webhookSecret?: string | null;
  }[];
  /** What `cursor` must be for the rows after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** A part of a list. */
export interface Page_ReportSchedule {
  /** The rows. */
  data: {
    createdAt: string;
    /** Whether it is switched on. */
    enabled: boolean;
    /** Nothing is due after. */
    endsAt?: string | null;
    /** How they are written. */
    format: string;
    /** Its id. */
    id: string;
    /** What people call it, and its reports. */
    name: string;
    /** When a report is due next; `null` where none is any more. */
    nextDue?: string | null;
    /** What each report is of: the last whole one of these before it is due. */
    period: string;
    /** To whom they go. */
    recipients: Recipients;
    /** When its reports are due, as it was set. */
    schedule: string;
    /** Nothing is due before. */
    startsAt?: string | null;
    /** The template. */
    template: string;
    /** By which clock. */
    timezone: string;
    updatedAt: string;
    /** How often it was written. */
    version: number;
    /** What its webhooks are signed with; shown when they are set, and when it is changed for another. */
    webhookSecret?: string | null;
  }[];
  /** What `cursor` must be for the rows after them; `null` where there are none. */
  nextCursor?: string | null;
}

/** What events of `billing` say. */
export interface Payment {
  /**
   * The amount in units of the currency. A payment that succeeded needs it; a subscription without one is worth the latest payment of the
   * same user and plan.
   */
  amount?: number | null;
  /** The currency (ISO 4217); the tenant's where it is not said. */
  currency?: string | null;
  endDate?: null | Moment;
  /** `day`, `week`, `month`, `quarter`, `year`; a month where it is not said. */
  interval?: string | null;
  /** How it was paid. */
  paymentMethod?: string | null;
  /** Why it failed. */
  reason?: string | null;
  /** The subscription's id. */
  stripeSubscriptionId?: string | null;
  /** The same as `stripeSubscriptionId`. */
  subscriptionId?: string | null;
  /** The transaction's id: by whichever door it comes, the same one in the same state counts once. */
  transactionId?: string | null;
}

/** A gauge in percent. */
export interface PercentGauge {
  /** The mean of all readings. */
  average: Figure;
  latest: Figure;
  max: Figure;
  min: Figure;
}

/** A request to a service, a reading of its resources, or both. */
export type PerformanceEvent = CommonMembers & {
  cache?: null | CacheReading;
  database?: null | DatabaseReading;
  /** The endpoint, as a route rather than a path: `/items/{id}`. */
  endpoint?: string | null;
  metadata?: null | Extra;
  /** The HTTP method. */
  method?: string | null;
  /** The request's id, by which a repeat of it counts once. */
  requestId?: string | null;
  /** The size of the request, in bytes. */
  requestSize?: number | null;
  /** The size of the answer, in bytes. */
  responseSize?: number | null;
  /** How long the request took, in milliseconds. With it, it counts as a request. */
  responseTime?: number | null;
  /** The service. */
  service: string;
  /** The HTTP status. */
  statusCode?: number | null;
  system?: null | SystemReading;
};

/** The requests that have something in common. */
export interface PerformanceGroup {
  errorRate: Figure;
  errors: Figure;
  latency: Durations;
  requests: Figure;
}

/** The requests of a bucket of time, and the resources used in it. */
export interface PerformancePoint {
  /** The part of the cache's reads that were hits, from 0 to 1. */
  cacheHitRate: Figure;
  /** Mean processor use, in percent. */
  cpu: Figure;
  errorRate: Figure;
  errors: Figure;
  latency: Durations;
  /** Mean memory in use, in percent. */
  memory: Figure;
  requests: Figure;
  /** When the bucket begins. */
  timestamp: string;
}

export interface PerformanceStats {
  byEndpoint: Record<string, PerformanceGroup>;
  byMethod: Record<string, PerformanceGroup>;
  byService: Record<string, PerformanceGroup>;
  /** By HTTP status. */
  byStatus: Record<string, PerformanceGroup>;
  /** `errors / requests`, from 0 to 1; `null` without requests. */
  errorRate: Figure;
  /** Requests answered with a status of 400 or more: a client's error or a server's (RFC 9110, section 15). */
  errors: Figure;
  groups?: null | Groups;
  latency: Durations;
  meta: Meta;
  /** Time that requests spent in the database, of those that say so. */
  queryTime: Durations;
  requestSize: ByteSizes;
  /** Requests of which the response time is known. */
  requests: Figure;
  resources?: null | Resources;
  responseSize: ByteSizes;
  /** Every bucket of the range, oldest first. */
  series: PerformancePoint[];
  /** Requests answered with a status of 500 or more. */
  serverErrors: Figure;
  /** Distinct users with a request; estimated (`HyperLogLog`, about 1.6%) where they are many. */
  users: Figure;
}

/** What a person asked of AI models. */
export interface PersonAi {
  /** Requests by model. */
  byModel: Record<string, Figure>;
  /** In USD. */
  cost: Figure;
  inputTokens: Figure;
  outputTokens: Figure;
  requests: Figure;
  /** Of all classes. */
  tokens: Figure;
}

/** Everything that is kept about a person. */
export interface PersonData {
  /** What it asked of AI models, in all. */
  ai: PersonAi;
  /** Budgets for it. */
  budgets: BudgetInfo[];
  /** Dashboards that it keeps. */
  dashboards: DashboardSummary[];
  /** What it did in apps: events, by name. */
  engagement: Record<string, Figure>;
  erasure?: null | ErasureJob;
  events: PersonEvents;
  meta: Meta;
  /** What is kept, and is not here. */
  notIncluded: string[];
  /** What it did on the platform: events, by name. */
  platform: Record<string, Figure>;
  profile?: null | PersonProfile;
  /** What it bought, in all. */
  sales: PersonSales;
  /** Changes of its subscriptions that are known, by subscription. */
  subscriptions: number;
  /** The id under which the person is kept: where ids are pseudonymised, not the one that was asked for. */
  userId: string;
}

/** Events of a person as they are kept, oldest day first. */
export interface PersonEvents {
  /** Each with its family and all that was kept of it, in the columns of the log. */
  data: unknown[];
  /** What `cursor` must be for the events after them; `null` where there are none. A page may have fewer events than `limit`. */
  nextCursor?: string | null;
}

/** When a person was seen. */
export interface PersonProfile {
  /** Days on which it did anything, as days are in UTC. */
  daysActive: number;
  /** Events of every family. */
  events: Figure;
  firstSeen: string;
  lastSeen: string;
  /** The plans that its events named, by how many did. */
  plans: Record<string, Figure>;
}

/** What a person bought. */
export interface PersonSales {
  /** What refunds gave back, by currency. */
  refunds: Amounts;
  /** Amounts of completed transactions but refunds, by currency. */
  revenue: Amounts;
  transactions: Figure;
}

export interface PlanRevenue {
  /** revenue − refunds. */
  net: Amounts;
  /** How many completed transactions there are, refunds not counted. */
  orders: Figure;
  /** The plan; `(none)` for transactions that name none. */
  plan: string;
  /** What refunds and chargebacks gave back. */
  refunds: Amounts;
  /** Amounts of completed transactions but refunds. */
  revenue: Amounts;
  /** revenue ÷ the revenue of all plans in the same currency × 100: percent, to two digits. */
  share: Record<string, Figure>;
}

/** The users of a plan. A user is on the plan that its latest event with a plan told of, so on one plan only. */
export interface PlanUsers {
  /** Those of them with any event in the range. */
  activeUsers: Figure;
  /** Those of them whose first event is in the range. */
  newUsers: Figure;
  /** The plan; `(none)` for users of whom none is known. */
  plan: string;
  /** users ÷ totalUsers × 100: percent, to two digits. */
  share: Figure;
  /** Who is on it at the end of the range. */
  users: Figure;
}

export interface PlatformDashboard {
  meta: Meta;
  overview: Overview;
  recentActivity: Recent;
  topProjects: Project[];
  trends: Trends;
}

/** What is known of a platform's event. */
export interface PlatformDetails {
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

/** Something that happened on a platform. */
export type PlatformEvent = CommonMembers & PlatformDetails & {
  /**
   * `user.created`, `user.login`, `project.created`, `project.deleted`, `generation.started`, `generation.completed`,
   * `generation.failed`, `build.triggered`, `build.completed`, `build.failed`; others are counted under their names.
   */
  event: string;
  metadata?: null | PlatformDetails;
  /** The same as `event`. */
  type?: string | null;
};

/** Something that happened on a platform, or an event of a service. */
export type PlatformOrService = PlatformEvent | ServiceEvent;

export interface PlatformSeries {
  /** Newest first, every bucket of the range. */
  data: Point[];
  granularity: string;
  /** With `groupBy`: the series of each group, those with most of the metric first. */
  groups?: GroupSeries[] | null;
  meta: Meta;
  metric: string;
  /** As asked for; `null` where dates were. */
  period?: string | null;
}

export interface Point {
  timestamp: string;
  value: Figure;
}

/** Connections of the pool. */
export interface PoolGauges {
  /** In use. */
  active: LevelGauge;
  /** Not in use. */
  idle: LevelGauge;
  /** All there are, by the latest reading. */
  total: Figure;
}

/** What the connections of a pool do. */
export interface PoolReading {
  /** Connections in use. */
  active?: number | null;
  /** Connections not in use. */
  idle?: number | null;
  /** Connections in all; the sum of the others where it is not said. */
  total?: number | null;
}

export type PopularModel = AiFigures & {
  model: string;
  /** As sent, or as the price table knows it. */
  provider: string;
};

/** What tokens of a model cost from a date on, in USD per million tokens. */
export interface PriceInfo {
  /** Of tokens read from a cache; as tokens read where `null`. */
  cacheReadPerMillion: Figure;
  /** Of tokens written to a cache; as tokens read where `null`. */
  cacheWritePerMillion: Figure;
  /** From when on. */
  effective: string;
  /** Of tokens read. */
  inputPerMillion: Figure;
  /** The model. */
  model: string;
  /** `own`: set by the tenant, and before the built-in one of the same model and date; `builtin`: comes with Weir. */
  origin: Origin;
  /** Of tokens written. */
  outputPerMillion: Figure;
  /** Who serves it. */
  provider: string;
}

/** A price that was set. */
export type PriceSet = PriceInfo & {
  repricing?: null | Repricing;
  /** The revision of the tenant's configuration that has it. */
  revision: number;
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

/** A project. */
export interface ProjectInfo {
  /** When it was made. */
  createdAt: string;
  /** Its id, under which its events are counted. */
  id: string;
  /** What people call it. */
  name: string;
}

/** Another name of a project. */
export interface ProjectName {
  /** What people are to call it. */
  name: string;
}

/** From where to where something will be, as often as the level says. */
export interface ProjectionInterval {
  high: Figure;
  /** The part of such intervals that cover what comes. */
  level: number;
  low: Figure;
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

export interface QueryAnswer {
  /**
   * A row for each group, or in a series for each bucket and group, oldest first: `timestamp` in a series, each dimension with its value,
   * then each number. A distribution is its median, beside it its 95th and 99th percentile as `…P95` and `…P99`.
   */
  data: Group[];
  /** How many groups there are in all; the limit may show less. */
  groups: number;
  meta: Meta;
  /** What `cursor` must be for the groups after these; `null` where there are none. */
  nextCursor?: string | null;
  /** How groups are ordered. */
  order: string;
}

/** A question: metrics of the catalogue, or numbers of one of its cubes; by which dimensions, of what, when, in which order. */
export interface QueryBody {
  /** A cube of the catalogue. */
  cube?: string | null;
  /** `nextCursor` of the page before this one; everything else but `limit` as it was asked for that. */
  cursor?: string | null;
  /** By dimension, the values of which one must hold. */
  filters?: Record<string, string[]>;
  /** `hour`, `day`, `week` or `month`: makes the answer a series. One sum over the range by default. */
  granularity?: string | null;
  /** Dimensions, `hourOfDay` or `weekday`; `hour`, `day`, `week` or `month` among them sets the granularity. */
  groupBy?: string[];
  /** How many groups at most: those that are first in the order. */
  limit?: number | null;
  /** Measures and derived numbers of the cube. */
  measures?: string[];
  /** Metrics of the catalogue. Either these, or `cube` and `measures`. */
  metrics?: string[];
  order?: null | QueryOrder;
  /** When; the last 30 days by default. */
  range?: QueryRange;
  /** An IANA name; UTC by default. */
  timezone?: string | null;
}

/** By which number groups are ordered. */
export interface QueryOrder {
  /** One of the metrics or measures asked for. */
  by: string;
  /** Largest first, which is the default. */
  descending?: boolean;
}

/** From a moment to another, or a period that ends now. */
export interface QueryRange {
  /** A date, from its first moment, or a date-time (ISO 8601). */
  from?: string | null;
  /** As the parameter `period` of other reads: `24h`, `7d`, `month`… */
  period?: string | null;
  /** A date, included whole, or a date-time, not included (ISO 8601). */
  to?: string | null;
}

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

/** To whom something goes. Reports are kept in the bucket in any case, and what is told of budgets in their history. */
export interface Recipients {
  /** Addresses of mail. */
  mail?: string[];
  /**
   * `https` addresses on the public internet. Each is posted a JSON body (of a report with a link), signed: `X-Weir-Signature` is `v1=` and
   * the hex HMAC-SHA256 of `{X-Weir-Timestamp}.{body}` under `webhookSecret`; `X-Weir-Delivery` is the same in each attempt.
   */
  webhooks?: string[];
}

/** A group: what it is told apart by, and then its numbers. */
export type RecurringGroup_ArrOfGroup = Names & {
  /** At the end of the range, or of the bucket. */
  arr: Amounts;
  customers: CustomerMovements;
  /** By how much it changed: percent of what it was, to two digits; 100 where it was nothing. */
  growth: Record<string, Figure>;
  mrr: Amounts;
};

/** A group: what it is told apart by, and then its numbers. */
export type RecurringGroup_ChurnOfGroup = Names & {
  customers: CustomerChurn;
  revenue: Record<string, RevenueChurn>;
};

/** A group: what it is told apart by, and then its numbers. */
export type RecurringGroup_MrrOfGroup = Names & {
  customers: CustomerMovements;
  /** By how much it changed: percent of what it was, to two digits; 100 where it was nothing. */
  growth: Record<string, Figure>;
  movements: Record<string, MrrMovements>;
  /** At the end of the range, or of the bucket. */
  mrr: Amounts;
};

/** What the endpoint tells of all, by the dimensions that `groupBy` names. */
export interface RecurringGroups_ArrOfGroup {
  /** A row for each group in which anything was ever paid for; with a granularity, for each of them in each bucket. */
  data: RecurringGroup_ArrOfGroup[];
  /** What `cursor` must be for the rows after these; `null` where there are none. */
  nextCursor?: string | null;
  /** How the rows are ordered. */
  order: string;
}

/** What the endpoint tells of all, by the dimensions that `groupBy` names. */
export interface RecurringGroups_ChurnOfGroup {
  /** A row for each group in which anything was ever paid for; with a granularity, for each of them in each bucket. */
  data: RecurringGroup_ChurnOfGroup[];
  /** What `cursor` must be for the rows after these; `null` where there are none. */
  nextCursor?: string | null;
  /** How the rows are ordered. */
  order: string;
}

/** What the endpoint tells of all, by the dimensions that `groupBy` names. */
export interface RecurringGroups_MrrOfGroup {
  /** A row for each group in which anything was ever paid for; with a granularity, for each of them in each bucket. */
  data: RecurringGroup_MrrOfGroup[];
  /** What `cursor` must be for the rows after these; `null` where there are none. */
  nextCursor?: string | null;
  /** How the rows are ordered. */
  order: string;
}

/** A report that was asked for, or was due: how far it is, and what became of it. */
export interface Report {
  /** When it was asked for: a due time that was made up for is asked for later. */
  askedAt: string;
  /** How often it was tried to make it. */
  attempts: number;
  before?: null | ReportEnds;
  /** The budget whose notice it is; `null` of a report. */
  budget?: string | null;
  /** What becomes of it for each of its recipients; those that are `dead` are given up. */
  deliveries: ReportDelivery[];
  /** When it was due; when it was asked for, of one without a schedule. */
  due: string;
  /** How long it took to make it, in milliseconds. */
  durationMs?: number | null;
  /** Whether its file was deleted because it named a person who was erased since. */
  erased: boolean;
  /** Why it could not be made. */
  error?: string | null;
  /** How it is written; `null` of a notice. */
  format?: string | null;
  /** Its id. */
  id: string;
  /** Opens it, for a day. */
  link?: string | null;
  /** When it was made. */
  madeAt?: string | null;
  /** What people call it. */
  name: string;
  range?: null | ReportEnds;
  /** The schedule that it is of; `null` of one that was asked for. */
  schedule?: string | null;
  /** How large it is. */
  sizeBytes?: number | null;
  /**
   * `queued` (it is not made yet), `delivering`, `done` (everybody has it), or `failed` (it could not be made, or somebody does not have it
   * and never will).
   */
  status: string;
  /** The template; `null` of a notice. */
  template?: string | null;
  /** In what zone its days begin. */
  timezone?: string | null;
  /** What its webhooks are signed with; shown to who asks for a report. */
  webhookSecret?: string | null;
}

/** What becomes of a report for one recipient. */
export interface ReportDelivery {
  /** How often it was tried. */
  attempts: number;
  /** Why the last attempt failed. */
  error?: string | null;
  /** Its id, the same in each attempt. */
  id: string;
  /** `mail` or `webhook`. */
  kind: string;
  /** When it is tried next. */
  nextTryAt?: string | null;
  /** `waiting`, `delivered`, or `dead`: it is given up. */
  state: string;
  /** To whom. */
  to: string;
  /** When it was last tried. */
  triedAt?: string | null;
}

/** From a moment up to, and without, another. */
export interface ReportEnds {
  from: string;
  to: string;
}

/** A schedule of reports. */
export interface ReportSchedule {
  createdAt: string;
  /** Whether it is switched on. */
  enabled: boolean;
  /** Nothing is due after. */
  endsAt?: string | null;
  /** How they are written. */
  format: string;
  /** Its id. */
  id: string;
  /** What people call it, and its reports. */
  name: string;
  /** When a report is due next; `null` where none is any more. */
  nextDue?: string | null;
  /** What each report is of: the last whole one of these before it is due. */
  period: string;
  /** To whom they go. */
  recipients: Recipients;
  /** When its reports are due, as it was set. */
  schedule: string;
  /** Nothing is due before. */
  startsAt?: string | null;
  /** The template. */
  template: string;
  /** By which clock. */
  timezone: string;
  updatedAt: string;
  /** How often it was written. */
  version: number;
  /** What its webhooks are signed with; shown when they are set, and when it is changed for another. */
  webhookSecret?: string | null;
}

/** The pricing anew of what was settled before a price was set. */
export interface Repricing {
  /** Days with settled usage, as of the last look. */
  days: number;
  /** Those of them in which nothing is left to do. */
  done: number;
  /** Those of them with hours that keep their old cost, because their raw events have expired. */
  expired: number;
  /** The first day that the price has to do with. */
  from: string;
  /** Those of them with hours that cannot be settled until what is wrong with them is mended. */
  quarantined: number;
  /** The revision that hours are priced with, or a later one. */
  revision: number;
  /** `open` while days are left, then `done`. */
  state: string;
}

/** What services use. Numbers are `null` where no event told of them; `latest` is the reading with the latest time, of several services too. */
export interface Resources {
  cache: CacheReads;
  /** Processor use, in percent. */
  cpu: PercentGauge;
  /** Disk in use, in percent. */
  disk: PercentGauge;
  /** Load average. */
  load: LevelGauge;
  memory: MemoryGauge;
  pool: PoolGauges;
}

/** Users whose first event of any family was in the same day, week (from Monday) or month. */
export interface RetainedCohort {
  /** The first day of the period. */
  cohort: string;
  /** retained ÷ users × 100: percent, to two digits. */
  percent: Figure[];
  /** How many of them have any event in the n-th period after their first: at place 0 all of them. Up to the period in which the range ends. */
  retained: Figure[];
  /** How many they are. */
  users: Figure;
}

export interface RetainedTogether {
  /** retained ÷ users × 100: percent, to two digits. */
  percent: Figure[];
  /** How many of them have any event in it. */
  retained: Figure[];
  /** How many users are in cohorts that have come to the n-th period. */
  users: Figure[];
}

export interface RevenueByPlan {
  /** The plans, those with most orders first: amounts of different currencies have no order. */
  data: PlanRevenue[];
  groups?: null | Groups;
  meta: Meta;
  /** What `cursor` must be for the plans after these; `null` where there are none. */
  nextCursor?: string | null;
}

/** Recurring revenue lost in one currency. */
export interface RevenueChurn {
  /** Monthly recurring revenue at the start. */
  before: Figure;
  /** What customers had paid who pay nothing any more. */
  churned: Figure;
  /** What customers pay less who still pay. */
  contraction: Figure;
  /** What customers pay more. */
  expansion: Figure;
  /** (churned + contraction) ÷ before × 100: percent, to two digits; `null` where there was nothing at the start. */
  gross: Figure;
  /**
   * (churned + contraction − expansion − reactivated) ÷ before × 100: percent, to two digits, negative where more was won than lost;
   * `null` where there was nothing at the start.
   */
  net: Figure;
  /** Of customers who had paid before, and pay again. */
  reactivated: Figure;
}

export interface RevenueGrowth {
  /** By currency. */
  net: Record<string, Change>;
  orders: Change;
  /** By currency. */
  revenue: Record<string, Change>;
}

export interface RevenuePoint {
  /** revenue − refunds. */
  net: Amounts;
  orders: Figure;
  refunds: Amounts;
  revenue: Amounts;
  /** When the bucket begins. */
  timestamp: string;
}

export interface RevenueTotal {
  /** revenue ÷ orders, rounded to six digits. */
  averageOrder: Amounts;
  groups?: null | Groups;
  /** Against the span before, which is as long and ends where the range begins. */
  growth: RevenueGrowth;
  meta: Meta;
  /** revenue − refunds. A refund counts when it is made, not when what it gives back was sold. */
  net: Amounts;
  /** How many completed transactions there are, refunds not counted. */
  orders: Figure;
  /** How many refunds there are. */
  refundCount: Figure;
  /** What refunds and chargebacks gave back. */
  refunds: Amounts;
  /** Amounts of completed transactions but refunds. */
  revenue: Amounts;
  /** Every bucket of the range, oldest first. */
  series: RevenuePoint[];
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
  /**
   * Customers lost over the range, as `/api/analytics/revenue/churn-rate` tells it: those who came to pay for no subscription any more ÷
   * those who paid at its start × 100, percent to two digits; `null` where nobody did, and where `mrr` is.
   */
  churn: Figure;
  /** Customer lifetime value so far: (revenue − refunds) of all time ÷ users with a completed transaction in that currency. */
  clv: Amounts;
  groups?: null | Groups;
  meta: Meta;
  mrr?: null | Amounts;
  /** Completed transactions but refunds: what revenue comes from. */
  orders: Figure;
  refunds: SalesRefunds;
  revenue: Amounts;
  transactions: Figure;
}

/** What is known of a service's event; which of it is read depends on its type. Unknown members are kept with the event. */
export type ServiceData = CommonMembers & PlatformDetails & ChatMessage & Payment & {
  metadata?: null | PlatformDetails;
};

/** An event of a service. The same is taken from the queue and the bus, with its tenant's name in `tenant`. */
export type ServiceEvent = CommonMembers & {
  /** What is known of it. */
  data: ServiceData;
  /** The same as `type`. */
  event?: string | null;
  /**
   * `user.signup`, `user.signin`, `user.signout`, `user.plan_upgrade`, `user.plan_downgrade`, `chat.message_sent`,
   * `chat.conversation_created`, `chat.conversation_deleted`, `billing.payment_success`, `billing.payment_failed`,
   * `billing.subscription_created`, `billing.subscription_cancelled`; others are counted under their names.
   */
  type: string;
};

export type ServiceUse = AiFigures & {
  /** `(none)` for requests that name none. */
  service: string;
};

/** How much of a space is used. */
export interface SpaceReading {
  /** The part used, in percent; worked out of the others where it is not said. */
  percentage?: number | null;
  /** Bytes there are. */
  total?: number | null;
  /** Bytes used. */
  used?: number | null;
}

/** The terms of a subscription. */
export interface SubscriptionTerms {
  endDate?: null | Moment;
  /** The subscription's id. */
  id?: string | null;
  /** `day`, `week`, `month`, `quarter`, `year`; a month where it is not said. */
  interval?: string | null;
  startDate?: null | Moment;
}

export interface SummaryAi {
  /** In US dollars. */
  cost: Figure;
  failures: Figure;
  /** Requests that completed or failed. */
  requests: Figure;
  /** Of all classes. */
  tokens: Figure;
}

export interface SummaryBucket {
  /** Users with any event, of whichever family; estimated (Theta sketch) beyond 4,096. */
  activeUsers: Figure;
  ai: SummaryAi;
  engagement: SummaryEngagement;
  /** Events of all families. */
  events: Figure;
  performance: SummaryPerformance;
  platform: SummaryPlatform;
  sales: SummarySales;
  /** When the bucket begins. */
  timestamp: string;
}

export interface SummaryEngagement {
  events: Figure;
  /** Distinct sessions; estimated (`HyperLogLog`, about 1.6%) where they are many. */
  sessions: Figure;
  users: Figure;
}

export interface SummaryPerformance {
  /** `errors / requests`, from 0 to 1; `null` without requests. */
  errorRate: Figure;
  /** Requests answered with a status of 400 or more. */
  errors: Figure;
  requests: Figure;
  /** The median response time, in milliseconds; `null` without requests. */
  responseTime: Figure;
}

export interface SummaryPlatform {
  /** Builds triggered. */
  builds: Figure;
  events: Figure;
  /** Generations started. */
  generations: Figure;
  /** Accounts made. */
  signUps: Figure;
}

export interface SummarySales {
  /** Completed transactions but refunds: what revenue comes from. */
  orders: Figure;
  refundAmount: Amounts;
  refunds: Figure;
  revenue: Amounts;
  transactions: Figure;
}

/** What a machine uses. */
export interface SystemReading {
  cpu?: null | CpuReading;
  disk?: null | DiskReading;
  memory?: null | SpaceReading;
}

/** Tokens by class. */
export interface TokenClasses {
  /** Tokens read from a cache. */
  cacheRead?: number | null;
  /** Tokens written to a cache. */
  cacheWrite?: number | null;
  /** Tokens read, without cached ones. */
  input?: number | null;
  /** Tokens written. */
  output?: number | null;
  /** The part of `output` that was spent on reasoning. */
  reasoning?: number | null;
}

/** Tokens of a request: their total, or by class. */
export type TokenCount = number | TokenClasses;

/** What there is most of. */
export interface TopMetrics {
  /** The number by which rows are ranked. */
  by: string;
  /** The largest first, those that are equal by name. What has no name, and what was too small to be kept apart, is in `total` only. */
  data: TopRow[];
  meta: Meta;
  /** As asked for. */
  metric: string;
  /** That number of everything, ranked here or not. */
  total: Figure;
}

/** A row of a ranking. */
export interface TopRow {
  name: string;
  /** The other numbers of the same: of models, tokens and cost in US dollars; of endpoints, the median response time in milliseconds. */
  numbers: Record<string, Figure>;
  /** From 1. */
  rank: number;
  /** `value ÷ total × 100`: percent, to two digits. */
  share: Figure;
  value: Figure;
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

/**
 * How a request to a model ended: `completed` (also `success`, `succeeded`, a status of HTTP under 400) or `failed` (also `error`, a status of
 * HTTP from 400 on).
 */
export type UsageStatus = UsageStatusWord | number;

/** How a request to a model ended, in a word. */
export type UsageStatusWord = "completed" | "success" | "succeeded" | "failed" | "error";

export interface UserCosts {
  byDay: DayCosts[];
  byModel: Record<string, ModelCosts>;
  groups?: null | Groups;
  /** Of the tokens read, cached ones included. */
  inputCost: Figure;
  meta: Meta;
  outputCost: Figure;
  /** What the calendar month will most likely come to: `projection.value`. */
  projectedMonthly: Figure;
  /** How that was worked out, and how sure it is. */
  projection: CostProjection;
  totalCost: Figure;
  /** Models that the price table does not have: their tokens count, their cost is 0. */
  unpricedModels: string[];
}

export interface UserCount {
  /** Users with any event in the range. */
  activeUsers: Figure;
  groups?: null | Groups;
  meta: Meta;
  /** Users whose first event is in the range, against those whose first event is in the span before, as long. */
  newUsers: Change;
  /** Every bucket of the range, oldest first. */
  series: UserCountPoint[];
  /**
   * Everybody with any event of any family up to the end of the range, against everybody up to its start. Events without a user's id are
   * nobody's.
   */
  totalUsers: Change;
}

export interface UserCountPoint {
  /** Users whose first event is in the bucket. */
  newUsers: Figure;
  /** When the bucket begins. */
  timestamp: string;
  /** Everybody up to the end of the bucket. */
  totalUsers: Figure;
}

export interface UserGrowth {
  groups?: null | Groups;
  meta: Meta;
  /** Users whose first event is in the range, against those whose first event is in the span before, as long. */
  newUsers: Change;
  /** Every bucket of the range, oldest first. */
  series: UserGrowthPoint[];
  /** Everybody with any event up to the end of the range, against everybody up to its start. */
  totalUsers: Change;
}

/** A bucket. `active` = `new` + `returning`, and `retained` of those who return were there in the bucket before, too. */
export interface UserGrowthPoint {
  /** Users with any event in the bucket. */
  active: Figure;
  /** By how much everybody became more: new ÷ (total − new) × 100, percent to two digits; 100 where there was nobody before. */
  growthRate: Figure;
  /** Users with an event in the bucket before and none in this. */
  lost: Figure;
  /** Users whose first event is in the bucket. */
  new: Figure;
  /** Users with an event in the bucket and in the one before. */
  retained: Figure;
  /** Users with an event in the bucket who had one in an earlier bucket: active − new. */
  returning: Figure;
  /** When the bucket begins. */
  timestamp: string;
  /** Everybody up to the end of the bucket. */
  total: Figure;
}

export interface UserRetention {
  /** All cohorts of the range together: of each period, those that have come to it. */
  average: RetainedTogether;
  /** The cohorts that begin in the range, oldest first; a period in which nobody was new has none. */
  data: RetainedCohort[];
  meta: Meta;
  /** What `cursor` must be for the cohorts after these; `null` where there are none. */
  nextCursor?: string | null;
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

export interface UsersByPlan {
  /** The plans, those with most users first. */
  data: PlanUsers[];
  groups?: null | Groups;
  meta: Meta;
  /** What `cursor` must be for the plans after these; `null` where there are none. */
  nextCursor?: string | null;
  /** Everybody with any event up to the end of the range. */
  totalUsers: Figure;
}

/** What a page knows of its visitor. */
export interface VisitorMetadata {
  /** The browser. */
  browser?: string | null;
  /** `phone`, `tablet`, `desktop`. */
  deviceType?: string | null;
  /** The operating system. */
  os?: string | null;
}

/** The events of a day of the week. */
export interface Weekday {
  events: Figure;
  users: Figure;
  /** Its name in English. */
  weekday: string;
}

/** A question, and how its answer is drawn. */
export interface Widget {
  /** How it is drawn. */
  chart: Chart;
  /** Its name within the dashboard: letters, digits, `-` and `_`. By its place, `w1`, `w2` and so on, where not given. */
  id?: string | null;
  layout?: null | Layout;
  /** What it asks: as `POST /api/v1/analytics/query` takes it, without `cursor`. */
  query: QueryBody;
  /** What people call it. */
  title: string;
}

/** What a widget comes to: an answer, or why there is none. */
export interface WidgetData {
  answer?: null | QueryAnswer;
  chart: Chart;
  /** Why there is no answer: the pointers are into the widget's question. */
  errors?: Fault[] | null;
  /** The widget's name within the dashboard. */
  id: string;
  title: string;
}

/** What each operation takes and answers. */
export interface Operations {
  /** AI requests, their tokens, cost and latency, by what they were. */
  "GET /api/ai-tracking/stats": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; provider?: string[]; model?: string[]; service?: string[]; feature?: string[]; complexity?: string[]; language?: string[]; plan?: string[]; status?: string[]; priced?: string[]; groupBy?: ("project" | "provider" | "model" | "service" | "feature" | "complexity" | "language" | "plan" | "status" | "priced" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: AiStats;
  };
  /** Notes that a request to an AI model begins. */
  "POST /api/ai-tracking/track": {
    query: { historical?: boolean };
    body: OneOrMany_AiRequest;
    answer: Receipt;
  };
  /** Says how a request to an AI model ended, which counts it. */
  "PUT /api/ai-tracking/update/{requestId}": {
    path: { requestId: string };
    body: OneOrMany_AiRequestUpdate;
    answer: Receipt;
  };
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
  /** What people do in apps, on what, and how they came. */
  "GET /api/analytics/engagement/stats": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; event?: string[]; page?: string[]; feature?: string[]; plan?: string[]; device?: string[]; platform?: string[]; os?: string[]; browser?: string[]; appVersion?: string[]; country?: string[]; campaign?: string[]; groupBy?: ("project" | "event" | "page" | "feature" | "plan" | "device" | "country" | "platform" | "os" | "browser" | "appVersion" | "source" | "medium" | "campaign" | "user" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: EngagementStats;
  };
  /** Takes what a visitor did. */
  "POST /api/analytics/engagement/track": {
    query: { historical?: boolean };
    body: OneOrMany_EngagementEvent;
    answer: Receipt;
  };
  /** A file of what is kept or counted, narrowed by any dimension. It is whole: one that is too large for an answer becomes a job. */
  "GET /api/analytics/export": {
    query: { format?: "csv" | "json" | "ndjson" | "parquet"; data?: "events" | "users" | "metrics"; family?: "engagement" | "ai" | "sales" | "performance" | "lifecycle"; cube?: string; measures?: string; by?: string; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; user?: string[]; session?: string[]; type?: string[]; event?: string[]; plan?: string[]; page?: string[]; feature?: string[]; subject?: string[]; device?: string[]; platform?: string[]; os?: string[]; browser?: string[]; appVersion?: string[]; country?: string[]; source?: string[]; medium?: string[]; campaign?: string[]; provider?: string[]; model?: string[]; service?: string[]; complexity?: string[]; language?: string[]; priced?: string[]; status?: string[]; paymentMethod?: string[]; currency?: string[]; subscription?: string[]; interval?: string[]; endpoint?: string[]; method?: string[]; statusCode?: string[]; name?: string[]; fromPlan?: string[]; toPlan?: string[] };
    answer: unknown[] | JobInfo;
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
  /** What subscriptions come to a year. */
  "GET /api/analytics/revenue/arr": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; groupBy?: ("user" | "project" | "hour" | "day" | "week" | "month")[]; limit?: number; cursor?: string };
    answer: Arr;
  };
  /** What was sold of each plan, by currency. */
  "GET /api/analytics/revenue/by-plan": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; type?: string[]; status?: string[]; plan?: string[]; paymentMethod?: string[]; currency?: string[]; groupBy?: ("project" | "type" | "status" | "plan" | "paymentMethod" | "interval" | "currency" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: RevenueByPlan;
  };
  /** What is lost of customers and of recurring revenue, over the range and month by month. */
  "GET /api/analytics/revenue/churn-rate": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; groupBy?: ("user" | "project" | "hour" | "day" | "week" | "month")[]; limit?: number; cursor?: string };
    answer: ChurnRate;
  };
  /** What subscriptions come to a month, and what moved it. */
  "GET /api/analytics/revenue/mrr": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; user?: string[]; project?: string[]; groupBy?: ("user" | "project" | "hour" | "day" | "week" | "month")[]; limit?: number; cursor?: string };
    answer: Mrr;
  };
  /** What was sold and given back, by currency and over time, against the span before. */
  "GET /api/analytics/revenue/total": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; type?: string[]; status?: string[]; plan?: string[]; paymentMethod?: string[]; currency?: string[]; groupBy?: ("project" | "type" | "status" | "plan" | "paymentMethod" | "interval" | "currency" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: RevenueTotal;
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
    query: { metric?: "events" | "users" | "requests" | "tokens" | "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "reasoningTokens" | "cost" | "inputCost" | "outputCost" | "credits" | "failures" | "errorRate" | "latency" | "latencyMean" | "costPerRequest" | "messages" | "chatTokens" | "chatCost" | "chatSessions" | "chatSessionMean" | "engagementEvents" | "sessions" | "sessionMean" | "bounceRate" | "engagementValue" | "timeOnPage" | "scrollDepth" | "revenue" | "transactions" | "orders" | "refunds" | "refundAmount" | "averageOrder" | "customers" | "httpRequests" | "httpErrors" | "httpErrorRate" | "responseTime" | "responseTimeMean" | "queryTime" | "cpu" | "memory" | "disk" | "cacheHitRate" | "platformEvents" | "generations" | "generationsCompleted" | "generationsFailed" | "builds" | "buildsCompleted" | "buildsFailed" | "conversations" | "signIns" | "signUps" | "projects"; groupBy?: string; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; user?: string[]; session?: string[]; type?: string[]; event?: string[]; plan?: string[]; page?: string[]; feature?: string[]; subject?: string[]; device?: string[]; platform?: string[]; os?: string[]; browser?: string[]; appVersion?: string[]; country?: string[]; source?: string[]; medium?: string[]; campaign?: string[]; provider?: string[]; model?: string[]; service?: string[]; complexity?: string[]; language?: string[]; priced?: string[]; status?: string[]; paymentMethod?: string[]; currency?: string[]; subscription?: string[]; interval?: string[]; endpoint?: string[]; method?: string[]; statusCode?: string[]; name?: string[]; fromPlan?: string[]; toPlan?: string[]; limit?: number };
    answer: AnalyticsSeries;
  };
  /** Takes the use of an AI service, with what it took of the user's credits. */
  "POST /api/analytics/usage": {
    query: { historical?: boolean };
    body: OneOrMany_AiUsage;
    answer: Receipt;
  };
  /** Who was there within a day (DAU), a week (WAU) and a month (MAU), and how often they come (stickiness). */
  "GET /api/analytics/users/active": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; plan?: string[]; groupBy?: ("project" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: ActiveUsers;
  };
  /** On which plans users are at the end of the range. */
  "GET /api/analytics/users/by-plan": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; plan?: string[]; groupBy?: ("project" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: UsersByPlan;
  };
  /** How many users there are, how many are new, and how many were there. */
  "GET /api/analytics/users/count": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; plan?: string[]; groupBy?: ("project" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: UserCount;
  };
  /** Who is new, who comes back and who stays away, bucket by bucket. */
  "GET /api/analytics/users/growth": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; plan?: string[]; groupBy?: ("project" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: UserGrowth;
  };
  /** A table of cohorts: of those who came first together, who came back, and when. */
  "GET /api/analytics/users/retention": {
    query: { periods?: number; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; plan?: string[]; limit?: number; cursor?: string };
    answer: UserRetention;
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
  /** All families at a glance, against the span before. */
  "GET /api/metrics/dashboard": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[] };
    answer: MetricsDashboard;
  };
  /** All families over time. */
  "GET /api/metrics/summary": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; groupBy?: ("project" | "plan" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: MetricsSummary;
  };
  /** What there is most of. */
  "GET /api/metrics/top-metrics": {
    query: { metric: "ai-models" | "features" | "pages" | "users" | "projects" | "plans" | "endpoints" | "events"; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; limit?: number };
    answer: TopMetrics;
  };
  /** Requests to services, and the resources that services use. */
  "GET /api/performance/stats": {
    query: { startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; service?: string[]; project?: string[]; endpoint?: string[]; method?: string[]; statusCode?: string[]; groupBy?: ("project" | "service" | "endpoint" | "method" | "statusCode" | "hour" | "day" | "week" | "month" | "hourOfDay" | "weekday")[]; limit?: number; cursor?: string };
    answer: PerformanceStats;
  };
  /** Takes what a service measured. */
  "POST /api/performance/track": {
    query: { historical?: boolean };
    body: OneOrMany_PerformanceEvent;
    answer: Receipt;
  };
  /** Takes events of apps and of services. */
  "POST /api/v1/analytics/events": {
    query: { historical?: boolean };
    body: OneOrMany_AnyEvent;
    answer: Receipt;
  };
  /** The catalogue of metrics, or what some of them come to. */
  "GET /api/v1/analytics/metrics": {
    query: { metrics?: ("events" | "users" | "requests" | "tokens" | "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "reasoningTokens" | "cost" | "inputCost" | "outputCost" | "credits" | "failures" | "errorRate" | "latency" | "latencyMean" | "costPerRequest" | "messages" | "chatTokens" | "chatCost" | "chatSessions" | "chatSessionMean" | "engagementEvents" | "sessions" | "sessionMean" | "bounceRate" | "engagementValue" | "timeOnPage" | "scrollDepth" | "revenue" | "transactions" | "orders" | "refunds" | "refundAmount" | "averageOrder" | "customers" | "httpRequests" | "httpErrors" | "httpErrorRate" | "responseTime" | "responseTimeMean" | "queryTime" | "cpu" | "memory" | "disk" | "cacheHitRate" | "platformEvents" | "generations" | "generationsCompleted" | "generationsFailed" | "builds" | "buildsCompleted" | "buildsFailed" | "conversations" | "signIns" | "signUps" | "projects")[]; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; user?: string[]; session?: string[]; type?: string[]; event?: string[]; plan?: string[]; page?: string[]; feature?: string[]; subject?: string[]; device?: string[]; platform?: string[]; os?: string[]; browser?: string[]; appVersion?: string[]; country?: string[]; source?: string[]; medium?: string[]; campaign?: string[]; provider?: string[]; model?: string[]; service?: string[]; complexity?: string[]; language?: string[]; priced?: string[]; status?: string[]; paymentMethod?: string[]; currency?: string[]; subscription?: string[]; interval?: string[]; endpoint?: string[]; method?: string[]; statusCode?: string[]; name?: string[]; fromPlan?: string[]; toPlan?: string[] };
    answer: MetricCatalogue;
  };
  /** Answers any question about what is counted, given as metrics of the catalogue, or as numbers of one of its cubes. */
  "POST /api/v1/analytics/query": {
    body: QueryBody;
    answer: QueryAnswer | JobInfo;
  };
  /** The trail of administrative acts, the newest first; kept for two years. */
  "GET /api/v1/audit": {
    query: { limit?: number; cursor?: string };
    answer: Page_AuditEntry;
  };
  /** The tenant's budgets, by id. */
  "GET /api/v1/budgets": {
    query: { limit?: number; cursor?: string };
    answer: Page_BudgetInfo;
  };
  /** Makes a budget. It refuses nothing: it tells, once a period, when each of its thresholds is reached: in its history, and its recipients. */
  "POST /api/v1/budgets": {
    body: NewBudget;
    answer: BudgetInfo;
  };
  /** Deletes a budget; with `If-Match`, only the version that this names. What was told of it goes with it. */
  "DELETE /api/v1/budgets/{id}": {
    path: { id: string };
    answer: void;
  };
  /** A budget, how it stands now, and what was told of it. */
  "GET /api/v1/budgets/{id}": {
    path: { id: string };
    answer: BudgetReport;
  };
  /**
   * Writes a budget over what it was; with `If-Match`, only over the version that this names. What is told is told anew where it has other
   * terms (scope, measure, limit, period, time zone): these are another budget to whoever is told.
   */
  "PUT /api/v1/budgets/{id}": {
    path: { id: string };
    body: NewBudget;
    answer: BudgetInfo;
  };
  /** The dashboards that you may see, by id: your own, those that others share, and those that come with Weir. */
  "GET /api/v1/dashboards": {
    query: { kind?: "own" | "shared" | "ready"; limit?: number; cursor?: string };
    answer: Page_DashboardSummary;
  };
  /** Makes a dashboard of yours. */
  "POST /api/v1/dashboards": {
    body: NewDashboard;
    answer: DashboardInfo;
  };
  /** Deletes a dashboard; with `If-Match`, only the version that this names. */
  "DELETE /api/v1/dashboards/{id}": {
    path: { id: string };
    answer: void;
  };
  /** A dashboard. */
  "GET /api/v1/dashboards/{id}": {
    path: { id: string };
    answer: DashboardInfo;
  };
  /** Writes a dashboard over what it was; with `If-Match`, only over the version that this names. Whose it is stays. */
  "PUT /api/v1/dashboards/{id}": {
    path: { id: string };
    body: NewDashboard;
    answer: DashboardInfo;
  };
  /**
   * What all widgets of a dashboard come to, from one reading. A user sees its own numbers in it. A widget that cannot be answered says why,
   * and keeps no other from being answered.
   */
  "GET /api/v1/dashboards/{id}/data": {
    path: { id: string };
    answer: DashboardData;
  };
  /** How far the erasure of a person is */
  "GET /api/v1/erasures/{id}": {
    path: { id: string };
    answer: ErasureJob;
  };
  /** How far a job is, and what came of it. */
  "GET /api/v1/jobs/{id}": {
    path: { id: string };
    answer: JobInfo;
  };
  /** The prices of models, built-in ones and the tenant's own, by model and then by date. A price holds until the next one of its model. */
  "GET /api/v1/prices": {
    query: { model?: string; limit?: number; cursor?: string };
    answer: Page_PriceInfo;
  };
  /** Sets what tokens of a model cost from a date on, in place of an own price of the same model and date. */
  "POST /api/v1/prices": {
    body: NewPrice;
    answer: PriceSet;
  };
  /** How far the pricing anew is that a price with a past date has begun. */
  "GET /api/v1/prices/{revision}": {
    path: { revision: number };
    answer: Repricing;
  };
  /** The tenant's projects, by id. */
  "GET /api/v1/projects": {
    query: { limit?: number; cursor?: string };
    answer: Page_ProjectInfo;
  };
  /** Makes a project. One that is there under the same name is answered as it is. */
  "POST /api/v1/projects": {
    body: NewProject;
    answer: ProjectInfo;
  };
  /** A project. */
  "GET /api/v1/projects/{projectId}": {
    path: { projectId: string };
    answer: ProjectInfo;
  };
  /** Gives a project another name. Its id, and what is counted under it, stay. */
  "PUT /api/v1/projects/{projectId}": {
    path: { projectId: string };
    body: ProjectName;
    answer: ProjectInfo;
  };
  /** A project's keys, revoked ones too, oldest first. */
  "GET /api/v1/projects/{projectId}/keys": {
    path: { projectId: string };
    query: { limit?: number; cursor?: string };
    answer: Page_KeyInfo;
  };
  /** Makes a key of a project. Takes no body. */
  "POST /api/v1/projects/{projectId}/keys": {
    path: { projectId: string };
    answer: NewKey;
  };
  /** Revokes a key, once and for all. Functions that remember it accept it for as long as their setting says (a minute by default). */
  "DELETE /api/v1/projects/{projectId}/keys/{keyId}": {
    path: { projectId: string; keyId: string };
    answer: void;
  };
  /** The reports of the last 90 days, and the notices of budgets, the latest due first, with what became of each. */
  "GET /api/v1/reports": {
    query: { status?: "queued" | "delivering" | "done" | "failed"; schedule?: string; budget?: string; limit?: number; cursor?: string };
    answer: Page_Report;
  };
  /** Asks for a report: it is made, kept, and sent to its recipients, and told of at `Location`. */
  "POST /api/v1/reports": {
    body: NewReport;
    answer: Report;
  };
  /** The schedules that there are, by id. */
  "GET /api/v1/reports/scheduled": {
    query: { limit?: number; cursor?: string };
    answer: Page_ReportSchedule;
  };
  /** Sets a schedule. */
  "POST /api/v1/reports/scheduled": {
    body: NewReportSchedule;
    answer: ReportSchedule;
  };
  /** Deletes a schedule; with `If-Match`, only the version that this names. Its reports stay. */
  "DELETE /api/v1/reports/scheduled/{id}": {
    path: { id: string };
    answer: void;
  };
  /** A schedule. */
  "GET /api/v1/reports/scheduled/{id}": {
    path: { id: string };
    answer: ReportSchedule;
  };
  /**
   * Writes a schedule over what it was; with `If-Match`, only over the version that this names. What is due is worked out anew from now on,
   * or from another `startsAt` on; no due time is told of twice.
   */
  "PUT /api/v1/reports/scheduled/{id}": {
    path: { id: string };
    body: NewReportSchedule;
    answer: ReportSchedule;
  };
  /** A report: how far it is, and once it is made, a link that opens it for a day. */
  "GET /api/v1/reports/{id}": {
    path: { id: string };
    answer: Report;
  };
  /** Erases a person */
  "DELETE /api/v1/users/{userId}/data": {
    path: { userId: string };
    answer: ErasureJob;
  };
  /** Everything that is kept about a person */
  "GET /api/v1/users/{userId}/data": {
    path: { userId: string };
    query: { limit?: number; cursor?: string };
    answer: PersonData;
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
  /** Takes what happened on a platform, and events of services: `{type, data}`. */
  "POST /events": {
    query: { historical?: boolean };
    body: OneOrMany_PlatformOrService;
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
  /**
   * Everything that is counted of the tenant, for a Prometheus: its text format, version 0.0.4. Takes an admin's token, or a key made for
   * scraping (`wm_…`), as bearer or as the password of HTTP Basic. No counter goes down. A page is the answer for 15 seconds.
   */
  "GET /metrics": {
    answer: string;
  };
  /** A platform at a glance. */
  "GET /metrics/dashboard": {
    query: { project?: string[]; limit?: number };
    answer: PlatformDashboard;
  };
  /** Any metric of the catalogue over time. */
  "GET /metrics/timeseries": {
    query: { metric: "events" | "users" | "requests" | "tokens" | "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "reasoningTokens" | "cost" | "inputCost" | "outputCost" | "credits" | "failures" | "errorRate" | "latency" | "latencyMean" | "costPerRequest" | "messages" | "chatTokens" | "chatCost" | "chatSessions" | "chatSessionMean" | "engagementEvents" | "sessions" | "sessionMean" | "bounceRate" | "engagementValue" | "timeOnPage" | "scrollDepth" | "revenue" | "transactions" | "orders" | "refunds" | "refundAmount" | "averageOrder" | "customers" | "httpRequests" | "httpErrors" | "httpErrorRate" | "responseTime" | "responseTimeMean" | "queryTime" | "cpu" | "memory" | "disk" | "cacheHitRate" | "platformEvents" | "generations" | "generationsCompleted" | "generationsFailed" | "builds" | "buildsCompleted" | "buildsFailed" | "conversations" | "signIns" | "signUps" | "projects"; groupBy?: string; startDate?: string; endDate?: string; period?: string; granularity?: "hour" | "day" | "week" | "month"; timezone?: string; project?: string[]; user?: string[]; session?: string[]; type?: string[]; event?: string[]; plan?: string[]; page?: string[]; feature?: string[]; subject?: string[]; device?: string[]; platform?: string[]; os?: string[]; browser?: string[]; appVersion?: string[]; country?: string[]; source?: string[]; medium?: string[]; campaign?: string[]; provider?: string[]; model?: string[]; service?: string[]; complexity?: string[]; language?: string[]; priced?: string[]; status?: string[]; paymentMethod?: string[]; currency?: string[]; subscription?: string[]; interval?: string[]; endpoint?: string[]; method?: string[]; statusCode?: string[]; name?: string[]; fromPlan?: string[]; toPlan?: string[]; limit?: number };
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
