//! Where a parent is in a guided flow, and what a flow asks them later.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{MessageId, Words};

/// A flow that nobody touched for this long is over.
pub const FLOW_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// What is known of one parent's guided flows. When a flow is over, nothing of what was chosen or typed in it is left here.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "super::is_default")])]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowState {
    /// The flow that is open.
    pub open: Option<OpenFlow>,
    /// The message of a flow that was left until it was over. Its buttons are still there, and say so.
    pub left: Option<MessageId>,
    /// A question that the parent wants to be asked.
    pub later: Option<LaterQuestion>,
    /// The latest such question that was asked.
    pub asked: Option<AskedLater>,
}

/// A flow that has begun and is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFlow {
    /// The flow's id.
    pub flow: String,
    /// The id of the step that is shown; `None` for the opening screen.
    pub step: Option<String>,
    /// Which card a step with cards shows, counted from 0.
    pub card: u16,
    /// What was chosen or typed so far, by slot.
    pub slots: BTreeMap<String, Words>,
    /// The number of its keyboard.
    pub number: u32,
    /// Its message in the chat, once Telegram has taken it.
    pub message: Option<MessageId>,
    /// When the parent last did something in it.
    pub touched: Timestamp,
}

/// A question about a flow that comes later, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterQuestion {
    /// The flow's id.
    pub flow: String,
    /// When it comes.
    pub at: Timestamp,
}

/// A question about a flow that was asked: what the parent types is an answer to it while nothing newer was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedLater {
    /// The flow's id.
    pub flow: String,
    /// When it was decided.
    pub at: Timestamp,
    /// Its message in the chat, once Telegram has taken it.
    pub message: Option<MessageId>,
    /// The entry that answers it, once there is one.
    pub entry: Option<u32>,
}

impl FlowState {
    /// When something is to be done: a question is to be asked, or a flow is over.
    pub fn due(&self) -> Option<Timestamp> {
        let later = self.later.as_ref().map(|later| later.at);
        let over = self.open.as_ref().map(OpenFlow::over_at);
        later.into_iter().chain(over).min()
    }

    /// The open flow is over, where it is: nothing of it is left but the buttons in the chat.
    pub fn leave(&mut self) {
        if let Some(open) = self.open.take() {
            self.left = open.message;
        }
    }

    /// Leaves the open flow when nobody touched it for too long; `true` when it did.
    pub fn leave_untouched(&mut self, now: Timestamp) -> bool {
        let over = self.open.as_ref().is_some_and(|open| open.over_at() <= now);
        if over {
            self.leave();
        }
        over
    }

    /// Lets go of everything that was due at `now`.
    pub fn let_go(&mut self, now: Timestamp) {
        self.later.take_if(|later| later.at <= now);
        self.leave_untouched(now);
    }
}

impl OpenFlow {
    /// When it is over, if nobody touches it.
    pub fn over_at(&self) -> Timestamp {
        self.touched
            .checked_add(FLOW_LASTS)
            .unwrap_or(Timestamp::MAX)
    }
}
