//! What the buttons of flows and of the example sentences say to the bot.

/// A tap on a button of a flow, or under example sentences.
///
/// Flows and buttons are named by their marks, so that data is short whatever a writer calls them, and means the same after
/// a writer has moved a button. The step is not named: the keyboard's number leads to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowTap {
    /// A button of the step that is shown.
    Choose {
        /// The flow.
        flow: u32,
        /// The button.
        button: u32,
    },
    /// The stop button that every step has.
    Stop {
        /// The flow.
        flow: u32,
    },
    /// From the example sentences back to the step.
    Back {
        /// The flow.
        flow: u32,
    },
    /// A page of example sentences within a flow.
    Page {
        /// The flow.
        flow: u32,
        /// The page, counted from 0.
        page: u8,
    },
    /// A page of example sentences on their own.
    Sentences {
        /// The page, counted from 0.
        page: u8,
    },
}

impl FlowTap {
    /// The argument in callback data, at most 19 bytes.
    pub fn argument(self) -> String {
        match self {
            Self::Choose { flow, button } => format!("c-{flow:x}-{button:x}"),
            Self::Stop { flow } => format!("s-{flow:x}"),
            Self::Back { flow } => format!("b-{flow:x}"),
            Self::Page { flow, page } => format!("p-{flow:x}-{page:x}"),
            Self::Sentences { page } => format!("l-{page:x}"),
        }
    }

    /// Reads what [`argument`](Self::argument) wrote.
    pub fn read(argument: &str) -> Option<Self> {
        let mut parts = argument.split('-');
        let (word, mut number) = (parts.next()?, || {
            u32::from_str_radix(parts.next()?, 16).ok()
        });
        let tap = match word {
            "c" => Self::Choose {
                flow: number()?,
                button: number()?,
            },
            "s" => Self::Stop { flow: number()? },
            "b" => Self::Back { flow: number()? },
            "p" => Self::Page {
                flow: number()?,
                page: u8::try_from(number()?).ok()?,
            },
            "l" => Self::Sentences {
                page: u8::try_from(number()?).ok()?,
            },
            _ => return None,
        };
        Some(tap)
    }

    /// The mark of the flow that it belongs to.
    pub fn flow(self) -> Option<u32> {
        match self {
            Self::Choose { flow, .. }
            | Self::Stop { flow }
            | Self::Back { flow }
            | Self::Page { flow, .. } => Some(flow),
            Self::Sentences { .. } => None,
        }
    }
}
