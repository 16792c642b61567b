//! The prompts folder, read again while the bot runs.
//!
//! When a writer has changed it and it is in order, the bot says what it says now from its next round on. When it is not, the bot goes on with
//! what it had, and the log says what is wrong.

use std::{path::PathBuf, sync::Arc};

use tokio::{sync::watch, task};

use super::{
    Clock, Voice,
    folder::{self, Appearance, Changes, LOOK_EVERY, Loaded, NotLoaded},
};
use crate::library::Languages;

/// For how many looks nothing may change, which is at least a second: a writer saves file after file, and a folder is copied file by file.
const STILL: u32 = 2;

/// So many things that are wrong are told in the log. All of them `prompts check` tells.
const TOLD: usize = 20;

/// A prompts folder that is watched, and the voice that follows it.
pub struct Reload {
    folder: PathBuf,
    changes: Changes,
    voice: watch::Sender<Voice>,
    refused: watch::Sender<Option<String>>,
}

impl Reload {
    /// Follows `folder`, which looked like `read` before the voice was read from it.
    pub fn new(folder: PathBuf, read: Appearance, voice: watch::Sender<Voice>) -> Self {
        Self {
            folder,
            changes: Changes::since(read, STILL),
            voice,
            refused: watch::Sender::default(),
        }
    }

    /// What is wrong with the folder as it is now; `None` while the voice says what it says.
    pub fn refused(&self) -> watch::Receiver<Option<String>> {
        self.refused.subscribe()
    }

    /// Looks at the folder for as long as the bot runs.
    pub async fn run(mut self, clock: Clock) {
        loop {
            clock.sleep(LOOK_EVERY).await;
            let folder = self.folder.clone();
            let Ok(seen) = task::spawn_blocking(move || Appearance::of(&folder)).await else {
                continue;
            };
            if self.changes.are_complete(seen) {
                let folder = self.folder.clone();
                match task::spawn_blocking(move || folder::load(&folder)).await {
                    Ok(Ok(loaded)) => self.take(loaded),
                    Ok(Err(refused)) => self.refuse(&refused),
                    Err(_) => {
                        tracing::error!("the prompts were not read again: the thread panicked");
                    }
                }
            }
        }
    }

    fn take(&self, loaded: Loaded) {
        let Loaded { languages, net } = loaded;
        let counts: Vec<String> = languages
            .iter()
            .map(|library| format!("{}: {} prompts", library.language, library.prompts.len()))
            .collect();
        tracing::info!(
            "the prompts in {} were read again: {}",
            self.folder.display(),
            counts.join(", ")
        );
        warn_of_lost(&self.voice.borrow().languages, &languages);
        self.voice.send_modify(|voice| {
            voice.languages = Arc::new(languages);
            voice.net = Arc::new(net);
        });
        self.refused.send_replace(None);
    }

    fn refuse(&self, refused: &NotLoaded) {
        let folder = self.folder.display();
        match refused {
            NotLoaded::Faults(faults) => {
                tracing::warn!(
                    "the prompts in {folder} were changed and cannot be used like this: the bot keeps those it had. Faults: {}",
                    faults.len()
                );
                for fault in faults.iter().take(TOLD) {
                    tracing::warn!("{fault}");
                }
                if faults.len() > TOLD {
                    tracing::warn!("all of them: voel-eerst prompts check {folder}");
                }
            }
            NotLoaded::Unreadable(_) | NotLoaded::Weights { .. } => tracing::warn!(
                "the prompts in {folder} were changed and cannot be used like this: the bot keeps those it had. {refused}"
            ),
        }
        self.refused.send_replace(Some(refused.to_string()));
    }
}

/// Nothing is lost with an id that is gone, but somebody may give it to another prompt.
fn warn_of_lost(before: &Languages, now: &Languages) {
    let lost = now.lost_since(before);
    if !lost.is_empty() {
        tracing::warn!(
            "prompts are gone whose ids do not stand in retired.toml; put them there, so that no other prompt ever gets one: {}",
            lost.join(", ")
        );
    }
}
