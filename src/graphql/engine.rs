//! Executes requests: the guards, the documents kept from earlier requests, the schema, and the errors' last look.

mod answering;
mod naming;
mod paying;
mod trusted;

pub use answering::{Answer, Renewal};

use super::{
    Loaders, Schema,
    answers::{Answers, Hints},
    builder,
    cost::{Coming, Costs, Explainer},
    documents::{Document, DocumentKey, Documents},
    eager::Writing,
    guards::{Complexity, Expansion, InputTypes, Limits, Refusal, check_size, scan},
    idempotent::{HEADER, Keys, check_placement, mutation_fields},
    key_scopes,
    live::EachEvent,
    operations::{Measures, Operations},
    persisted::{Automatic, Trusted},
    present_errors::{cut_errors, present_errors, shortened},
};
use crate::{
    caller::{Actor, Caller, Means, Person},
    error::{Error, Result},
    idempotency::Key,
    platform::{
        cache::Purger, config::Settings, hash::TextHash, shared::Redis, telemetry::RequestId,
    },
};
use async_graphql::{
    Request, Response, ServerError, ValidationMode, Variables,
    parser::{
        self, parse_query,
        types::{ExecutableDocument, OperationType},
    },
};
use futures_util::StreamExt;
use std::{
    sync::{Arc, OnceLock, Weak},
    time::Instant,
};
use tokio::sync::Semaphore;

/// The schema, and what stands around its execution.
pub struct Engine {
    /// Executes documents that were validated before.
    executor: Schema,
    /// Validates documents, and never executes any.
    validator: Schema,
    /// Executes subscriptions that were validated before.
    pub(super) streams: Schema,
    /// How many events of subscriptions are looked up at once.
    pub(super) turns: Arc<Semaphore>,
    documents: Documents,
    automatic: Automatic,
    trusted: Arc<Trusted>,
    pub(super) operations: Operations,
    limits: Limits,
    most_errors: usize,
    input_types: InputTypes,
    complexity: Complexity,
    costs: Costs,
    hints: Hints,
    answers: Answers,
    introspection: bool,
    /// Itself, for the query that explains what another would cost.
    this: Weak<Self>,
}

/// A request whose document passed the guards, but whose variables and fields nobody has looked at yet.
pub struct Prepared {
    request: Request,
    document: Found,
    /// The key under which its mutation may be sent again.
    key: Option<Key>,
    /// Whether the answer's objects may be text, for [`json::written`](super::json::written) alone to write.
    as_text: bool,
}

/// Where a document comes from.
enum Found {
    /// It was validated before.
    Kept(Arc<Document>),
    /// It is to be validated, and kept.
    New(Box<New>),
}

/// A document that nobody asked for before, or that was forgotten.
struct New {
    key: DocumentKey,
    document: Document,
    /// The hash under which its text is to be known, too, to clients that do not send it.
    automatic: Option<TextHash>,
}

impl Prepared {
    fn document(&self) -> &Document {
        match &self.document {
            Found::Kept(document) => document,
            Found::New(new) => &new.document,
        }
    }

    /// The operation's name, where it has one.
    #[must_use]
    pub fn operation_name(&self) -> Option<&str> {
        self.document().name.as_deref()
    }

    /// Whether the operation only reads.
    #[must_use]
    pub fn is_query(&self) -> bool {
        self.document().kind == OperationType::Query
    }

    /// Whether the operation changes something.
    #[must_use]
    pub fn is_mutation(&self) -> bool {
        self.document().kind == OperationType::Mutation
    }

    /// Whether the operation has an answer for each event.
    #[must_use]
    pub fn is_subscription(&self) -> bool {
        self.document().kind == OperationType::Subscription
    }

    /// The same, with its one mutation known by `key` when it is sent again.
    ///
    /// # Errors
    /// `IdempotencyKeyInvalid` when there are several mutations for one key.
    pub fn with_key(mut self, key: Option<Key>) -> Result<Self> {
        let document = self.document();
        if key.is_some()
            && mutation_fields(document.operation(), &document.executable.fragments) > 1
        {
            return Err(Error::IdempotencyKeyInvalid {
                field: HEADER,
                message: "The header is for a document with one mutation field, and this one has several. Give each its own key: \
                 write @idempotent(key: \"…\") behind the field.",
            });
        }
        self.key = key;
        Ok(self)
    }
}

impl Engine {
    /// An engine for the schema.
    ///
    /// # Panics
    /// When the library cannot read the definition that it wrote itself.
    #[must_use]
    pub fn new(settings: &Settings, redis: Option<&Arc<Redis>>, purger: Arc<Purger>) -> Arc<Self> {
        let limits = Limits::new(settings);
        let introspection = !settings.is_production();
        // The guards count the same levels and refuse with better words.
        let levels = limits.nesting.most.saturating_add(1);
        let executor = builder()
            .validation_mode(ValidationMode::Fast)
            .limit_recursive_depth(levels)
            .finish();
        let streams = builder()
            .extension(EachEvent)
            .validation_mode(ValidationMode::Fast)
            .limit_recursive_depth(levels)
            .finish();
        // What is skipped is one level deeper.
        let mut validator = builder().limit_recursive_depth(levels.saturating_add(1));
        if !introspection {
            validator = validator.disable_suggestions();
        }
        let sdl = executor.sdl();
        // The library reads what it wrote itself: the definition depends on no setting and no input.
        #[expect(clippy::expect_used, reason = "a test holds it")]
        let (input_types, complexity, costs) = InputTypes::from_sdl(&sdl)
            .and_then(|types| Ok((types, Complexity::from_sdl(&sdl)?, Costs::from_sdl(&sdl)?)))
            .expect("the schema's definition can be parsed");
        Arc::new_cyclic(|this| Self {
            input_types,
            complexity,
            costs,
            executor,
            validator: validator.finish(),
            streams,
            turns: Arc::new(Semaphore::new(turns(settings))),
            documents: Documents::new(settings.documents.graphql_documents_bytes),
            automatic: Automatic::new(settings, redis),
            trusted: Arc::new(Trusted::new(settings)),
            operations: Operations::new(settings.documents.graphql_metrics_operations),
            hints: Hints::new(),
            answers: Answers::new(settings, purger),
            limits,
            most_errors: settings.documents.graphql_max_errors,
            introspection,
            this: Weak::clone(this),
        })
    }

    /// Answers `request` for `caller`.
    pub async fn execute(&self, caller: Caller, request: Request) -> Response {
        match self.prepare(&caller, request).await {
            Ok(prepared) => self.run(caller, prepared).await,
            Err(refused) => *refused,
        }
    }

    /// Guards and parses the document that `request` sends or names, or finds that this was done before. The request then holds
    /// its text.
    ///
    /// # Errors
    /// The answer to a request that is refused.
    pub async fn prepare(
        &self,
        caller: &Caller,
        mut request: Request,
    ) -> Result<Prepared, Box<Response>> {
        match self.find(&mut request).await {
            Ok(document) => Ok(Prepared {
                request,
                document,
                key: None,
                as_text: false,
            }),
            Err(error) => {
                self.operations.refused();
                let refused = Response::from_errors(vec![error]);
                Err(Box::new(self.presented(refused, &caller.request_id)))
            }
        }
    }

    /// Validates and executes what was prepared, once it is paid for.
    pub async fn run(&self, caller: Caller, prepared: Prepared) -> Response {
        self.answered(caller, prepared, &OnceLock::new()).await
    }

    /// The same; `measures` is set once the document is known to be valid.
    async fn answered(
        &self,
        caller: Caller,
        prepared: Prepared,
        measures: &OnceLock<Arc<Measures>>,
    ) -> Response {
        let began = Instant::now();
        let request_id = caller.request_id.clone();
        let response = self.paid(caller, prepared, measures).await;
        let response = self.presented(response, &request_id);
        self.measured(measures, &response, began);
        response
    }

    /// Counts what was answered with `response`, by its name where it came that far.
    pub(super) fn measured(
        &self,
        measures: &OnceLock<Arc<Measures>>,
        response: &Response,
        began: Instant,
    ) {
        match measures.get() {
            Some(measures) => measures.count(response, began.elapsed()),
            None => self.operations.refused(),
        }
    }

    /// What stands before every execution, of whatever kind and over whatever transport, once it is paid for. `measures` is set once
    /// the document is known to be valid.
    pub(super) async fn admitted(
        &self,
        caller: &Caller,
        prepared: Prepared,
        measures: &OnceLock<Arc<Measures>>,
    ) -> Result<(Request, Arc<Document>), Vec<ServerError>> {
        let request = prepared.request;
        let document = match prepared.document {
            Found::Kept(document) => document,
            Found::New(new) => {
                self.validate(&new.document, &request.variables).await?;
                if let Some(hash) = new.automatic {
                    self.automatic.keep(hash, &new.document.text);
                }
                self.documents.keep(new.key, new.document)
            }
        };
        measures.get_or_init(|| self.operations.of(&document));
        if let Actor::Person(Person {
            means: Means::Key { scopes, .. },
            ..
        }) = caller.actor
        {
            key_scopes::check(&document, scopes).map_err(|error| vec![sourced(error)])?;
        }
        Ok((request, document))
    }

    async fn executed(
        &self,
        caller: Caller,
        mut prepared: Prepared,
        measures: &OnceLock<Arc<Measures>>,
        coming: &Arc<Coming>,
    ) -> Result<Response, Vec<ServerError>> {
        if prepared.is_subscription() {
            return Err(vec![refused(Refusal::malformed(
                "A subscription has many answers. Ask for it over WebSocket (graphql-transport-ws), or for text/event-stream; see \
                 docs/subscriptions.md.",
            ))]);
        }
        let (keys, as_text) = (Arc::new(Keys::new(prepared.key.take())), prepared.as_text);
        let (mut request, document) = self.admitted(&caller, prepared, measures).await?;
        request.set_parsed_query(document.executable.clone());
        // The document holds the one operation that is meant.
        request.operation_name = None;
        let caller = match document.asked() {
            Some(asked) => caller.asking_for(Arc::clone(asked)),
            None => caller,
        };
        let mut request = with_data(caller, request)
            .data(Arc::clone(&keys))
            .data(Explainer::new(&self.this));
        if as_text && !document.merges() {
            request = request.data(Writing(Arc::clone(coming)));
        }
        let mut response = self.executor.execute(request).await;
        if let Some(idempotency) = keys.extension() {
            response
                .extensions
                .insert("idempotency".to_owned(), idempotency);
        }
        Ok(response)
    }

    pub(super) fn presented(&self, response: Response, request_id: &RequestId) -> Response {
        cut_errors(present_errors(response, request_id), self.most_errors)
    }

    /// Measures what is kept, for `/metrics`.
    pub fn measure(&self) {
        let (documents, bytes) = self.documents.size();
        self.answers.show();
        metrics::gauge!("graphql_documents_kept").set(float(documents));
        metrics::gauge!("graphql_documents_bytes").set(float(bytes));
        let (persisted, bytes) = self.automatic.size();
        metrics::gauge!("graphql_persisted_kept").set(float(persisted));
        metrics::gauge!("graphql_persisted_bytes").set(float(bytes));
        let trusted = self.trusted.list().len() as u64;
        metrics::gauge!("graphql_trusted_documents").set(float(trusted));
    }

    /// What the first of the guards says of `text`, before it is parsed. For those who fuzz it.
    ///
    /// # Errors
    /// The sentence by which it is refused.
    pub fn scan(&self, text: &str) -> Result<(), String> {
        scan(text, &self.limits).map_err(|refusal| refusal.to_string())
    }

    /// The one operation of `text` that is meant, having passed the guards.
    fn parsed(&self, text: &Arc<str>, operation: Option<&str>) -> Result<Document, ServerError> {
        let parsed = self.guarded(text)?;
        let mut document = Document::select(parsed, Arc::clone(text), operation)
            .map_err(|message| refused(Refusal::malformed(message)))?;
        document.digest = Document::digest_of(text, operation);
        document.max_age = self.hints.of(&document);
        Ok(document)
    }

    fn guarded(&self, text: &str) -> Result<ExecutableDocument, ServerError> {
        scan(text, &self.limits).map_err(refused)?;
        let parsed = parse_query(text).map_err(|error| syntax_error(&error))?;
        let expansion = Expansion::measure(&parsed, &self.limits).map_err(refused)?;
        check_placement(&parsed).map_err(refused)?;
        if expansion.introspects && !self.introspection {
            return Err(refused(Refusal::malformed(
                "The schema cannot be asked for here. Read it from the file schema.graphql instead.",
            )));
        }
        Ok(parsed)
    }

    /// Checks what differs from one request with a document to the next: its variables, and how much they ask for.
    fn check_variables(&self, prepared: &Prepared) -> Result<(), ServerError> {
        let document = prepared.document();
        let operation = document.operation();
        let variables = &prepared.request.variables;
        check_size(variables, &self.limits.variables).map_err(refused)?;
        self.input_types
            .check(&operation.variable_definitions, variables)
            .map_err(|fault| {
                // Names and types are the document's own and may be long.
                let path = shortened(&format!("variables.{}", fault.path));
                sourced(Error::invalid(path, shortened(&fault.message)))
            })?;
        let fragments = &document.executable.fragments;
        let complexity = self.complexity.of(operation, fragments, variables);
        self.limits.complexity.admit(complexity).map_err(refused)
    }

    /// Validates without running a resolver: everything is skipped, and in the mode that is chosen there is nothing but
    /// introspection.
    async fn validate(
        &self,
        document: &Document,
        variables: &Variables,
    ) -> Result<(), Vec<ServerError>> {
        let mut dry_run = Request::new("")
            .variables(variables.clone())
            .only_introspection();
        dry_run.set_parsed_query(document.skipped());
        let errors = if document.kind == OperationType::Subscription {
            let first = self.validator.execute_stream(dry_run).next().await;
            first.map(|answer| answer.errors).unwrap_or_default()
        } else {
            self.validator.execute(dry_run).await.errors
        };
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "there is less than a float can count"
)]
fn float(number: u64) -> f64 {
    number as f64
}

/// Gives the resolvers what they find in their context: the caller, and whatever else lives as long as a request.
fn with_data(caller: Caller, request: Request) -> Request {
    let loaders = Arc::new(Loaders::new(&Arc::new(caller.clone())));
    request.data(caller).data(loaders)
}

/// Half the connections at most: requests do not wait for those who listen.
fn turns(settings: &Settings) -> usize {
    usize::try_from(settings.database_max_connections / 2).map_or(1, |half| half.max(1))
}

pub(super) fn refused(refusal: Refusal) -> ServerError {
    sourced(refusal)
}

/// An error that [`present_errors`] recognises.
fn sourced(source: impl std::fmt::Display + Send + Sync + 'static) -> ServerError {
    let mut error = ServerError::new(source.to_string(), None);
    error.source = Some(Arc::new(source));
    error
}

/// The parser's messages hold the line at fault; only what it expected there is passed on.
fn syntax_error(error: &parser::Error) -> ServerError {
    let message = match error {
        parser::Error::Syntax { message, start, .. } => {
            let expected = message.rsplit("= ").next().unwrap_or_default().trim();
            format!(
                "Syntax error in line {}, column {}: {expected}.",
                start.line, start.column
            )
        }
        other => other.to_string(),
    };
    let mut shown = refused(Refusal::malformed(message));
    shown.locations = error.positions().collect();
    shown
}
