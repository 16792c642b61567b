//! Whoever has to hear that their words could not be kept.

use std::{collections::BTreeMap, sync::Arc};

use super::{Heart, Round};
use crate::{
    conversation::Event,
    library::{Languages, Library},
    parent::ChatId,
    telegram::{Incoming, Origin},
};

impl Heart {
    /// The chats that have to hear that nothing of this round could be kept. Whoever heard that before hears nothing again while it lasts.
    pub(super) fn unsaved(&self, round: &Round) -> Vec<(ChatId, String)> {
        let languages = Arc::clone(&self.voice.borrow().languages);
        let wrote = |incoming: &Incoming| match (incoming.chat, &incoming.event) {
            (Origin::Private(chat), Some(Event::Wrote(_) | Event::Edited(_))) => {
                let for_app = languages.for_app(incoming.language.as_deref());
                Some((chat, self.spoken_with(&languages, chat).unwrap_or(for_app)))
            }
            _ => None,
        };
        let chats: BTreeMap<ChatId, &Library> = round.updates().filter_map(wrote).collect();
        let owed = self.owed.borrow();
        let news = chats.into_iter().filter(|(chat, _)| !owed.contains(chat));
        news.map(|(chat, library)| (chat, library.language.clone()))
            .collect()
    }

    /// The language that is spoken with the parent in this chat; `None` when nobody is known there, or the store gives nothing any more.
    fn spoken_with<'l>(&self, languages: &'l Languages, chat: ChatId) -> Option<&'l Library> {
        let mut draft = self.store.draft();
        let id = draft.parent_id(chat);
        let parent = draft.parent(id).ok().flatten()?;
        Some(languages.of(parent.language.as_deref()))
    }

    /// Those of the owed whose words come again in this round: only now it is true that they are kept.
    pub(super) fn owed_in(&self, round: &Round) -> Vec<ChatId> {
        let came_from = |chat: &ChatId| {
            let mut updates = round.updates();
            updates.any(|incoming| incoming.chat == Origin::Private(*chat))
        };
        let owed = self.owed.borrow();
        let came = owed.iter().filter(|chat| came_from(chat));
        came.copied().collect()
    }
}
