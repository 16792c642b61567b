//! What a prompt asks, wherever it comes from: the library, or the parent.

use super::{PromptRef, turn::Turn};
use crate::{
    library::Prompt,
    parent::{OpenPrompt, OwnPrompt, Words},
};

/// What a prompt asks: one of the library, or one that the parent wrote.
pub(super) struct Question {
    pub id: String,
    pub title: String,
    pub body: Words,
    pub follow_up: Option<String>,
}

impl Question {
    pub fn of_library(prompt: &Prompt) -> Self {
        Self {
            id: prompt.id.clone(),
            title: prompt.title.clone(),
            body: Words::new(prompt.body.as_str()),
            follow_up: prompt.followup.clone(),
        }
    }

    pub fn of_parent(own: &OwnPrompt, title: &str) -> Self {
        Self {
            id: own.id(),
            title: title.to_owned(),
            body: own.words.clone(),
            follow_up: None,
        }
    }

    pub fn refer(&self) -> PromptRef {
        PromptRef {
            id: self.id.clone(),
            title: self.title.clone(),
        }
    }
}

/// The prompt with this id; `None` for one that is retired, or that the parent removed.
pub(super) fn find(turn: &Turn<'_>, id: &str) -> Option<Question> {
    let own_title = turn.texts().prompt.own_title.as_str();
    let own = turn.parent.own.find(id);
    let own = own.map(|own| Question::of_parent(own, own_title));
    own.or_else(|| turn.scene.library.prompt(id).map(Question::of_library))
}

/// How the journal refers to the prompt that stands in the chat: it is called what it was called when it was sent, also when it is gone.
pub(super) fn refer(turn: &Turn<'_>, open: &OpenPrompt) -> PromptRef {
    let title = if open.title.is_empty() {
        let now = find(turn, &open.id);
        now.map_or_else(|| open.id.clone(), |question| question.title)
    } else {
        open.title.clone()
    };
    PromptRef {
        id: open.id.clone(),
        title,
    }
}
