//! What something that a parent sent belongs to: a prompt, an entry, an earlier day, or nothing in particular.

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    EntryId, Message, MessageRef, PromptRef, Unreadable, flow, lookback, question, turn::Turn,
};
use crate::parent::MessageId;

/// Text without Telegram's reply answers the latest prompt when that is at most this old (content part 2: half of the answers come hours later).
const ANSWERS_FOR: SignedDuration = SignedDuration::from_hours(36);

/// When the latest question besides the prompts was asked that typed text may answer: the one after a flow, or that of a look-back.
pub(super) fn asked_besides(turn: &Turn<'_>) -> Option<Timestamp> {
    let later = turn.parent.flows.asked.as_ref().map(|asked| asked.at);
    later.max(lookback::question(turn).map(|asked| asked.at))
}

/// What typed text or a voice note belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// A prompt; its message when it is known, and its entry when there is one.
    Prompt {
        /// Which prompt.
        prompt: PromptRef,
        /// The message that asked it.
        message: Option<MessageId>,
        /// The answer that is there already.
        entry: Option<EntryId>,
    },
    /// An entry that the parent replied to.
    Entry(EntryId),
    /// Nothing in particular.
    Note,
    /// An earlier day that the parent named.
    Day(Date),
}

/// Telegram's own reply says it; else the latest prompt, while it is young enough; else it is a loose note.
pub(super) fn of(turn: &Turn<'_>, message: &Message) -> Result<Target, Unreadable> {
    if let Some(replied) = message.reply_to {
        match turn.scene.journal.message(replied)? {
            Some(MessageRef::Prompt { prompt, entry }) => {
                return Ok(Target::Prompt {
                    prompt,
                    message: Some(replied),
                    entry,
                });
            }
            Some(MessageRef::Part(entry)) => return Ok(Target::Entry(entry)),
            None => {}
        }
    }
    if let Some(asked) = lookback::question(turn)
        && turn.sent.duration_since(asked.at) <= ANSWERS_FOR
        && let Some(MessageRef::Prompt { prompt, entry }) =
            turn.scene.journal.message(asked.message)?
    {
        return Ok(Target::Prompt {
            prompt,
            message: Some(asked.message),
            entry,
        });
    }
    if let Some((prompt, asked)) = flow::question(turn)
        && turn.sent.duration_since(asked.at) <= ANSWERS_FOR
    {
        return Ok(Target::Prompt {
            prompt,
            message: asked.message,
            entry: asked.entry.map(EntryId),
        });
    }
    let Some(open) = &turn.parent.prompt else {
        return Ok(Target::Note);
    };
    if turn.sent.duration_since(open.at) > ANSWERS_FOR {
        return Ok(Target::Note);
    }
    Ok(Target::Prompt {
        prompt: question::refer(turn, open),
        message: open.message,
        entry: open.entry.map(EntryId),
    })
}

/// What was meant some time ago, as it stands now: an answer to the same prompt may have come meanwhile, or have gone.
pub(super) fn stands_now(turn: &Turn<'_>, target: &Target) -> Result<Target, Unreadable> {
    let Target::Prompt {
        prompt, message, ..
    } = target
    else {
        return Ok(target.clone());
    };
    let linked = match message {
        Some(message) => turn.scene.journal.message(*message)?,
        None => None,
    };
    if let Some(MessageRef::Prompt { entry, .. }) = linked {
        return Ok(Target::Prompt {
            prompt: prompt.clone(),
            message: *message,
            entry,
        });
    }
    let asked = flow::question(turn)
        .filter(|(asked, _)| asked.id == prompt.id)
        .map(|(_, asked)| (asked.message, asked.entry));
    let open = turn.parent.prompt.as_ref();
    let open = open
        .filter(|open| open.id == prompt.id)
        .map(|open| (open.message, open.entry));
    let (message, entry) = asked.or(open).unwrap_or((*message, None));
    Ok(Target::Prompt {
        prompt: prompt.clone(),
        message,
        entry: entry.map(EntryId),
    })
}
