use std::sync::LazyLock;

use insta::assert_snapshot;
use jiff::civil::date;
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::{
    library::{Languages, Library, Side},
    parent::{ClockTime, Days, Slot, Zone},
};

static LANGUAGES: LazyLock<Languages> = LazyLock::new(|| Languages::embedded().unwrap());

fn dutch() -> &'static Library {
    LANGUAGES.of(Some("nl"))
}

fn previewed(library: &'static Library, id: &str) -> Preview<'static> {
    preview(&LANGUAGES, library, id).unwrap().unwrap()
}

fn choices() -> Choices {
    Choices {
        times: vec![Slot::at(ClockTime::new(19, 30).unwrap())],
        days: Days::three(),
        side: None,
        zone: Zone::default(),
        silent: false,
    }
}

#[test]
fn a_prompt_as_it_looks_on_the_phone() {
    assert_snapshot!(show(&previewed(dutch(), "herstel-na-de-haast"), Paint::Plain), @r#"
    herstel-na-de-haast
    Herstel · side beide · moment ochtend
    locked screen: Na de haast Een ochtend vol haast komt i…
    ╭────────────────────────────────────────────╮
    │ Na de haast                                │
    │                                            │
    │ Een ochtend vol haast komt in elk huis     │
    │ voor. Als je je kind straks weer ziet, dan │
    │ begin je opnieuw: een blik, een hand, een  │
    │ grapje. Wat wordt jouw begin?              │
    ╰────────────────────────────────────────────╯
    ┌──────────────┬──────────────┬──────────────┐
    │    Straks    │ Andere vraag │   Sla over   │
    └──────────────┴──────────────┴──────────────┘
    Straks         "Wanneer dan?" appears for a moment; the buttons become [Over
                   een half uur] [Over een uur] [Over drie uur] [Vanavond]
                   [Morgen] [Toch niet]
    Andere vraag   another one comes in its place
    Sla over       the buttons go; "Goed. Tot woensdag om 09:00."
    (an answer)    the buttons become [Nog een vraag] [Wis antwoord]; a heart:
                   it is kept
    Nog een vraag  the buttons become [Wis antwoord]; "Wat zou je ochtend morgen
                   één minuut lichter maken?"
    "#);
}

#[test]
fn each_prompt_of_each_language_comes_as_it_was_written() {
    for library in LANGUAGES.iter() {
        for prompt in &library.prompts {
            let preview = previewed(library, &prompt.id);
            assert_eq!(
                preview.message.text,
                format!("{}\n\n{}", prompt.title, prompt.body)
            );
            let last = preview.after.last().unwrap();
            let asked = last.seen.iter().any(|seen| match (seen, &prompt.followup) {
                (Seen::Message(said), Some(followup)) => said.text.contains(followup),
                _ => false,
            });
            assert_eq!(asked, prompt.followup.is_some(), "{}", prompt.id);
            // Nothing is wider than a terminal.
            let shown = show(&preview, Paint::Plain);
            assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
        }
    }
}

#[test]
fn a_prompt_that_is_not_there_has_no_preview() {
    assert_eq!(preview(&LANGUAGES, dutch(), "herstel-weg").unwrap(), None);
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let preview = previewed(dutch(), "herstel-na-de-haast");
    let coloured = show(&preview, Paint::Colour);
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(plain + rest, show(&preview, Paint::Plain));
    assert!(coloured.len() > show(&preview, Paint::Plain).len());
}

#[test]
fn a_year_is_the_same_whenever_it_is_asked_for() {
    let of = |seed| {
        let year = year(&LANGUAGES, dutch(), choices(), date(2026, 3, 1), seed);
        report(&year.unwrap())
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn a_year_three_times_a_week_in_the_evening() {
    let year = year(&LANGUAGES, dutch(), choices(), date(2026, 3, 1), 1).unwrap();
    assert_eq!(year.prompts().count(), 156);
    let fitting = year.fitting();
    assert_eq!(fitting.len(), 66);
    // No repeat until all that fit were seen (content part 2).
    let (place, ..) = year.first_repeat().unwrap();
    assert_eq!(place, 67);
    let dates = year.dates();
    assert!(
        fitting
            .iter()
            .all(|it| (2..=3).contains(&dates[it.id.as_str()].len()))
    );
    assert_eq!(year.from, date(2026, 3, 1));
    let report = report(&year);
    let list: Vec<&str> = report.lines().take(6).collect();
    assert_snapshot!(list.join("\n"), @"
    language nl, at 19:30, on Mon Wed Sat, side: not said, from 2026-03-01

    March 2026
      Mon  2  19:30         mild-voor-jezelf-tegen-een-ander         Zoals tegen een ander Denk aan iets dat…
      Wed  4  19:30         concrete-taal-kleine-vraag               Een kleine vraag 'Hoe was het?' geeft va…
      Sat  7  19:30         samen-een-tablet                         Twee kinderen, één tablet Als twee kinde…
    ");
    let counted = report.split_once("\n\n156").unwrap().1;
    assert_snapshot!(format!("156{counted}"), @"
    156 prompts came. 66 of the 80 in the folder fit these choices, 66 of them came.
    The first one that came again is number 67, on 2026-08-03, after 155 days: nabijheid-en-ruimte-schakelen.
    The shortest time between two of the same: 79 days (samen-hardop-vragen).
    Came 3 times: 24
    Came 2 times: 42

    theme   concrete-taal          16   10%  ▪▪▪▪▪
    theme   herstel                20   12%  ▪▪▪▪▪▪
    theme   maak-onderscheid       21   13%  ▪▪▪▪▪▪▪
    theme   mild-voor-jezelf       19   12%  ▪▪▪▪▪▪
    theme   nabijheid-en-ruimte    18   11%  ▪▪▪▪▪▪
    theme   samen                  24   15%  ▪▪▪▪▪▪▪▪
    theme   voel-eerst             19   12%  ▪▪▪▪▪▪
    theme   zie-mij                19   12%  ▪▪▪▪▪▪

    side    verlating              34   21%  ▪▪▪▪▪▪▪▪▪▪▪
    side    binding                33   21%  ▪▪▪▪▪▪▪▪▪▪▪
    side    beide                  89   57%  ▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪

    moment  ochtend                 0    0%
    moment  avond                  53   33%  ▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪
    moment  elk                   103   66%  ▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪
    ");
}

#[test]
fn what_a_parent_chooses_decides_what_comes() {
    let with = |change: &dyn Fn(&mut Choices)| {
        let mut choices = choices();
        change(&mut choices);
        year(&LANGUAGES, dutch(), choices, date(2026, 3, 1), 3).unwrap()
    };
    let daily = with(&|it| it.days = Days::all());
    assert_eq!(daily.prompts().count(), 365);
    let morning = with(&|it| it.times = vec![Slot::at(ClockTime::new(7, 30).unwrap())]);
    assert!(
        morning
            .prompts()
            .all(|(_, prompt)| prompt.moment != crate::library::Moment::Avond)
    );
    let binding = with(&|it| it.side = Some(Side::Binding));
    assert!(
        binding
            .prompts()
            .all(|(_, prompt)| prompt.side != Side::Verlating)
    );
    assert_eq!(binding.fitting().len(), 52);
    // At midnight too, and on the first day.
    let midnight = with(&|it| {
        it.times = vec![Slot::at(ClockTime::MIDNIGHT)];
        it.days = Days::all();
    });
    assert_eq!(midnight.came[0].date, date(2026, 3, 1));
    assert_eq!(midnight.prompts().count(), 365);
}

#[test]
fn whoever_stays_silent_hears_less_and_then_nothing() {
    let silent = Choices {
        silent: true,
        ..choices()
    };
    let year = year(&LANGUAGES, dutch(), silent, date(2026, 3, 1), 1).unwrap();
    let said = year
        .came
        .iter()
        .filter(|came| matches!(came.what, What::Said(_)));
    assert_eq!(said.count(), 2);
    // Six as chosen, and eight more, one a week.
    assert_eq!(year.prompts().count(), 14);
}
