#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use proptest::prelude::*;

use super::*;
use crate::{conversation::Use, parent::MessageId};

fn window() -> Slot {
    let time = |hour| ClockTime::new(hour, 0).unwrap();
    Slot::between(time(19), time(21)).unwrap()
}

fn settings_taps() -> impl Iterator<Item = SettingsTap> {
    let with_choice = [false, true].into_iter().flat_map(|add| {
        let slot = window();
        let at = Slot::at(slot.from());
        [
            SettingsTap::Time { slot, add },
            SettingsTap::Time { slot: at, add },
            SettingsTap::TimeOther { add },
            SettingsTap::OnThisDayIs(add),
        ]
    });
    [
        SettingsTap::Overview,
        SettingsTap::Close,
        SettingsTap::Times,
        SettingsTap::MoreTimes,
        SettingsTap::Days,
        SettingsTap::DaysAre(Days::all()),
        SettingsTap::DaysOwn(Days::default()),
        SettingsTap::Weekly,
        SettingsTap::Zone,
        SettingsTap::Sides,
        SettingsTap::Side(None),
        SettingsTap::Side(Some(Side::Beide)),
        SettingsTap::Keeping,
        SettingsTap::Keep,
        SettingsTap::KeepMore,
        SettingsTap::StopKeeping,
        SettingsTap::EraseKept,
        SettingsTap::EraseKeptYes,
        SettingsTap::OnThisDay,
        SettingsTap::Country,
        SettingsTap::Language(u32::MAX),
        SettingsTap::Own,
    ]
    .into_iter()
    .chain(with_choice)
}

pub(in crate::conversation) fn every_tap() -> Vec<Tap> {
    let entry = EntryId(u32::MAX);
    let mut taps = vec![
        Tap::ConsentYes,
        Tap::ConsentNo,
        Tap::ConsentMore,
        Tap::ConsentBack,
        Tap::Language(0xb0a7),
        Tap::Time(ClockTime::new(0, 0).unwrap().into()),
        Tap::Time(ClockTime::new(23, 59).unwrap().into()),
        Tap::Time(window()),
        Tap::TimeOther,
        Tap::Times,
        Tap::Days(Days::all()),
        Tap::DaysOwn(Days::three()),
        Tap::PromptNow,
        Tap::Close,
        Tap::Resume,
        Tap::Later,
        Tap::Other,
        Tap::Skip,
        Tap::FollowUp,
        Tap::EraseEntry(entry),
        Tap::EraseEntryYes(entry),
        Tap::EraseLastYes(MessageId(i32::MAX)),
        Tap::Page(entry, 255),
        Tap::Commands,
        Tap::Breathe,
        Tap::TextSomeone,
        Tap::Crisis(CrisisTap::Safe),
        Tap::Crisis(CrisisTap::NotMeant),
        Tap::Crisis(CrisisTap::Erase(entry, MessageId(i32::MAX))),
        Tap::QuietWeek(true),
        Tap::QuietWeek(false),
        Tap::Book(BookTap::Close),
        Tap::Book(BookTap::Edit(entry)),
        Tap::Book(BookTap::Listen(entry)),
    ];
    taps.extend(
        [
            None,
            Some(Side::Verlating),
            Some(Side::Binding),
            Some(Side::Beide),
        ]
        .map(Tap::Side),
    );
    taps.extend(
        [
            Snooze::HalfHour,
            Snooze::Hour,
            Snooze::ThreeHours,
            Snooze::Tonight,
            Snooze::Tomorrow,
        ]
        .map(Tap::Snooze),
    );
    taps.push(Tap::NotLater);
    taps.extend(settings_taps().map(Tap::Settings));
    taps.extend([PauseTap::Offer, PauseTap::Days(28), PauseTap::Open].map(Tap::Pause));
    taps.extend([SilenceTap::AsBefore, SilenceTap::Weekly, SilenceTap::Keep].map(Tap::Silence));
    taps.extend([OwnTap::Show(u16::MAX), OwnTap::Add, OwnTap::Remove(0)].map(Tap::Own));
    let flow = u32::MAX;
    let page = u8::MAX;
    taps.extend(
        [
            FlowTap::Choose { flow, button: flow },
            FlowTap::Stop { flow },
            FlowTap::Back { flow },
            FlowTap::Page { flow, page },
            FlowTap::Sentences { page },
        ]
        .map(Tap::Flow),
    );
    for what in [Erase::Last, Erase::Answers, Erase::All] {
        taps.push(Tap::Erase(what));
    }
    taps.extend([Erase::Answers, Erase::All].map(Tap::EraseYes));
    for wanted in [Use::Reading, Use::Program] {
        taps.extend([ExportTap::Choose(wanted), ExportTap::Send(wanted)].map(Tap::Export));
    }
    taps
}

#[test]
fn every_tap_is_read_as_it_was_written_and_fits() {
    for tap in every_tap() {
        let data = tap.data(u32::MAX);
        assert!(data.len() <= 64, "{data} is longer than Telegram takes");
        assert_eq!(Tap::read(&data), Some((u32::MAX, tap)), "{data}");
    }
}

proptest! {
    #[test]
    fn forged_data_is_read_or_refused_but_never_a_panic(data in "\\PC{0,70}") {
        if let Some((keyboard, tap)) = Tap::read(&data) {
            prop_assert_eq!(Tap::read(&tap.data(keyboard)), Some((keyboard, tap)));
        }
    }

    #[test]
    fn forged_words_with_arguments_are_read_or_refused(word in "[a-z]{0,3}", argument in "[0-9a-z.é+-]{0,12}") {
        let _ = Tap::read(&format!("1.{word}.{argument}"));
    }
}
