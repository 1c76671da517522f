//! The columns of a batch as the fold reads them, each prepared once, however many cubes use it.

use crate::catalogue::{Condition, Filter, Test};
use crate::sketch::{Bucket, Marks};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

/// Integers, and which of them are absent.
pub struct Numbers<'a> {
    values: &'a [i64],
    absent: Option<&'a NullBuffer>,
}

impl<'a> Numbers<'a> {
    /// All values, where none is absent.
    pub fn all(&self) -> Option<&'a [i64]> {
        if self.absent.is_none() { Some(self.values) } else { None }
    }

    pub fn get(&self, row: usize) -> Option<i64> {
        if self.absent.is_some_and(|absent| absent.is_null(row)) { None } else { Some(self.values[row]) }
    }
}

/// Labels by code, and the code of each row; where rows lack a label, their code comes after the others.
pub struct Codes<'a> {
    pub labels: Vec<Option<Cow<'a, str>>>,
    pub rows: Vec<u32>,
}

impl Codes<'_> {
    fn absent(rows: usize) -> Self {
        Self { labels: vec![None], rows: vec![0; rows] }
    }

    /// The label of a row.
    pub fn label(&self, row: usize) -> Option<&str> {
        self.labels[self.rows[row] as usize].as_deref()
    }
}

/// A batch of events.
pub struct Columns<'a> {
    batch: &'a RecordBatch,
    codes: Cache<&'static str, Codes<'a>>,
    marks: Cache<&'static str, Marks>,
    buckets: Cache<&'static str, Vec<Bucket>>,
    zeros: Cache<&'static str, bool>,
    passes: Cache<(usize, usize), Vec<bool>>,
}

/// What was prepared, by what it was prepared for.
type Cache<K, V> = RefCell<HashMap<K, Rc<V>>>;

impl<'a> Columns<'a> {
    pub fn of(batch: &'a RecordBatch) -> Self {
        Self {
            batch,
            codes: RefCell::default(),
            marks: RefCell::default(),
            buckets: RefCell::default(),
            zeros: RefCell::default(),
            passes: RefCell::default(),
        }
    }

    /// How many events there are.
    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// A column of integers or moments.
    pub fn numbers(&self, name: &str) -> Option<Numbers<'a>> {
        let column = self.batch.column_by_name(name)?;
        let values: &[i64] = match column.data_type() {
            DataType::Int64 => column.as_primitive::<Int64Type>().values(),
            DataType::Timestamp(TimeUnit::Millisecond, _) => column.as_primitive::<TimestampMillisecondType>().values(),
            _ => return None,
        };
        Some(Numbers { values, absent: column.nulls().filter(|absent| absent.null_count() > 0) })
    }

    /// The hour of each event.
    pub fn hours(&self) -> Option<&'a [i32]> {
        Some(self.batch.column_by_name("hour")?.as_primitive_opt::<Int32Type>()?.values())
    }

    /// A column of texts.
    pub fn texts(&self, name: &str) -> Option<&'a StringArray> {
        self.batch.column_by_name(name)?.as_string_opt::<i32>()
    }

    /// A column of labels; numbers and truths become labels as they are written.
    pub fn codes(&self, name: &'static str) -> Rc<Codes<'a>> {
        let known = self.codes.borrow().get(name).cloned();
        known.unwrap_or_else(|| {
            let column = self.batch.column_by_name(name);
            let codes = column.and_then(read_codes).unwrap_or_else(|| Codes::absent(self.rows()));
            keep(&self.codes, name, codes)
        })
    }

    /// The hashes of a column's labels, by code.
    pub fn marks(&self, name: &'static str) -> Rc<Marks> {
        let known = self.marks.borrow().get(name).cloned();
        known.unwrap_or_else(|| {
            let codes = self.codes(name);
            let marks = Marks::of(codes.labels.iter().map(Option::as_deref));
            keep(&self.marks, name, marks)
        })
    }

    /// The buckets of a column's values, where an absent one counts as zero.
    pub fn buckets(&self, name: &'static str) -> Rc<Vec<Bucket>> {
        let known = self.buckets.borrow().get(name).cloned();
        known.unwrap_or_else(|| {
            let values = self.numbers(name).map_or(&[][..], |numbers| numbers.values);
            keep(&self.buckets, name, values.iter().map(|value| Bucket::of(*value)).collect())
        })
    }

    /// Whether a column has nothing but zeros and absent values, as that of a class of tokens that nobody uses: its sum need not be taken.
    pub fn is_zero(&self, name: &'static str) -> bool {
        let known = self.zeros.borrow().get(name).cloned();
        *known.unwrap_or_else(|| {
            let is_zero = self.numbers(name).is_none_or(|numbers| {
                let is_absent = numbers.absent.is_some_and(|absent| absent.null_count() == numbers.values.len());
                is_absent || numbers.values.iter().all(|value| *value == 0)
            });
            keep(&self.zeros, name, is_zero)
        })
    }

    /// Which rows pass a filter; `None` where all do.
    pub fn passes(&self, filter: Filter) -> Option<Rc<Vec<bool>>> {
        if filter.is_empty() {
            return None;
        }
        // Filters are constants of the catalogue: where one lies is as good as what it says.
        let place = (filter.as_ptr() as usize, filter.len());
        let known = self.passes.borrow().get(&place).cloned();
        Some(known.unwrap_or_else(|| {
            let mut passes = vec![true; self.rows()];
            for condition in filter {
                self.apply(condition, &mut passes);
            }
            keep(&self.passes, place, passes)
        }))
    }

    fn apply(&self, condition: &Condition, passes: &mut [bool]) {
        if let (Test::AtLeast(_) | Test::Present, Some(numbers)) = (condition.test, self.numbers(condition.column)) {
            let least = if let Test::AtLeast(least) = condition.test { least } else { i64::MIN };
            for (row, passes) in passes.iter_mut().enumerate() {
                *passes &= numbers.get(row).is_some_and(|value| value >= least);
            }
            return;
        }
        let codes = self.codes(condition.column);
        let of_label = |label: &Option<Cow<'_, str>>| match (condition.test, label.as_deref()) {
            (Test::In(values), label) => label.is_some_and(|label| values.contains(&label)),
            (Test::NotIn(values), label) => label.is_none_or(|label| !values.contains(&label)),
            (Test::Present, label) => label.is_some(),
            (Test::AtLeast(_), _) => false,
        };
        let of_code: Vec<bool> = codes.labels.iter().map(of_label).collect();
        for (code, passes) in codes.rows.iter().zip(passes) {
            *passes &= of_code[*code as usize];
        }
    }
}

fn keep<K: Eq + Hash, V>(cache: &Cache<K, V>, key: K, value: V) -> Rc<V> {
    let value = Rc::new(value);
    cache.borrow_mut().insert(key, Rc::clone(&value));
    value
}

fn read_codes(column: &ArrayRef) -> Option<Codes<'_>> {
    match column.data_type() {
        DataType::Dictionary(_, _) => {
            let dictionary = column.as_dictionary_opt::<Int32Type>()?;
            let values: &StringArray = dictionary.values().as_string_opt::<i32>()?;
            let labels: Vec<_> = values.iter().map(|label| label.map(Cow::Borrowed)).collect();
            let keys = dictionary.keys();
            if keys.null_count() == 0 {
                return Some(Codes { labels, rows: keys.values().iter().map(|key| key.cast_unsigned()).collect() });
            }
            Some(with_absent(labels, keys.iter().map(|key| key.map(i32::cast_unsigned))))
        }
        DataType::Boolean => {
            let labels = vec![Some(Cow::Borrowed("false")), Some(Cow::Borrowed("true"))];
            Some(with_absent(labels, column.as_boolean_opt()?.iter().map(|truth| truth.map(u32::from))))
        }
        DataType::Int64 => {
            let numbers = column.as_primitive_opt::<Int64Type>()?;
            let mut labels = Vec::new();
            let mut known: HashMap<i64, u32> = HashMap::new();
            let mut code_of = |number: i64| {
                *known.entry(number).or_insert_with(|| {
                    labels.push(Some(Cow::Owned(number.to_string())));
                    u32::try_from(labels.len() - 1).unwrap_or(u32::MAX)
                })
            };
            let codes: Vec<Option<u32>> = numbers.iter().map(|number| number.map(&mut code_of)).collect();
            Some(with_absent(labels, codes.into_iter()))
        }
        _ => None,
    }
}

/// Gives rows without a label the code after the last.
fn with_absent(mut labels: Vec<Option<Cow<'_, str>>>, codes: impl Iterator<Item = Option<u32>>) -> Codes<'_> {
    let none = u32::try_from(labels.len()).unwrap_or(u32::MAX);
    let rows: Vec<u32> = codes.map(|code| code.unwrap_or(none)).collect();
    if rows.contains(&none) {
        labels.push(None);
    }
    Codes { labels, rows }
}
