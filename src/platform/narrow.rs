//! Reading no more of a row than a request shows of it.
//!
//! A request says by which names it asks for anything at all, see [`Asked`]; columns that are shown under none of these are not
//! read. By names alone, whatever they stand on: too much may be read so, but never too little.

use sea_orm::{
    DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryResult, QuerySelect, Select,
    TryGetable,
};
use std::collections::HashSet;

/// The names of all fields that a request asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Asked(HashSet<Box<str>>);

impl<'a> FromIterator<&'a str> for Asked {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        Self(names.into_iter().map(Box::from).collect())
    }
}

impl Asked {
    /// Whether any of `names` is asked for.
    #[must_use]
    pub fn any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains(*name))
    }
}

/// Which columns are read, and how a row is made of them.
pub struct Columns<E: EntityTrait> {
    /// In the order in which they are read.
    pub(super) read: Vec<E::Column>,
    is_shown: u64,
    make: Option<Make<E::Model>>,
}

/// Makes a row of its cells.
type Make<M> = fn(&mut Cells<'_>) -> Result<M, DbErr>;

/// A column that is left out where nobody asks for it: the names under which it is shown.
pub type Shown<C> = (C, &'static [&'static str]);

impl<E: EntityTrait> Columns<E>
where
    E::Model: FromQueryResult,
{
    /// All columns, found by their names.
    #[must_use]
    pub fn all() -> Self {
        Self {
            read: E::Column::iter().collect(),
            is_shown: u64::MAX,
            make: None,
        }
    }

    /// The columns `always`, and of `shown` (at most 64) those under one of whose names something is asked for, or which are `key`;
    /// all of them where it is not known what is asked for. `make` takes them in this order.
    #[must_use]
    pub fn narrowed(
        asked: Option<&Asked>,
        always: &[E::Column],
        shown: &[Shown<E::Column>],
        key: Option<E::Column>,
        make: Make<E::Model>,
    ) -> Self {
        let name = |column: E::Column| column.as_str();
        let is_key = |column: E::Column| key.is_some_and(|key| name(key) == name(column));
        let mut read = always.to_vec();
        let mut is_shown = 0;
        for (index, (column, names)) in shown.iter().enumerate() {
            if asked.is_none_or(|asked| asked.any(names)) || is_key(*column) {
                is_shown |= 1 << index;
                read.push(*column);
            }
        }
        Self {
            read,
            is_shown,
            make: Some(make),
        }
    }

    /// Has `select` read these alone.
    #[must_use]
    pub fn of(&self, select: Select<E>) -> Select<E> {
        match self.make {
            None => select,
            Some(_) => select.select_only().columns(self.read.iter().copied()),
        }
    }

    /// The row whose columns begin at `first`.
    ///
    /// # Errors
    /// What the database says of a cell that is not what it should be.
    pub fn read(&self, row: &QueryResult, first: usize) -> Result<E::Model, DbErr> {
        match self.make {
            None => E::Model::from_query_result(row, ""),
            Some(make) => make(&mut Cells {
                row,
                next: first,
                is_shown: self.is_shown,
            }),
        }
    }
}

/// The cells of one row, one after the other: by their places, which is faster than by their names.
pub struct Cells<'a> {
    row: &'a QueryResult,
    next: usize,
    is_shown: u64,
}

impl Cells<'_> {
    /// The next cell.
    ///
    /// # Errors
    /// It is not what it should be.
    pub fn take<T: TryGetable>(&mut self) -> Result<T, DbErr> {
        let index = self.next;
        self.next += 1;
        self.row.try_get_by_index(index)
    }

    /// The next of the columns that may have been left out, or nothing in particular.
    ///
    /// # Errors
    /// It is not what it should be.
    pub fn shown<T: TryGetable>(&mut self, nothing: T) -> Result<T, DbErr> {
        let is_shown = self.is_shown & 1 == 1;
        self.is_shown >>= 1;
        if is_shown { self.take() } else { Ok(nothing) }
    }
}
