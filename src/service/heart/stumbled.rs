//! What to do about an input over which the code stumbles: a mistake in the program must not be lived through again and again, and must not keep
//! everybody else from being heard.
//!
//! A panic may leave a draft half changed, so the round begins anew on another one, with more care for the input that was at work.

use std::collections::HashMap;

use crate::{parent::ChatId, store::ParentId};

/// One input of a round: which of its kind, or whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Input {
    Report(usize),
    Fetched(usize),
    Update(usize),
    Owed(ChatId),
    Due(ParentId),
    Replanned(ParentId),
}

/// How an input is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// As it should be.
    Decide,
    /// Not at all, with a kind sentence for whoever waits for an answer, and help lines for whoever wrote heavy words.
    Apologise,
    /// Not at all, with the kind sentence alone: it may have been the net that stumbled.
    ApologiseOnly,
    /// Not at all, and nothing is said: even that stumbled.
    LetGo,
}

/// The inputs over which a round stumbled.
#[derive(Debug, Default)]
pub(super) struct Stumbled {
    at_work: Option<Input>,
    over: HashMap<Input, Care>,
}

impl Stumbled {
    /// This input is next. Returns how it is decided.
    pub fn begin(&mut self, input: Input) -> Care {
        self.at_work = Some(input);
        self.over.get(&input).copied().unwrap_or(Care::Decide)
    }

    /// No input is at work.
    pub fn rest(&mut self) {
        self.at_work = None;
    }

    /// The code stumbled. Returns whether the round can begin anew with more care.
    pub fn take_more_care(&mut self) -> bool {
        let Some(input) = self.at_work.take() else {
            return false;
        };
        let care = match self.over.get(&input) {
            None | Some(Care::Decide) => Care::Apologise,
            Some(Care::Apologise) => Care::ApologiseOnly,
            Some(Care::ApologiseOnly) => Care::LetGo,
            Some(Care::LetGo) => return false,
        };
        self.over.insert(input, care);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn care_grows_for_the_input_that_was_at_work_and_comes_to_an_end() {
        let mut stumbled = Stumbled::default();
        let (anna, bram) = (Input::Update(0), Input::Update(1));
        for care in [
            Care::Decide,
            Care::Apologise,
            Care::ApologiseOnly,
            Care::LetGo,
        ] {
            assert_eq!(stumbled.begin(anna), Care::Decide);
            assert_eq!(stumbled.begin(bram), care);
            assert_eq!(stumbled.take_more_care(), care != Care::LetGo);
        }
        assert_eq!(stumbled.begin(Input::Report(1)), Care::Decide);
        stumbled.rest();
        assert!(!stumbled.take_more_care(), "it is nobody's");
    }
}
