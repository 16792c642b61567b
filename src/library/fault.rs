//! What is wrong with the files of a language, in words that tell a writer where to look and what to write instead.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, or the folder when the fault is of all its files together.
    pub file: String,
    /// The line, counted from 1; `None` when the fault is of the whole file or folder.
    pub line: Option<usize>,
    /// What was found and what was expected.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

/// Everything that is wrong, in the order of files and lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault.
    pub(super) fn add(
        &mut self,
        file: impl Into<String>,
        line: impl Into<Option<usize>>,
        what: impl Into<String>,
    ) {
        self.0.push(Fault {
            file: file.into(),
            line: line.into(),
            what: what.into(),
        });
    }

    /// Adds those of `others`.
    pub(super) fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    /// The faults in order, each once.
    pub(super) fn sorted(mut self) -> Self {
        self.0.sort();
        self.0.dedup();
        self
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many things are wrong.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The faults, in the order of files and lines.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

/// One line for each fault.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// What `voel-eerst prompts check` prints: one line for each fault, then how many there are.
pub fn report(faults: &Faults) -> String {
    match faults.len() {
        0 => "no faults\n".to_owned(),
        1 => format!("{faults}\n\n1 fault\n"),
        n => format!("{faults}\n\n{n} faults\n"),
    }
}
