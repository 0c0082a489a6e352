//! Executes requests: the guards, the documents kept from earlier requests, the schema, and the errors' last look.

mod answering;

pub use answering::{Answer, Renewal};

use super::{
    Loaders, Schema,
    answers::{Answers, Hints},
    builder,
    documents::{Document, Documents},
    guards::{Complexity, Expansion, InputTypes, Limits, Refusal, scan},
    idempotent::{HEADER, Keys, check_placement, mutation_fields},
    key_scopes,
    present_errors::{present_errors, shortened},
};
use crate::{
    app::App,
    caller::{Actor, Caller, Means, Person},
    error::{Error, Result},
    idempotency::Key,
};
use async_graphql::{
    Request, Response, ServerError, ValidationMode, Variables,
    parser::{self, parse_query, types::OperationType},
};
use std::sync::Arc;

/// The schema, and what stands around its execution.
pub struct Engine {
    /// Executes documents that were validated before.
    executor: Schema,
    /// Validates documents, and never executes any.
    validator: Schema,
    documents: Documents,
    limits: Limits,
    input_types: InputTypes,
    complexity: Complexity,
    hints: Hints,
    answers: Answers,
    introspection: bool,
}

/// A request whose document passed the guards, but whose variables and fields nobody has looked at yet.
pub struct Prepared {
    request: Request,
    document: Found,
    /// The key under which its mutation may be sent again.
    key: Option<Key>,
}

/// Where a document comes from.
enum Found {
    /// It was validated before.
    Kept(Arc<Document>),
    /// It is to be validated, and kept under this key.
    New(String, Box<Document>),
}

impl Prepared {
    fn document(&self) -> &Document {
        match &self.document {
            Found::Kept(document) => document,
            Found::New(_, document) => document,
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
    pub fn new(app: &App) -> Self {
        let settings = &*app.settings;
        let limits = Limits::new(settings);
        let introspection = !settings.is_production();
        // The guards count the same levels and refuse with better words.
        let levels = limits.nesting.most.saturating_add(1);
        let executor = builder()
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
        let (input_types, complexity) = InputTypes::from_sdl(&sdl)
            .and_then(|types| Ok((types, Complexity::from_sdl(&sdl)?)))
            .expect("the schema's definition can be parsed");
        Self {
            input_types,
            complexity,
            executor,
            validator: validator.finish(),
            documents: Documents::new(),
            hints: Hints::new(),
            answers: Answers::new(settings, Arc::clone(&app.purger)),
            limits,
            introspection,
        }
    }

    /// Answers `request` for `caller`.
    pub async fn execute(&self, caller: Caller, request: Request) -> Response {
        match self.prepare(&caller, request) {
            Ok(prepared) => self.run(caller, prepared).await,
            Err(refused) => *refused,
        }
    }

    /// Guards and parses `request`, or finds that this was done before.
    ///
    /// # Errors
    /// The answer to a request that is refused.
    pub fn prepare(&self, caller: &Caller, request: Request) -> Result<Prepared, Box<Response>> {
        let key = Documents::key(&request);
        let document = match self.documents.get(&key) {
            Some(document) => Found::Kept(document),
            None => match self.parsed(&request) {
                Ok(document) => Found::New(key, Box::new(document)),
                Err(error) => {
                    let refused = Response::from_errors(vec![error]);
                    return Err(Box::new(present_errors(refused, &caller.request_id)));
                }
            },
        };
        Ok(Prepared {
            request,
            document,
            key: None,
        })
    }

    /// Validates and executes what was prepared.
    pub async fn run(&self, caller: Caller, prepared: Prepared) -> Response {
        let request_id = caller.request_id.clone();
        let response = self
            .executed(caller, prepared)
            .await
            .unwrap_or_else(Response::from_errors);
        present_errors(response, &request_id)
    }

    async fn executed(
        &self,
        caller: Caller,
        prepared: Prepared,
    ) -> Result<Response, Vec<ServerError>> {
        self.check_variables(&prepared)?;
        let mut request = prepared.request;
        let document = match prepared.document {
            Found::Kept(document) => document,
            Found::New(key, document) => {
                self.validate(&document, &request.variables).await?;
                self.documents.keep(key, *document)
            }
        };
        if let Actor::Person(Person {
            means: Means::Key { scopes, .. },
            ..
        }) = caller.actor
        {
            key_scopes::check(&document, scopes).map_err(|error| vec![sourced(error)])?;
        }
        request.set_parsed_query(document.executable.clone());
        // The document holds the one operation that is meant.
        request.operation_name = None;
        let keys = Arc::new(Keys::new(prepared.key));
        let request = with_data(caller, request).data(Arc::clone(&keys));
        let mut response = self.executor.execute(request).await;
        if let Some(idempotency) = keys.extension() {
            response
                .extensions
                .insert("idempotency".to_owned(), idempotency);
        }
        Ok(response)
    }

    /// How many documents are kept.
    #[must_use]
    pub fn documents_kept(&self) -> u64 {
        self.documents.count()
    }

    fn parsed(&self, request: &Request) -> Result<Document, ServerError> {
        scan(&request.query, &self.limits).map_err(refused)?;
        let parsed = parse_query(&request.query).map_err(|error| syntax_error(&error))?;
        let expansion = Expansion::measure(&parsed, &self.limits).map_err(refused)?;
        check_placement(&parsed).map_err(refused)?;
        if expansion.introspects && !self.introspection {
            return Err(refused(Refusal::malformed(
                "The schema cannot be asked for here. Read it from the file schema.graphql instead.",
            )));
        }
        let mut document = Document::select(parsed, request.operation_name.as_deref())
            .map_err(|message| refused(Refusal::malformed(message)))?;
        document.digest = Document::digest_of(&Documents::key(request));
        document.max_age = self.hints.of(&document);
        Ok(document)
    }

    /// Checks what differs from one request with a document to the next: its variables, and how much they ask for.
    fn check_variables(&self, prepared: &Prepared) -> Result<(), ServerError> {
        let document = prepared.document();
        let operation = document.operation();
        let variables = &prepared.request.variables;
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
        let errors = self.validator.execute(dry_run).await.errors;
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

/// Gives the resolvers what they find in their context: the caller, and whatever else lives as long as a request.
fn with_data(caller: Caller, request: Request) -> Request {
    let loaders = Arc::new(Loaders::new(&caller));
    request.data(caller).data(loaders)
}

fn refused(refusal: Refusal) -> ServerError {
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
