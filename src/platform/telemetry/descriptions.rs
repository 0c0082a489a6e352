//! What each metric counts, for those who read `/metrics`.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Tells the recorder what each metric counts.
pub(super) fn describe() {
    describe_http();
    describe_graphql();
    describe_database();
    describe_jobs();
    describe_outbox();
    describe_sagas();
    describe_orders();
    describe_payments();
    describe_dependencies();
    describe_accounts();
    describe_subscriptions();
    describe_process();
    describe_caches();
}

fn describe_orders() {
    describe_gauge!(
        "order_view_lag_seconds",
        Unit::Seconds,
        "For how long the oldest change of an order that lists do not show yet has waited."
    );
}

fn describe_sagas() {
    describe_gauge!(
        "sagas_depth",
        "Sagas that are not over, by state: RUNNING, COMPENSATING, and STUCK, which wait for a person."
    );
    describe_counter!(
        "saga_steps_total",
        "Tries at steps of sagas, by kind, step, direction (do, undo) and outcome: done, waits, failed, refused, exhausted."
    );
    describe_counter!(
        "saga_compensation_failures_total",
        "Tries at undoing a step of a saga that failed, by kind. They go on for ever: look at them."
    );
}

fn describe_payments() {
    describe_counter!(
        "payment_calls_total",
        "What calls to the provider of payments came to, by operation and outcome: succeeded, declined, requires_action, pending, unknown."
    );
    describe_counter!(
        "payment_webhooks_total",
        "Messages of the provider of payments, by outcome: new, repeated."
    );
}

fn describe_subscriptions() {
    describe_gauge!(
        "subscription_connections",
        "Open WebSockets and event streams; at most SUBSCRIPTIONS_MAX_CONNECTIONS."
    );
    describe_gauge!(
        "subscriptions_live",
        "Subscriptions that are listened to, by transport."
    );
    describe_counter!(
        "subscription_events_total",
        "Events that subscriptions were told of, by transport."
    );
    describe_counter!(
        "subscription_connections_refused_total",
        "Connections that were refused, by whose seats were all taken: all, address or account."
    );
    describe_counter!(
        "websocket_messages_total",
        "Messages that came over WebSockets, by type."
    );
    describe_counter!(
        "websocket_closes_total",
        "WebSockets that ended, by code of the closing frame; 1000 where the client left."
    );
}

fn describe_http() {
    describe_counter!(
        "http_requests_total",
        "Requests, by method, route and status; 499 where the client left before it was answered."
    );
    describe_histogram!(
        "http_request_duration_seconds",
        Unit::Seconds,
        "Time from a request's head to its answer's head, by method and route."
    );
    describe_counter!("http_panics_total", "Requests whose handler panicked.");
    describe_gauge!(
        "http_requests_in_flight",
        "Requests that are worked on, probes and metrics aside; at most HTTP_MAX_CONCURRENT_REQUESTS."
    );
    describe_counter!(
        "http_requests_shed_total",
        "Requests that were refused because as many as may be were worked on."
    );
    describe_counter!(
        "passkeys_refused_as_clones_total",
        "Passkeys that were refused since their sign count went back: copied, most likely."
    );
    describe_counter!(
        "sessions_ended_by_reuse_total",
        "Sessions that were ended since one of their refresh tokens came again: stolen, most likely."
    );
}

fn describe_graphql() {
    describe_histogram!(
        "graphql_cost_requested",
        "Points that GraphQL operations may have cost when they were asked."
    );
    describe_histogram!(
        "graphql_cost_actual",
        "Points that GraphQL operations did cost, of those that were let in."
    );
    describe_counter!(
        "graphql_cost_refused_total",
        "GraphQL operations that were refused for their cost, by why: throttled, or too_expensive at any time."
    );
    describe_counter!(
        "graphql_operations_total",
        "GraphQL requests, by the operation's name, its kind and the outcome: ok, errors (of single fields), or refused. The names \
         of trusted documents and of GRAPHQL_METRICS_OPERATIONS others are told apart; the rest is `other`, those without one are \
         `anonymous`, and those refused before they were understood `unknown`."
    );
    describe_histogram!(
        "graphql_operation_seconds",
        Unit::Seconds,
        "Time that GraphQL operations took once their document was parsed, by name and kind."
    );
    describe_gauge!(
        "graphql_documents_kept",
        "GraphQL documents kept parsed and validated."
    );
    describe_gauge!(
        "graphql_documents_bytes",
        Unit::Bytes,
        "About what the documents take that are kept parsed and validated; at most GRAPHQL_DOCUMENTS_BYTES."
    );
    describe_counter!(
        "graphql_documents_total",
        "Looks for a document among those kept parsed and validated: hit or miss."
    );
    describe_gauge!(
        "graphql_persisted_kept",
        "Automatic persisted queries whose texts this process knows."
    );
    describe_gauge!(
        "graphql_persisted_bytes",
        Unit::Bytes,
        "What their texts take; at most GRAPHQL_PERSISTED_BYTES."
    );
    describe_counter!(
        "graphql_persisted_total",
        "Looks for the text of an automatic persisted query that is not kept parsed: hit or miss; and texts that came with the hash of \
         another: mismatch."
    );
    describe_gauge!(
        "graphql_trusted_documents",
        "Trusted documents, by their ids."
    );
    describe_counter!(
        "graphql_trusted_reloads_total",
        "Readings of the trusted documents after the start: ok, or failed (and those from before were kept)."
    );
}

fn describe_caches() {
    describe_counter!(
        "cache_hits_total",
        "What was asked of a cache and was there, by cache: answers, products, categories, sellers."
    );
    describe_counter!(
        "cache_misses_total",
        "What was asked of a cache and was not there, by cache."
    );
    describe_counter!(
        "cache_purges_total",
        "What was taken out of a cache by a write to something that it was made of, by cache."
    );
    describe_gauge!(
        "cache_bytes",
        Unit::Bytes,
        "What a cache holds, about, by cache."
    );
    describe_gauge!(
        "cache_hit_ratio",
        "The part of what was asked of a cache that was there, since the process began, by cache."
    );
}

fn describe_database() {
    describe_histogram!(
        "database_query_duration_seconds",
        Unit::Seconds,
        "Time that SQL statements took, without the wait for a connection."
    );
    describe_gauge!(
        "database_pool_connections",
        "Open database connections, by role of the pool and by state."
    );
    describe_counter!(
        "transactions_retried_total",
        "Serialisable transactions that were begun again after a conflict with another."
    );
}

fn describe_outbox() {
    describe_gauge!(
        "outbox_lag_seconds",
        Unit::Seconds,
        "For how long the oldest event that was not handed on has waited."
    );
    describe_gauge!("outbox_depth", "Events that wait to be handed on.");
    describe_counter!(
        "outbox_events_relayed_total",
        "Events that this process handed on, by name."
    );
}

fn describe_jobs() {
    describe_counter!(
        "rate_limited_total",
        "What was refused since it was asked for too often, by limit."
    );
    describe_counter!(
        "throttled_total",
        "Attempts that came within the wait that failures before them cost, by throttle."
    );
    describe_counter!(
        "limits_counted_alone_total",
        "Answers of limits and throttles that this process gave by itself since Redis did not, by limit."
    );
    describe_gauge!(
        "jobs_depth",
        "Jobs that are not over, by queue and state: waiting, running, or dead."
    );
    describe_gauge!(
        "jobs_oldest_seconds",
        Unit::Seconds,
        "For how long the job that is due for longest has been due, by queue."
    );
    describe_gauge!("jobs_queue_paused", "1 where the queue is paused.");
    describe_counter!(
        "job_attempts_total",
        "Attempts at jobs that ended, by kind and outcome: done, failed (and tried again), dead, or fenced (after its lease was lost)."
    );
    describe_histogram!(
        "job_duration_seconds",
        Unit::Seconds,
        "Time that attempts at jobs took, by kind."
    );
    describe_counter!(
        "jobs_panics_total",
        "Attempts at jobs that panicked, by kind."
    );
    describe_counter!(
        "job_leases_lost_total",
        "Attempts that this process stopped since their lease was lost, by kind."
    );
    describe_counter!(
        "job_threads_lost_total",
        "Threads lost to jobs that never pause, by kind."
    );
}

fn describe_accounts() {
    describe_counter!(
        "oidc_sign_ins_total",
        "People who came back from a provider of OpenID Connect, by provider and outcome: ok, or the code of what kept them out."
    );
    describe_counter!(
        "password_hashes_refused_total",
        Unit::Count,
        "Passwords that were not hashed or checked since too many waited."
    );
}

fn describe_dependencies() {
    describe_counter!(
        "dependency_calls_total",
        "Calls to other services with all their attempts, by how they ended: ok, failed, timed_out, \
         rejected_by_breaker, rejected_by_bulkhead, or abandoned by whoever made them."
    );
    describe_histogram!(
        "dependency_call_duration_seconds",
        Unit::Seconds,
        "Time that calls to other services took, with all their attempts and waits."
    );
    describe_counter!(
        "dependency_retries_total",
        "Attempts beyond the first at calls to other services."
    );
    describe_counter!(
        "dependency_retry_budget_exhausted_total",
        "Calls to other services that were not tried again because too many were already."
    );
    describe_gauge!(
        "bulkhead_in_use",
        "Calls to another service that are under way."
    );
    describe_gauge!(
        "breaker_state",
        "Whether calls to another service pass: 0 closed, they do; 1 half-open, one does; 2 open, none does."
    );
}

fn describe_process() {
    describe_counter!(
        "idempotency_requests_total",
        "Mutations sent with an idempotency key: first, replayed, in_progress (refused, for a twin is worked on), reused \
         (refused, for the key came with another input), taken_over (from a request that died)."
    );
    describe_gauge!(
        "process_resident_memory_bytes",
        Unit::Bytes,
        "Memory of the process that is in RAM."
    );
    describe_gauge!(
        "tradewind_build_info",
        "Always 1; the label says which version runs."
    );
}
