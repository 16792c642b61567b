//! The words in which people type times and days, as data: `typed.toml` of a language.
//!
//! How they go together stands in `parent::typed`. Each entry is a word or a group of words; case, accents and apostrophes do not
//! count, and a longer group goes before a shorter one.

use super::read::record;

record! {
    /// The words of one language.
    pub struct TypedWords {
        /// Marks the hour: "8 uur", "20u15".
        hour: Vec<String>,
        /// Marks minutes: "vijf minuten voor acht".
        minute: Vec<String>,
        /// Half an hour before the hour that follows, as in Dutch and German: "half acht" is 7:30.
        half_before: Vec<String>,
        /// Thirty minutes, as in English: "half past seven" is 7:30.
        thirty: Vec<String>,
        /// Fifteen minutes.
        quarter: Vec<String>,
        /// Between minutes and the hour that they follow: "kwart over negen".
        past: Vec<String>,
        /// Between minutes and the hour that they precede: "kwart voor negen". A word may stand in `up_to` as well.
        to: Vec<String>,
        /// Before the two ends of a window: "tussen 19 en 21 uur".
        between: Vec<String>,
        /// Between those two ends.
        between_and: Vec<String>,
        /// Between the ends of a window that nothing stands before: "19 tot 21 uur". A dash does the same.
        up_to: Vec<String>,
        /// 12:00.
        noon: Vec<String>,
        /// 00:00.
        midnight: Vec<String>,
        /// What may stand around a time and says nothing.
        ignore: Vec<String>,
        /// The spellings of 0, of 1, and so on.
        numbers: Vec<Vec<String>>,
        /// The parts of the day.
        parts: Vec<PartOfDay>,
        /// The words for days.
        days: DayWords,
        /// The words for dates that are past.
        dates: DateWords,
    }
}

record! {
    /// A part of the day: it says which of the two eights "8 uur" is.
    pub struct PartOfDay {
        /// What people call it.
        words: Vec<String>,
        /// The full hour at which it begins, 0 to 23.
        from: u32,
        /// The full hour at which it is over, 1 to 24; before `from` when midnight lies in between. At most twelve hours after `from`.
        until: u32,
    }
}

record! {
    /// The words for days.
    pub struct DayWords {
        /// Monday, in full and short.
        monday: Vec<String>,
        /// Tuesday.
        tuesday: Vec<String>,
        /// Wednesday.
        wednesday: Vec<String>,
        /// Thursday.
        thursday: Vec<String>,
        /// Friday.
        friday: Vec<String>,
        /// Saturday.
        saturday: Vec<String>,
        /// Sunday.
        sunday: Vec<String>,
        /// All seven.
        every_day: Vec<String>,
        /// Monday to Friday.
        workdays: Vec<String>,
        /// Saturday and Sunday.
        weekend: Vec<String>,
        /// Between the first and the last of several days in a row. A dash does the same.
        until: Vec<String>,
        /// Before days that are taken out again.
        except: Vec<String>,
        /// What may stand between days and says nothing.
        ignore: Vec<String>,
    }
}

record! {
    /// The words for dates that are past, or today. Those for the days of the week are in [`DayWords`].
    pub struct DateWords {
        /// This day.
        today: Vec<String>,
        /// One day earlier.
        yesterday: Vec<String>,
        /// Two days earlier.
        day_before_yesterday: Vec<String>,
        /// With a day of the week: the latest one before today.
        last: Vec<String>,
        /// With a day of the week: the one in the week before this one, from Monday to Sunday.
        last_week: Vec<String>,
        /// After a number of days, weeks, months or years.
        ago: Vec<String>,
        /// Days that are counted.
        day: Vec<String>,
        /// Weeks that are counted.
        week: Vec<String>,
        /// Months that are counted.
        month: Vec<String>,
        /// Years that are counted.
        year: Vec<String>,
        /// January to December, in full and short.
        months: [Vec<String>; 12],
        /// What may stand in a date and says nothing.
        ignore: Vec<String>,
    }
}
