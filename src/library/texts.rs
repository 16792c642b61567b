//! What the bot says besides prompts and flows.
//!
//! Every key of `texts.toml` is a field here, so that a text that is missing, or that nobody uses, is a fault when the file is
//! loaded, and a misspelt one does not compile.
#![allow(
    missing_docs,
    reason = "the fields are the keys of texts.toml, and the texts themselves say what they are for"
)]

use super::{
    read::record,
    text::{Label, Text},
};

record! {
    /// Everything the bot says besides prompts and flows: `texts.toml`, a field for each section.
    pub struct Texts {
        bot: BotTexts,
        words: WordTexts,
        welcome: WelcomeTexts,
        consent: ConsentTexts,
        privacy: PrivacyTexts,
        onboarding: OnboardingTexts,
        prompt: PromptTexts,
        own_prompt: OwnPromptTexts,
        silence: SilenceTexts,
        snooze: SnoozeTexts,
        pause: PauseTexts,
        settings: SettingsTexts,
        ack: AckTexts,
        journal: JournalTexts,
        search: SearchTexts,
        lookback: LookbackTexts,
        onthisday: OnthisdayTexts,
        export: ExportTexts,
        import: ImportTexts,
        erase: EraseTexts,
        stop: StopTexts,
        sentences: SentencesTexts,
        today: TodayTexts,
        help: HelpTexts,
        crisis: CrisisTexts,
        error: ErrorTexts,
    }
}

record! {
    /// What Telegram shows before a parent has written anything.
    pub struct BotTexts {
        short_description: Text,
        description: Text,
    }
}

record! {
    /// Names of days and months, and small words that stand inside other texts.
    pub struct WordTexts {
        weekdays: [Text; 7],
        weekdays_short: [Text; 7],
        months: [Text; 12],
        today: Text,
        tomorrow: Text,
        at: Text,
        between: Text,
        and: Text,
        on: Text,
        off: Text,
        every_day: Text,
        once_a_week: Text,
        retention: Text,
        side_verlating: Text,
        side_binding: Text,
        side_beide: Text,
        side_none: Text,
    }
}

impl WordTexts {
    /// "ma, wo en za".
    pub fn list(&self, items: &[impl AsRef<str>]) -> String {
        let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        match items.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [others @ .., last] => format!("{} {} {last}", others.join(", "), self.and.as_str()),
        }
    }
}

record! {
    /// The first message, and coming back.
    pub struct WelcomeTexts {
        text: Text,
        again: Text,
        again_paused: Text,
        next: Text,
        btn_again_go: Label,
        btn_again_wait: Label,
    }
}

record! {
    /// Asking whether replies may be kept.
    pub struct ConsentTexts {
        text: Text,
        btn_yes: Label,
        btn_no_store: Label,
        btn_more: Label,
        yes: Text,
        no_store: Text,
        no_store_reply: Text,
        names_hint: Text,
        changed: Text,
        withdraw: ConsentWithdrawTexts,
    }
}

record! {
    /// Taking consent back.
    pub struct ConsentWithdrawTexts {
        text: Text,
        btn_stop: Label,
        btn_stop_erase: Label,
        btn_keep: Label,
        done: Text,
        done_erased: Text,
    }
}

record! {
    /// What happens to a parent's words.
    pub struct PrivacyTexts {
        text: Text,
        btn_back: Label,
        unnamed_controller: Text,
        unnamed_contact: Text,
    }
}

record! {
    /// Time, days and side: the taps after consent, and the same questions when they are changed later.
    pub struct OnboardingTexts {
        time: Text,
        btn_time_morning: Label,
        btn_time_noon: Label,
        btn_time_evening: Label,
        btn_time_other: Label,
        time_ask: Text,
        time_which: Text,
        time_bad: Text,
        days: Text,
        btn_days_three: Label,
        btn_days_all: Label,
        btn_days_own: Label,
        days_own: Text,
        days_none: Text,
        btn_days_done: Label,
        side: Text,
        btn_side_verlating: Label,
        btn_side_binding: Label,
        btn_side_beide: Label,
        btn_side_none: Label,
        done: Text,
        done_no_store: Text,
        btn_first_now: Label,
        btn_first_wait: Label,
    }
}

record! {
    /// The daily message and its buttons.
    pub struct PromptTexts {
        layout: Text,
        hint: Text,
        btn_later: Label,
        btn_other: Label,
        btn_skip: Label,
        skipped: Text,
        no_other: Text,
        btn_followup: Label,
        followup: Text,
        btn_erase_answer: Label,
        already_today: Text,
        btn_yes_one: Label,
        btn_no: Label,
        own_title: Text,
        all_seen: Text,
    }
}

record! {
    /// Prompts that a parent writes.
    pub struct OwnPromptTexts {
        ask: Text,
        saved: Text,
        list_empty: Text,
        one: Text,
        full: Text,
        removed: Text,
        btn_add: Label,
        btn_remove: Label,
    }
}

record! {
    /// Sending less after a long silence.
    pub struct SilenceTexts {
        less: Text,
        pause: Text,
        btn_as_before: Label,
        btn_weekly: Label,
        btn_pause: Label,
        back: Text,
    }
}

record! {
    /// A prompt a little later.
    pub struct SnoozeTexts {
        text: Text,
        btn_30m: Label,
        btn_1h: Label,
        btn_3h: Label,
        btn_tonight: Label,
        btn_tomorrow: Label,
        btn_back: Label,
        done: Text,
        too_late: Text,
    }
}

record! {
    /// A while without prompts.
    pub struct PauseTexts {
        text: Text,
        btn_3d: Label,
        btn_week: Label,
        btn_4w: Label,
        btn_open: Label,
        btn_cancel: Label,
        done: Text,
        done_open: Text,
        already: Text,
        btn_resume: Label,
        resumed: Text,
        ended: Text,
    }
}

record! {
    /// What a parent chose, and changing it.
    pub struct SettingsTexts {
        text: Text,
        btn_time: Label,
        btn_days: Label,
        btn_tz: Label,
        btn_side: Label,
        btn_store: Label,
        btn_onthisday: Label,
        btn_country: Label,
        btn_own: Label,
        btn_back: Label,
        btn_close: Label,
        changed: Text,
        time_changed: Text,
        second_time: Text,
        btn_second_time: Label,
        tz_ask: Text,
        tz_bad: Text,
        closed: Text,
    }
}

record! {
    /// After a reply: a heart, and words where no heart can be set.
    pub struct AckTexts {
        first: Text,
        lines: Vec<Text>,
        edited: Text,
        note_first: Text,
        btn_erase_note: Label,
    }
}

record! {
    /// Reading, changing and erasing entries.
    pub struct JournalTexts {
        header: Text,
        empty: Text,
        entry: Text,
        note_title: Text,
        spoken: Text,
        btn_listen: Label,
        listen_failed: Text,
        btn_older: Label,
        btn_newer: Label,
        btn_edit: Label,
        btn_erase: Label,
        btn_search: Label,
        btn_close: Label,
        edit_ask: Text,
        edit_ask_spoken: Text,
        edit_done: Text,
        edit_cancel: Text,
        btn_cancel: Label,
        erase_ask: Text,
        btn_erase_yes: Label,
        btn_erase_no: Label,
        erase_done: Text,
        backdate_ask: Text,
        backdate_bad: Text,
        btn_backdate: Label,
        backdate_text: Text,
        backdate_more: Text,
        btn_done: Label,
        day_none: Text,
    }
}

record! {
    /// Finding a word in the journal.
    pub struct SearchTexts {
        ask: Text,
        one: Text,
        many: Text,
        none: Text,
        too_short: Text,
        found: Text,
        hit: Text,
        btn_back: Label,
    }
}

record! {
    /// Looking back on a week or a month.
    pub struct LookbackTexts {
        title: Label,
        ask: Text,
        btn_week: Label,
        btn_month: Label,
        btn_year: Label,
        text: Text,
        without_quote: Text,
        few: Text,
        this_week: Text,
        week_of: Text,
        month_of: Text,
        topic: Text,
        notes: Text,
        and_more: Text,
        btn_quote: Label,
        btn_other_quote: Label,
        btn_close: Label,
        btn_sundays_on: Label,
        btn_sundays_off: Label,
        sundays_on: Text,
        sundays_off: Text,
        btn_picture: Label,
        picture: Text,
        picture_own: Text,
        picture_failed: Text,
    }
}

record! {
    /// What was written on this day before.
    pub struct OnthisdayTexts {
        explain: Text,
        btn_on: Label,
        btn_off: Label,
        knock: Text,
        btn_read: Label,
        btn_not_now: Label,
        text: Text,
        btn_hide: Label,
        btn_turn_off: Label,
        hidden: Text,
        turned_off: Text,
    }
}

record! {
    /// Taking everything along.
    pub struct ExportTexts {
        ask: Text,
        btn_readable: Label,
        btn_data: Label,
        btn_cancel: Label,
        warn: Text,
        btn_go: Label,
        done: Text,
        empty: Text,
        failed: Text,
        title: Text,
        made: Text,
        kept_title: Text,
        kept: Text,
        kept_since: Text,
        kept_none: Text,
    }
}

record! {
    /// A journal comes back from a file.
    pub struct ImportTexts {
        ask: Text,
        not_empty: Text,
        too_large: Text,
        gone: Text,
        other_file: Text,
        newer: Text,
        broken: Text,
        unfit: Text,
        sounds_first: Text,
        done: Text,
        done_more: Text,
        done_sounds: Text,
        no_sound: Text,
    }
}

record! {
    /// Erasing one reply or everything.
    pub struct EraseTexts {
        ask: Text,
        btn_last: Label,
        btn_answers: Label,
        btn_all: Label,
        btn_cancel: Label,
        confirm_last: Text,
        confirm_answers: Text,
        confirm_all: Text,
        btn_confirm: Label,
        btn_no: Label,
        done_last: Text,
        done_answers: Text,
        done_all: Text,
        cancelled: Text,
        idle_notice: Text,
        btn_idle_keep: Label,
        btn_idle_erase: Label,
        idle_kept: Text,
    }
}

record! {
    /// No more prompts.
    pub struct StopTexts {
        text: Text,
        still: Text,
    }
}

record! {
    /// The list of example sentences.
    pub struct SentencesTexts {
        header: Text,
        layout: Text,
        btn_more: Label,
        btn_close: Label,
    }
}

record! {
    /// Today's prompt, asked for.
    pub struct TodayTexts {
        none: Text,
        btn_send: Label,
        btn_no: Label,
    }
}

record! {
    /// Where to find people who listen.
    pub struct HelpTexts {
        text: Text,
        btn_commands: Label,
        btn_breathe: Label,
        btn_text_someone: Label,
        breathe: Text,
        text_someone: Text,
        text_someone_message: Text,
        commands_header: Text,
        country_nl: Text,
        country_be: Text,
        netherlands_header: Text,
    }
}

record! {
    /// After words that point to distress. Hand-written; [`Library::help_lines`](super::Library::help_lines) fills `{lines}`.
    pub struct CrisisTexts {
        btn_breathe: Label,
        btn_text_someone: Label,
        btn_safe: Label,
        btn_not_meant: Label,
        btn_erase: Label,
        safe: Text,
        safe_only: Text,
        btn_pause_week: Label,
        btn_go_on: Label,
        pause_week: Text,
        go_on: Text,
        not_meant: Text,
        erased: Text,
        kept: Text,
        flow_rests: Text,
        hint: Text,
        hide_tip: Text,
        zelfdoding: CrisisAnswer,
        geweld: CrisisAnswer,
        uitputting: CrisisAnswer,
        naaste: CrisisAnswer,
    }
}

record! {
    /// The answer of one route.
    pub struct CrisisAnswer {
        text: Text,
        short: Text,
    }
}

record! {
    /// What the bot cannot do, and the one way forward.
    pub struct ErrorTexts {
        not_understood: Text,
        unknown_command: Text,
        too_long: Text,
        too_long_slot: Text,
        sticker: Text,
        photo: Text,
        photo_with_words: Text,
        voice_too_long: Text,
        voice_too_large: Text,
        voice_gone: Text,
        file: Text,
        location: Text,
        contact: Text,
        forwarded: Text,
        empty: Text,
        old_button: Text,
        not_saved: Text,
        saved_late: Text,
        busy: Text,
        private_only: Text,
        needs_consent: Text,
        not_started: Text,
        invalid_day: Text,
        internal: Text,
    }
}
