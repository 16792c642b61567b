//! Colour, at a terminal that has it.

/// How words stand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Not at all: for files, and for programs that read on.
    Plain,
    /// By colour and weight.
    Colour,
}

impl Paint {
    /// What is looked for first.
    pub fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What stands around.
    pub fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    /// What can be tapped.
    pub fn button(self, text: &str) -> String {
        self.with("36", text)
    }

    /// What is wrong.
    pub fn wrong(self, text: &str) -> String {
        self.with("31", text)
    }

    /// What is in order.
    pub fn right(self, text: &str) -> String {
        self.with("32", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}
