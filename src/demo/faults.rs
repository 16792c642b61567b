//! Trouble on request: what the real server and the way to it do on a bad day.

use std::time::Duration;

use super::Refusal;
use crate::parent::ChatId;

/// One kind of trouble, where it strikes and how often.
#[derive(Clone, Debug)]
pub struct Fault {
    method: Option<String>,
    chat: Option<ChatId>,
    /// `None` is for ever.
    left: Option<u32>,
    trouble: Trouble,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// 500 with a page of HTML; nothing was done.
    ServerError,
    /// 502 with a page of HTML; nothing was done.
    BadGateway,
    /// The connection is cut without an answer; nothing was done.
    CutBefore,
    /// The connection is cut without an answer; what was asked was done.
    CutAfter,
    /// What was asked is done; the answer waits for [`World::release`](super::World::release).
    Slow,
    /// What was asked was done; the answer is not JSON.
    Garbled,
    /// A refusal of any kind; nothing was done.
    Refused(Refusal),
    /// This status with this body; nothing was done.
    Instead(u16, String),
    /// What was asked was done; the answer has this body.
    Unlike(String),
    /// What was asked was done; the answer has fields that nobody knows, everywhere.
    Novel,
}

impl Fault {
    /// Strikes the next call of this method; names compare without case.
    pub fn on(method: &str, trouble: Trouble) -> Self {
        Self {
            method: Some(method.to_owned()),
            chat: None,
            left: Some(1),
            trouble,
        }
    }

    /// Strikes the next call, whatever the method.
    pub fn on_any(trouble: Trouble) -> Self {
        Self {
            method: None,
            chat: None,
            left: Some(1),
            trouble,
        }
    }

    /// Strikes so many calls.
    pub fn times(mut self, times: u32) -> Self {
        self.left = Some(times);
        self
    }

    /// Strikes until [`Faults::clear`].
    pub fn always(mut self) -> Self {
        self.left = None;
        self
    }

    /// Strikes only calls about this chat.
    pub fn in_chat(mut self, chat: ChatId) -> Self {
        self.chat = Some(chat);
        self
    }

    fn strikes(&self, method: &str, chat: Option<ChatId>) -> bool {
        let method_fits = |wanted: &String| wanted.eq_ignore_ascii_case(method);
        self.left != Some(0)
            && self.method.as_ref().is_none_or(method_fits)
            && self.chat.is_none_or(|wanted| chat == Some(wanted))
    }
}

/// The trouble that lies ahead, in the order in which it was asked for.
#[derive(Debug, Default)]
pub struct Faults {
    ahead: Vec<Fault>,
    struck: Vec<Duration>,
}

impl Faults {
    /// Asks for trouble.
    pub fn add(&mut self, fault: Fault) {
        self.ahead.push(fault);
    }

    /// Ends all trouble.
    pub fn clear(&mut self) {
        self.ahead.clear();
    }

    /// The calls that met trouble so far, by the uptime at which they did.
    pub fn struck(&self) -> &[Duration] {
        &self.struck
    }

    /// The trouble that strikes this call, which is made at this uptime, counted off.
    pub fn strike(&mut self, method: &str, chat: Option<ChatId>, at: Duration) -> Option<Trouble> {
        let fault = self
            .ahead
            .iter_mut()
            .find(|fault| fault.strikes(method, chat))?;
        self.struck.push(at);
        fault.left = fault.left.map(|left| left - 1);
        Some(fault.trouble.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_where_and_as_often_as_it_was_told() {
        let mut faults = Faults::default();
        let now = Duration::ZERO;
        let anna = ChatId(1);
        faults.add(
            Fault::on("sendMessage", Trouble::CutAfter)
                .times(2)
                .in_chat(anna),
        );
        assert_eq!(faults.strike("sendMessage", Some(ChatId(2)), now), None);
        assert_eq!(faults.strike("getMe", Some(anna), now), None);
        assert_eq!(
            faults.strike("SENDmessage", Some(anna), now),
            Some(Trouble::CutAfter)
        );
        assert_eq!(
            faults.strike("sendMessage", Some(anna), now),
            Some(Trouble::CutAfter)
        );
        assert_eq!(faults.strike("sendMessage", Some(anna), now), None);

        faults.add(Fault::on_any(Trouble::BadGateway).always());
        for _ in 0..5 {
            assert_eq!(faults.strike("getMe", None, now), Some(Trouble::BadGateway));
        }
        assert_eq!(faults.struck().len(), 7);
        faults.clear();
        assert_eq!(faults.strike("getMe", None, now), None);
    }
}
