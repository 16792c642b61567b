//! Looking at everything that the bot needs, with the settings that it would run with, and saying what has to be mended. Changes nothing.

use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::bail;
use clap::Args;
use voel_eerst::{
    library,
    service::{
        Clock,
        checkup::{self, Finding, Mark},
        control,
    },
    store::{self, OpenError, Places, RootSecret, Store},
    telegram::{BadSetting, Telegram, WebhookUrl},
};

use super::{process, prompts::Chosen, run::Run, store::Place};

/// The settings that `run` has.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    run: Run,
}

/// What was looked at, and what was found.
type Found = (&'static str, Finding);

impl Doctor {
    /// Looks, and prints a line or some for each. What has to be mended is the error.
    pub fn run(self) -> anyhow::Result<()> {
        let Run {
            token,
            api_url,
            webhook,
            place,
            prompts,
            backup_dir,
            backup_keyring_dir,
            ..
        } = self.run;
        let clock = Clock::system();
        let mut all =
            process::runtime()?.block_on(at_telegram(token, api_url, webhook.url(), &clock));
        all.push(("prompts", look_at_prompts(prompts)));
        let (key, secret) = look_at_key(&place);
        let store_id = secret.as_ref().and_then(|(_, store_id)| *store_id);
        all.push(("key", key));
        all.push((
            "store",
            look_at_store(&place.store, secret.map(|(secret, _)| secret)),
        ));
        all.push(("disk", look_at_disk(&place.store, &clock)));
        let places = backup_dir.map(|dir| Places::new(dir, backup_keyring_dir));
        all.push(("backups", look_at_backups(places, store_id, &clock)));
        for (name, finding) in &all {
            println!("{}", finding.lines(name));
        }
        match all
            .iter()
            .filter(|(_, found)| found.mark == Mark::Mend)
            .count()
        {
            0 => Ok(()),
            1 => bail!("one thing has to be mended, see above"),
            many => bail!("{many} things have to be mended, see above"),
        }
    }
}

async fn at_telegram(
    token: Option<String>,
    api_url: Option<String>,
    webhook: Result<Option<WebhookUrl>, BadSetting>,
    clock: &Clock,
) -> Vec<Found> {
    let not_asked = |token: Finding| {
        let rest = || Finding::note("Not asked: first the token.");
        vec![("token", token), ("clock", rest()), ("webhook", rest())]
    };
    let Some(token) = token.filter(|token| !token.trim().is_empty()) else {
        return not_asked(Finding::mend(
            "There is none: get one from @BotFather and put it in TELOXIDE_TOKEN.",
        ));
    };
    let api_url = api_url.filter(|url| !url.trim().is_empty());
    let telegram = match Telegram::new(token.trim(), api_url.as_deref().map(str::trim)) {
        Ok(telegram) => telegram,
        Err(wrong) => return not_asked(Finding::mend(format!("{wrong}."))),
    };
    let me = telegram.me().await;
    let finding = checkup::token(
        me.as_ref()
            .map(|me| me.username.as_str())
            .map_err(|error| *error),
    );
    if me.is_err() {
        return not_asked(finding);
    }
    let asked = clock.now();
    let there = telegram.time().await;
    // Half of the way there and back.
    let here = asked + clock.now().duration_since(asked) / 2;
    let time = match there {
        Ok(there) => checkup::clock(there.map(|there| here.duration_since(there))),
        Err(error) => Finding::note(format!("The Bot API did not answer: {error}.")),
    };
    let webhook = match webhook {
        Ok(wanted) => match telegram.webhook(wanted.as_ref()).await {
            Ok(found) => checkup::webhook(&found, wanted.is_some(), clock.now()),
            Err(error) => Finding::note(format!("The Bot API did not answer: {error}.")),
        },
        Err(wrong) => Finding::mend(format!("{wrong}.")),
    };
    vec![("token", finding), ("clock", time), ("webhook", webhook)]
}

fn look_at_prompts(dir: Option<PathBuf>) -> Finding {
    let place = dir.as_deref().map_or_else(
        || "built in".to_owned(),
        |dir| format!("from {}", dir.display()),
    );
    match Chosen::read(dir) {
        Ok(chosen) => {
            let languages = chosen.loaded.languages.iter().map(counted);
            let languages: Vec<String> = languages.collect();
            Finding::good(format!("{}, {place}.", languages.join("; ")))
        }
        Err(error) => Finding::mend(format!(
            "Those {place} cannot be used: {}; voel-eerst prompts check says everything that is wrong.",
            error
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .trim_end_matches(':')
        )),
    }
}

fn counted(library: &library::Library) -> String {
    let (prompts, flows) = (library.prompts.len(), library.flows.len());
    format!("{}: {prompts} prompts and {flows} flows", library.language)
}

/// The root secret, and the store's id when it opens one.
type Secret = (RootSecret, Option<[u8; 16]>);

fn look_at_key(place: &Place) -> (Finding, Option<Secret>) {
    let file = place.key_file.display();
    let secret = match place.secret_if_there() {
        Ok(Some(secret)) => secret,
        Ok(None) if Store::exists(&place.store) => {
            return (
                Finding::mend(format!(
                    "There is a store, and {file} is missing: bring it back from where you keep it. Nobody can open the store without it, you neither."
                )),
                None,
            );
        }
        Ok(None) => {
            let made = format!(
                "There is none yet: {file} is made at the first start. Keep a copy, apart from the store."
            );
            return (Finding::note(made), None);
        }
        Err(error) => return (Finding::mend(format!("{error:#}.")), None),
    };
    let new = store::new_key_file(&place.key_file);
    if new.exists() {
        let cut_off = format!(
            "The change of the root secret was cut off, {} is still there: run voel-eerst store rekey again.",
            new.display()
        );
        return (Finding::mend(cut_off), Some((secret, None)));
    }
    if !Store::exists(&place.store) {
        return (
            Finding::good("It is there, and there is no store yet."),
            Some((secret, None)),
        );
    }
    match store::try_key(&place.store, &secret) {
        Ok(store_id) => (
            Finding::good("It opens the store's keys, and nobody but its owner can read it."),
            Some((secret, Some(store_id))),
        ),
        Err(error) => (Finding::mend(format!("{error}.")), Some((secret, None))),
    }
}

fn look_at_store(dir: &Path, secret: Option<RootSecret>) -> Finding {
    if !Store::exists(dir) {
        return Finding::note(format!(
            "There is none yet: {} is made at the first start.",
            dir.display()
        ));
    }
    match control::ask_how_it_goes(dir) {
        Ok(Some(goes)) => return checkup::running(&goes),
        Ok(None) => {}
        Err(error) => return Finding::mend(format!("{error}.")),
    }
    let Some(secret) = secret else {
        return Finding::note("Not looked at: first the key.");
    };
    match store::look(dir, &secret) {
        Ok(()) => {
            Finding::good("No bot has it open, and its files are what the last run left behind.")
        }
        Err(OpenError::Locked(_)) => Finding::mend(
            "Another process has it open and does not answer: if that is a bot, look at its log; it may be starting, waiting for Telegram or stopping.",
        ),
        Err(error) => Finding::mend(format!("{error}.")),
    }
}

fn look_at_disk(dir: &Path, clock: &Clock) -> Finding {
    let there = |dir: &&Path| dir.is_dir();
    let nearest = dir.ancestors().find(there).unwrap_or(Path::new("."));
    let room = match store::room(nearest) {
        Ok(room) => room,
        Err(error) => {
            return Finding::mend(format!(
                "{} cannot be looked at: {error}.",
                nearest.display()
            ));
        }
    };
    let size = store::size(dir).unwrap_or_default();
    let kind = store::kind_of_ground(nearest);
    let keeps = store::keeps_what_is_overwritten(nearest).is_some();
    checkup::disk(
        room,
        size,
        write_once(nearest, clock),
        kind.as_deref(),
        keeps,
    )
}

/// Writes a file that goes at once, and says how long it took to reach the disk.
fn write_once(dir: &Path, clock: &Clock) -> Result<Duration, String> {
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(&[0; 4096])?;
        let begun = clock.uptime();
        file.as_file().sync_all()?;
        Ok(clock.uptime().saturating_sub(begun))
    };
    write().map_err(|error: std::io::Error| error.kind().to_string())
}

fn look_at_backups(places: Option<Places>, store_id: Option<[u8; 16]>, clock: &Clock) -> Finding {
    let Some(places) = places else {
        return Finding::note(
            "None is made by the bot: set VOEL_EERST_BACKUP_DIR for one a day, or see to them yourself.",
        );
    };
    let Some(store_id) = store_id else {
        return Finding::note("Not looked at: which are this store's shows with it and its key.");
    };
    match places.newest(&store_id, clock.now()) {
        Ok(newest) => checkup::backup(newest, clock.now()),
        Err(error) => Finding::mend(format!("{error}.")),
    }
}
