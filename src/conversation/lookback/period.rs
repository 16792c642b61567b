//! What a look-back is about: a week, a month or a year.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
}

/// One week, month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    span: Span,
    from: Date,
}

impl Period {
    /// The week, month or year with this day in it.
    pub fn with(span: Span, day: Date) -> Self {
        let from = match span {
            Span::Week => day
                .tomorrow()
                .and_then(|next| next.nth_weekday(-1, Weekday::Monday))
                .unwrap_or(day),
            Span::Month => day.first_of_month(),
            Span::Year => day.first_of_year(),
        };
        Self { span, from }
    }

    /// How long it is.
    pub fn span(self) -> Span {
        self.span
    }

    /// Its first day.
    pub fn from(self) -> Date {
        self.from
    }

    /// Its last day.
    pub fn to(self) -> Date {
        match self.span {
            Span::Week => self.from.checked_add(6.days()).unwrap_or(Date::MAX),
            Span::Month => self.from.last_of_month(),
            Span::Year => self.from.last_of_year(),
        }
    }

    /// Whether the day is in it.
    pub fn contains(self, day: Date) -> bool {
        (self.from..=self.to()).contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_week_runs_from_monday_to_sunday() {
        for day in 2..=8 {
            let week = Period::with(Span::Week, date(2026, 3, day));
            assert_eq!(
                (week.from(), week.to()),
                (date(2026, 3, 2), date(2026, 3, 8))
            );
        }
    }

    proptest! {
        #[test]
        fn a_day_is_in_its_period_and_the_day_before_it_is_not(days in 0..3_000_000_i32) {
            let day = Date::MIN.saturating_add(days.days());
            for span in [Span::Week, Span::Month, Span::Year] {
                let period = Period::with(span, day);
                prop_assert!(period.contains(day));
                prop_assert_eq!(Period::with(span, period.from()), period);
                prop_assert!(period.from().yesterday().map_or(true, |before| !period.contains(before)));
            }
        }
    }
}
