#![allow(clippy::unwrap_used, reason = "a test may panic")]

use jiff::civil::Date;

use super::*;
use crate::{
    conversation::{Document, EntryId, Form, Keyboard, Outgoing, PromptRef, Purpose},
    parent::{Planned, Words},
};

/// A queue, and the clock that drives it.
struct Bench {
    queue: Queue,
    millis: u64,
}

fn bench() -> Bench {
    Bench {
        queue: Queue::new(Rate::default()),
        millis: 0,
    }
}

/// No letter.
const NONE: [u64; 0] = [];

const OK: Result<Option<MessageId>, CallError> = Ok(Some(MessageId(1)));

fn message() -> Effect {
    Effect::Send {
        text: Words::new("Dag"),
        keyboard: Keyboard::default(),
        silent: false,
        reply_to: None,
    }
}

fn heart() -> Effect {
    Effect::Heart {
        message: MessageId(1),
    }
}

fn document() -> Effect {
    Effect::Document {
        document: Document {
            form: Form::Data,
            years: None,
            sounds: None,
        },
        caption: None,
    }
}

fn voice() -> Effect {
    Effect::Voice {
        entry: EntryId(1),
        message: MessageId(1),
        seconds: 7,
    }
}

fn letter(seq: u64, chat: i64, class: Class, effect: Effect) -> Letter {
    Letter {
        seq: Seq(seq),
        chat: ChatId(chat),
        outgoing: Outgoing {
            effect,
            class,
            purpose: Purpose::Plain,
            expires: None,
            quotes: false,
        },
        claimed: false,
    }
}

fn interactive(seq: u64, chat: i64) -> Letter {
    letter(seq, chat, Class::Interactive, heart())
}

fn bulk(seq: u64, chat: i64) -> Letter {
    letter(seq, chat, Class::Bulk, heart())
}

/// A scheduled prompt: at most once.
fn scheduled(seq: u64, chat: i64) -> Letter {
    let mut letter = letter(seq, chat, Class::Bulk, message());
    letter.outgoing.purpose = Purpose::Prompt {
        number: 1,
        prompt: PromptRef {
            id: "p".to_owned(),
            title: "P".to_owned(),
        },
        planned: Some(Planned {
            date: Date::ZERO,
            slot: 0,
            at: Timestamp::UNIX_EPOCH,
        }),
    };
    letter
}

fn expiring(mut letter: Letter, second: i64) -> Letter {
    letter.outgoing.expires = Some(Timestamp::from_second(second).unwrap());
    letter
}

impl Bench {
    fn push(&mut self, letters: impl IntoIterator<Item = Letter>) -> &mut Self {
        for letter in letters {
            self.queue.push(letter);
        }
        self
    }

    fn at(&mut self, millis: u64) -> &mut Self {
        assert!(millis >= self.millis);
        self.millis = millis;
        self
    }

    fn uptime(&self) -> Duration {
        Duration::from_millis(self.millis)
    }

    fn step(&mut self) -> Step {
        self.queue.step(Time {
            uptime: self.uptime(),
            now: Timestamp::from_millisecond(i64::try_from(self.millis).unwrap()).unwrap(),
        })
    }

    /// The letters that go out now.
    fn goes(&mut self) -> Vec<u64> {
        let step = self.step();
        step.calls.iter().map(|call| call.seq.0).collect()
    }

    /// In how many milliseconds there is something to do.
    fn wake_in(&mut self) -> Option<u128> {
        let step = self.step();
        assert_eq!(step.calls, []);
        step.wake.map(|at| (at - self.uptime()).as_millis())
    }

    fn answered(&mut self, seq: u64, result: Result<Option<MessageId>, CallError>) -> &mut Self {
        self.queue.answered(Seq(seq), result, self.uptime());
        self
    }

    fn claimed(&mut self, seqs: impl IntoIterator<Item = u64>) -> &mut Self {
        let seqs: Vec<_> = seqs.into_iter().map(Seq).collect();
        self.queue.claimed(&seqs);
        self
    }

    fn reports(&mut self) -> Vec<Said> {
        let said = |report| match report {
            Report::Claim(letters) => claim(letters.iter().map(|letter| letter.seq.0)),
            Report::Unclaim(_) => unreachable!("only at the end, and not by the queue"),
            Report::Done(letter, outcome) => done(letter.seq.0, outcome),
        };
        self.queue.reports().into_iter().map(said).collect()
    }

    /// Nothing is left over, not even of the chats.
    fn is_gone(&mut self) {
        self.at(self.millis + 3_600_000);
        assert_eq!(self.step(), Step::default());
        assert!(self.queue.is_empty());
        assert!(self.queue.lanes.is_empty());
        assert!(self.queue.timed.is_empty() && self.queue.resting.is_empty());
        assert!(self.queue.asked.is_empty() && self.queue.out.is_empty());
        assert!(self.queue.ready.is_empty() && self.queue.ready_files.is_empty());
        assert_eq!((self.queue.claims, self.queue.bulk_out), (0, 0));
        assert_eq!(self.queue.files_out, 0);
    }
}

/// A [`Report`] by the numbers of its letters.
#[derive(Debug, PartialEq)]
enum Said {
    Claim(Vec<u64>),
    Done(u64, Outcome),
}

fn done(seq: u64, outcome: Outcome) -> Said {
    Said::Done(seq, outcome)
}

fn claim(seqs: impl IntoIterator<Item = u64>) -> Said {
    Said::Claim(seqs.into_iter().collect())
}

#[test]
fn a_letter_goes_out_and_is_gone() {
    let mut bench = bench();
    bench.push([interactive(1, 1)]);
    assert_eq!(bench.queue.len(), 1);
    assert_eq!(
        bench.step().calls,
        [Call {
            seq: Seq(1),
            chat: ChatId(1),
            effect: heart(),
        }]
    );
    assert_eq!(bench.step(), Step::default());
    assert_eq!(bench.reports(), []);
    bench.answered(1, OK);
    assert_eq!(
        bench.reports(),
        [done(1, Outcome::Sent(Some(MessageId(1))))]
    );
    bench.is_gone();
}

#[test]
fn a_chat_has_one_letter_out_at_a_time_in_order() {
    let mut bench = bench();
    bench.push([interactive(1, 1), interactive(2, 1), interactive(3, 2)]);
    assert_eq!(bench.goes(), [1, 3]);
    assert_eq!(bench.at(500).goes(), NONE);
    assert_eq!(bench.answered(1, OK).goes(), [2]);
}

#[test]
fn interactive_goes_before_bulk_that_was_not_begun() {
    let mut bench = bench();
    bench.push([bulk(1, 1), bulk(2, 2), interactive(3, 1), interactive(4, 3)]);
    assert_eq!(bench.goes(), [3, 4, 2]);
    bench.at(1_000).answered(3, OK);
    assert_eq!(bench.goes(), [1]);
    bench.push([interactive(5, 1)]);
    bench.at(1_500).answered(1, Err(CallError::NotSent));
    assert_eq!(bench.wake_in(), Some(500), "what was begun stays in front");
    assert_eq!(bench.at(2_000).goes(), [1]);
    assert_eq!(bench.answered(1, OK).goes(), [5]);
}

#[test]
fn messages_of_a_chat_are_a_second_apart_and_the_rest_is_not() {
    let mut bench = bench();
    let of_chat = |seq, effect| letter(seq, 1, Class::Interactive, effect);
    bench.push([
        of_chat(1, message()),
        of_chat(2, heart()),
        of_chat(3, message()),
        of_chat(4, message()),
    ]);
    assert_eq!(bench.goes(), [1]);
    assert_eq!(bench.at(300).answered(1, OK).goes(), [2]);
    assert_eq!(bench.at(400).answered(2, OK).wake_in(), Some(900));
    assert_eq!(bench.at(1_299).goes(), NONE);
    assert_eq!(bench.at(1_300).goes(), [3]);
    bench.at(1_400).answered(3, OK);
    assert_eq!(bench.wake_in(), Some(1_000));
    assert_eq!(bench.at(2_400).goes(), [4]);
    bench.answered(4, OK);
    bench.is_gone();
}

#[test]
fn a_chat_that_rests_keeps_its_pace() {
    let mut bench = bench();
    bench.push([letter(1, 1, Class::Interactive, message())]);
    assert_eq!(bench.goes(), [1]);
    bench.answered(1, OK);
    assert_eq!(bench.wake_in(), None, "nobody is woken for a chat at rest");
    bench
        .at(400)
        .push([letter(2, 1, Class::Interactive, message())]);
    assert_eq!(bench.wake_in(), Some(600));
    assert_eq!(bench.at(1_000).goes(), [2]);
}

#[test]
fn what_each_answer_means() {
    let seconds = Duration::from_secs;
    for (error, outcome, back_in) in [
        (CallError::Done, Some(Outcome::Sent(None)), None),
        (CallError::Refused("so"), Some(Outcome::Failed), None),
        (CallError::Unreachable, Some(Outcome::Unreachable), None),
        (CallError::NotSent, None, Some(500)),
        (CallError::ServerError, None, Some(500)),
        (CallError::Doubt, None, Some(500)),
        (CallError::Unauthorized, None, Some(500)),
        (CallError::Conflict, None, Some(500)),
        (CallError::RetryAfter(seconds(7)), None, Some(7_000)),
        (CallError::RetryAfter(seconds(0)), None, Some(1_000)),
    ] {
        let mut bench = bench();
        bench.push([interactive(1, 1)]);
        assert_eq!(bench.goes(), [1]);
        bench.answered(1, Err(error));
        let reports: Vec<_> = outcome
            .into_iter()
            .map(|outcome| done(1, outcome))
            .collect();
        assert_eq!(bench.reports(), reports, "{error:?}");
        assert_eq!(bench.wake_in(), back_in, "{error:?}");
    }
}

#[test]
fn back_off_doubles_up_to_a_minute() {
    let mut bench = bench();
    bench.push([interactive(1, 1)]);
    for wait in [
        500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ] {
        assert_eq!(bench.goes(), [1]);
        bench.answered(1, Err(CallError::NotSent));
        assert_eq!(bench.wake_in(), Some(wait));
        bench.at(bench.millis + u64::try_from(wait).unwrap());
    }
    assert_eq!(bench.goes(), [1]);
    bench.answered(1, OK);
    bench.is_gone();
}

#[test]
fn echoes_come_to_an_end() {
    let mut bench = bench();
    bench.push([interactive(1, 1)]);
    for _ in 0..8 {
        bench.at(bench.millis + 60_000);
        assert_eq!(bench.goes(), [1]);
        bench.answered(1, Err(CallError::Doubt));
    }
    assert_eq!(bench.reports(), [done(1, Outcome::InDoubt)]);
    bench.is_gone();
}

#[test]
fn an_unreachable_chat_ends_all_its_letters_and_nobody_elses() {
    let mut bench = bench();
    bench.push([
        interactive(1, 1),
        interactive(2, 1),
        scheduled(3, 1),
        bulk(4, 2),
    ]);
    assert_eq!(bench.goes(), [1, 4]);
    bench.answered(1, Err(CallError::Unreachable));
    let unreachable = |seq| done(seq, Outcome::Unreachable);
    assert_eq!(
        bench.reports(),
        [unreachable(1), unreachable(2), unreachable(3)]
    );
    assert_eq!(bench.queue.len(), 1);
    bench.answered(4, OK);
    bench.is_gone();
}

#[test]
fn expired_letters_do_not_go_out() {
    let mut bench = bench();
    bench.push([
        expiring(interactive(1, 1), 10),
        expiring(interactive(2, 1), 10),
        interactive(3, 1),
        expiring(scheduled(4, 2), 9),
    ]);
    assert_eq!(bench.at(10_000).goes(), [1], "the last moment still counts");
    assert_eq!(bench.reports(), [done(4, Outcome::Expired)]);
    bench.at(10_001).answered(1, Err(CallError::NotSent));
    assert_eq!(bench.at(11_000).goes(), [3]);
    assert_eq!(
        bench.reports(),
        [done(1, Outcome::Expired), done(2, Outcome::Expired)]
    );
}

#[test]
fn a_letter_that_expires_after_a_doubt_is_in_doubt() {
    let mut bench = bench();
    bench.push([expiring(interactive(1, 1), 1)]);
    assert_eq!(bench.goes(), [1]);
    bench.answered(1, Err(CallError::Doubt));
    assert_eq!(bench.at(2_000).goes(), NONE);
    assert_eq!(bench.reports(), [done(1, Outcome::InDoubt)]);
    bench.is_gone();
}

#[test]
fn a_scheduled_prompt_goes_out_only_when_claimed() {
    let mut bench = bench();
    bench.push([scheduled(1, 1)]);
    assert_eq!(bench.step(), Step::default());
    assert_eq!(bench.reports(), [claim([1])]);
    assert_eq!(bench.at(60_000).step(), Step::default());
    assert_eq!(bench.reports(), [], "asked for once");
    assert_eq!(bench.claimed([1]).goes(), [1]);
    bench.answered(1, OK);
    bench.is_gone();
}

#[test]
fn a_scheduled_prompt_is_tried_again_only_when_it_certainly_did_not_arrive() {
    for (error, again) in [
        (CallError::NotSent, true),
        (CallError::ServerError, true),
        (CallError::RetryAfter(Duration::from_secs(1)), true),
        (CallError::Doubt, false),
    ] {
        let mut bench = bench();
        bench.push([scheduled(1, 1)]).step();
        assert_eq!(bench.claimed([1]).goes(), [1]);
        bench.reports();
        bench.answered(1, Err(error)).at(5_000);
        assert_eq!(bench.goes(), NONE);
        let then = if again {
            claim([1])
        } else {
            done(1, Outcome::InDoubt)
        };
        assert_eq!(bench.reports(), [then]);
        assert_eq!(
            bench.claimed([1]).goes(),
            if again { vec![1] } else { vec![] }
        );
        bench.answered(1, OK);
        bench.is_gone();
    }
}

#[test]
fn what_is_withdrawn_does_not_go_out_and_nothing_is_said_of_it() {
    let mut bench = bench();
    bench.push([
        interactive(1, 1),
        interactive(2, 1),
        interactive(3, 1),
        scheduled(4, 1),
        scheduled(5, 2),
        scheduled(6, 3),
    ]);
    assert_eq!(bench.goes(), [1]);
    assert_eq!(bench.reports(), [claim([5, 6])]);
    bench.claimed([6]);
    bench.queue.withdraw(&[2, 4, 5, 6].map(Seq));
    assert_eq!(bench.claimed([5]).goes(), NONE);
    assert_eq!(bench.answered(1, OK).at(100).goes(), [3]);
    bench.answered(3, OK);
    let sent = |seq| done(seq, Outcome::Sent(Some(MessageId(1))));
    assert_eq!(bench.reports(), [sent(1), sent(3)]);
    bench.is_gone();
}

#[test]
fn what_is_withdrawn_while_it_is_out_is_not_tried_again() {
    for (error, reports) in [
        (CallError::NotSent, vec![]),
        (CallError::RetryAfter(Duration::from_secs(3)), vec![]),
        (CallError::Refused("so"), vec![done(1, Outcome::Failed)]),
    ] {
        let mut bench = bench();
        bench.push([interactive(1, 1), interactive(2, 1)]);
        assert_eq!(bench.goes(), [1]);
        bench.queue.withdraw(&[Seq(1)]);
        assert_eq!(
            bench.queue.answered(Seq(1), Err(error), bench.uptime()),
            None
        );
        assert_eq!(bench.reports(), reports);
        assert_eq!(bench.at(10_000).goes(), [2]);
        bench.answered(2, OK);
        bench.is_gone();
    }
}

#[test]
fn a_prompt_that_waits_for_another_try_lets_answers_go_first() {
    let mut bench = bench();
    bench.push([scheduled(1, 1)]).step();
    assert_eq!(bench.claimed([1]).goes(), [1]);
    bench.answered(1, Err(CallError::RetryAfter(Duration::from_secs(60))));
    bench.push([interactive(2, 1)]);
    assert_eq!(bench.at(59_999).goes(), NONE);
    assert_eq!(bench.at(60_000).goes(), [2]);
}

#[test]
fn a_chat_with_thousands_of_letters_takes_its_turn_like_all_others() {
    let mut bench = bench();
    bench.push((1..=10_000).map(|seq| interactive(seq, 1)));
    let mut flooded = Vec::new();
    // Each call is answered at once.
    let next = |bench: &mut Bench| {
        let gone = bench.at(bench.millis + 36).goes();
        for seq in &gone {
            bench.answered(*seq, OK);
        }
        gone
    };
    for _ in 0..10 {
        flooded.extend(next(&mut bench));
    }
    assert_eq!(flooded.len(), 10);
    for seq in 20_000..20_100 {
        let chat = i64::try_from(seq).unwrap();
        let letter = if seq % 2 == 0 {
            interactive(seq, chat)
        } else {
            bulk(seq, chat)
        };
        bench.push([letter]);
        // In little more than a second the pace lets somebody go for certain.
        let gone: Vec<_> = (0..30).flat_map(|_| next(&mut bench)).collect();
        let before = gone.iter().position(|gone| *gone == seq);
        assert!(before.is_some_and(|before| before <= 1), "{seq} waits");
    }
}

/// 300 parents wait for an answer and another 30 write each second; one of them does it again and again meanwhile.
#[test]
fn who_writes_again_while_waiting_keeps_the_turn() {
    const PATIENT: i64 = 200;
    let mut bench = bench();
    let mut seqs = 1..;
    let mut next = move || seqs.next().unwrap();
    for chat in 1..=300 {
        bench.push([interactive(next(), chat)]);
    }
    let mut again = Vec::new();
    for newcomer in 1_000..1_400 {
        bench.push([interactive(next(), newcomer)]);
        if newcomer % 30 == 0 {
            again.push(next());
            bench.push([interactive(*again.last().unwrap(), PATIENT)]);
            // What is taken back behind the first letter costs the turn no more than what is written.
            bench.push([interactive(1_000_000, PATIENT)]);
            bench.queue.withdraw(&[Seq(1_000_000)]);
        }
        for seq in bench.at(bench.millis + 34).goes() {
            bench.answered(seq, OK);
            if seq == 200 {
                assert!(bench.millis < 8_000, "after {} ms", bench.millis);
                // The turn is for one letter.
                assert!(!bench.goes().contains(again.first().unwrap()));
                return;
            }
        }
    }
    panic!("{PATIENT} was never answered");
}

#[test]
fn a_prompt_claimed_by_an_earlier_process_is_in_doubt() {
    let mut bench = bench();
    bench.push([Letter {
        claimed: true,
        ..scheduled(1, 1)
    }]);
    assert_eq!(bench.reports(), [done(1, Outcome::InDoubt)]);
    bench.is_gone();
}

#[test]
fn at_the_end_claims_are_given_back_but_for_those_that_may_have_arrived() {
    let mut bench = bench();
    bench.push((1..=4).map(|seq| scheduled(seq, i64::try_from(seq).unwrap())));
    bench.step();
    // One is out, one has to wait as Telegram says, one was not begun, and of one the claim is on its way.
    assert_eq!(bench.claimed([1, 2]).goes(), [1, 2]);
    bench.answered(2, Err(CallError::RetryAfter(Duration::from_secs(600))));
    bench.claimed([3]);
    let mut unsent = bench.queue.unsent_claims();
    unsent.sort();
    assert_eq!(unsent, [Seq(2), Seq(3), Seq(4)]);
    bench.answered(1, Err(CallError::Doubt));
    assert_eq!(
        bench.queue.unsent_claims().len(),
        3,
        "what is in doubt has ended"
    );
}

#[test]
fn answers_do_not_wait_for_a_claim() {
    let mut bench = bench();
    bench.push([scheduled(1, 1)]);
    assert_eq!(bench.goes(), NONE);
    bench.push([interactive(2, 1)]);
    assert_eq!(bench.goes(), [2]);
    assert_eq!(bench.claimed([1]).goes(), NONE, "one at a time");
    bench.at(100).answered(2, OK);
    assert_eq!(bench.goes(), [1]);
}

#[test]
fn a_claim_that_comes_too_late_is_nobody_elses() {
    let mut bench = bench();
    bench.push([scheduled(1, 1)]).step();
    bench.push([interactive(2, 1)]);
    assert_eq!(bench.goes(), [2]);
    bench.answered(2, Err(CallError::Unreachable));
    bench.push([scheduled(3, 1)]).claimed([1]);
    assert_eq!(bench.goes(), NONE);
    assert_eq!(bench.reports().last(), Some(&claim([3])));
    assert_eq!(bench.claimed([1]).goes(), NONE);
    assert_eq!(bench.claimed([3]).goes(), [3]);
    bench.answered(3, OK);
    bench.is_gone();
}

#[test]
fn claims_are_asked_for_in_a_window() {
    let mut bench = bench();
    bench.push((1..=100).map(|seq| scheduled(seq, i64::try_from(seq).unwrap())));
    assert_eq!(bench.goes(), NONE);
    assert_eq!(bench.reports(), [claim(1..=32)]);
    bench.claimed(1..=32);
    let mut gone = Vec::new();
    for _ in 0..15 {
        gone.extend(bench.goes());
        bench.reports();
        bench.at(bench.millis + 33);
    }
    assert_eq!(gone, (1..=16).collect::<Vec<_>>());
    assert_eq!(
        bench.queue.claims, 32,
        "asked for 16 more when 16 were gone"
    );
    assert!(bench.queue.asked.contains_key(&Seq(48)));
    assert!(!bench.queue.asked.contains_key(&Seq(49)));
}

#[test]
fn bulk_leaves_slots_for_answers() {
    let mut bench = bench();
    bench.push((0..100).map(|n| bulk(n, i64::try_from(n).unwrap())));
    let mut out = 0;
    for _ in 0..100 {
        out += bench.goes().len();
        bench.at(bench.millis + 100);
    }
    assert_eq!(out, 24);
    assert_eq!(bench.wake_in(), None);
    bench.push((200..300).map(|n| interactive(n, i64::try_from(n).unwrap())));
    for _ in 0..100 {
        out += bench.goes().len();
        bench.at(bench.millis + 100);
    }
    assert_eq!(out, 32);
}

#[test]
fn two_files_are_out_at_most_and_nobody_else_waits_for_them() {
    let mut bench = bench();
    bench.push([
        letter(1, 1, Class::Interactive, document()),
        letter(2, 2, Class::Interactive, voice()),
        letter(3, 3, Class::Interactive, Effect::Picture { year: 2026 }),
        interactive(4, 3),
        letter(5, 4, Class::Bulk, document()),
        interactive(6, 5),
        bulk(7, 6),
    ]);
    // Nobody waits behind a file, not even its own chat.
    assert_eq!(bench.goes(), [1, 2, 4, 6, 7]);
    assert_eq!(bench.at(100).wake_in(), None);
    // A file that has to be tried again makes room for another meanwhile.
    bench.answered(1, Err(CallError::RetryAfter(Duration::from_secs(1))));
    assert_eq!(bench.goes(), [3]);
    assert_eq!(bench.at(1_100).goes(), NONE);
    // By then it is its turn again, and it is more urgent than what nobody waits for.
    assert_eq!(bench.answered(3, OK).goes(), [1]);
    assert_eq!(bench.answered(2, OK).goes(), [5]);
    for seq in [1, 4, 5, 6, 7] {
        bench.answered(seq, OK);
    }
    bench.is_gone();
}

#[test]
fn a_chat_goes_on_while_a_file_is_on_its_way_a_second_apart_from_it() {
    let mut bench = bench();
    let of_chat = |seq, effect| letter(seq, 1, Class::Interactive, effect);
    bench.push([of_chat(1, document()), of_chat(2, voice())]);
    assert_eq!(bench.goes(), [1], "one file of a chat at a time");
    bench.push([of_chat(3, heart()), of_chat(4, message())]);
    assert_eq!(
        bench.at(100).goes(),
        [3],
        "what is no message need not wait"
    );
    bench.answered(3, OK);
    assert_eq!(bench.at(999).goes(), NONE, "a second after the file began");
    assert_eq!(bench.at(1_000).goes(), [4]);
    bench.answered(4, OK);
    bench.push([of_chat(6, heart()), of_chat(5, message())]);
    // The file arrives: the message waits a second, also when it was its turn.
    bench.at(1_900).answered(1, OK);
    assert_eq!(bench.goes(), [6]);
    bench.answered(6, OK);
    assert_eq!(bench.at(2_899).goes(), NONE);
    // A file and a message do not go together; which of them goes first does not matter.
    assert_eq!(bench.at(2_900).goes().len(), 1);
    assert_eq!(bench.at(3_899).goes(), NONE);
    assert_eq!(bench.at(3_900).goes().len(), 1);
    bench.answered(2, OK).answered(5, OK);
    bench.is_gone();
}

#[test]
fn trouble_with_a_file_holds_the_file_and_a_429_the_chat() {
    let mut bench = bench();
    let of_chat = |seq, effect| letter(seq, 1, Class::Interactive, effect);
    bench.push([of_chat(1, document())]);
    assert_eq!(bench.goes(), [1]);
    bench.at(20_000).answered(1, Err(CallError::Doubt));
    bench.push([of_chat(2, heart())]);
    assert_eq!(bench.goes(), [2]);
    bench.answered(2, OK);
    assert_eq!(bench.at(20_500).wake_in(), Some(500));
    assert_eq!(bench.at(21_000).goes(), [1]);
    let wait = Duration::from_secs(5);
    bench.answered(1, Err(CallError::RetryAfter(wait)));
    bench.push([of_chat(3, heart())]);
    assert_eq!(bench.at(25_999).goes(), NONE);
    assert_eq!(bench.at(26_000).goes(), [1, 3]);
    // Nothing of the chat is out for long once it cannot be reached, and each letter hears so by itself.
    bench.answered(1, Err(CallError::Unreachable));
    bench.answered(3, Err(CallError::Unreachable));
    bench.is_gone();
}

#[test]
fn no_file_finds_out_whether_telegram_is_back() {
    let mut bench = bench();
    bench.push((1..=3).map(|n| interactive(n, i64::try_from(n).unwrap())));
    assert_eq!(bench.goes(), [1, 2, 3]);
    for seq in 1..=3 {
        bench.answered(seq, Err(CallError::NotSent));
    }
    assert!(bench.queue.is_in_trouble());
    bench.queue.withdraw(&[Seq(1), Seq(2), Seq(3)]);
    bench.push([letter(4, 4, Class::Interactive, document())]);
    assert_eq!(bench.at(499).goes(), NONE);
    assert_eq!(bench.at(500).goes(), [4]);
    bench.push([interactive(5, 5), interactive(6, 6)]);
    assert_eq!(bench.goes(), [5], "a probe does not wait for the file");
    bench.at(600).answered(4, Err(CallError::Doubt));
    assert_eq!(bench.goes(), NONE);
    assert_eq!(bench.answered(5, OK).goes(), [6]);
    assert!(!bench.queue.is_in_trouble());
    assert_eq!(bench.at(1_600).goes(), [4]);
    bench.answered(4, OK).answered(6, OK);
    // However many files fail, that says nothing of Telegram.
    bench
        .push((11..=14).map(|n| letter(n, i64::try_from(n).unwrap(), Class::Interactive, voice())));
    for _ in 0..2 {
        for seq in bench.goes() {
            bench.answered(seq, Err(CallError::Doubt));
        }
    }
    assert!(!bench.queue.is_in_trouble());
}

#[test]
fn files_take_turns_while_others_go_on() {
    let mut bench = bench();
    // One chat wants as many of them as all others together, and wanted them first.
    bench.push((1..=20).map(|seq| letter(seq, 1, Class::Interactive, voice())));
    bench.push((2..=20).map(|chat| {
        letter(
            100 + u64::try_from(chat).unwrap(),
            chat,
            Class::Interactive,
            document(),
        )
    }));
    let mut out = Vec::new();
    let mut files = Vec::new();
    for seq in 1_000..1_200 {
        bench.push([interactive(seq, i64::try_from(seq).unwrap())]);
        for gone in bench.at(bench.millis + 50).goes() {
            if gone < 1_000 {
                files.push(gone);
                out.push(gone);
            } else {
                assert!(gone == seq, "{gone} waits");
                bench.answered(gone, OK);
            }
        }
        assert!(out.len() <= 2);
        // A file takes little more than half a second.
        if seq % 6 == 0 && !out.is_empty() {
            bench.answered(out.remove(0), OK);
        }
    }
    let (first, others): (Vec<u64>, Vec<u64>) = files.into_iter().partition(|seq| *seq <= 20);
    assert_eq!(others, (102..=120).collect::<Vec<_>>(), "in turn");
    assert!(first.len() > 3 && first.is_sorted(), "{first:?}");
}

#[test]
fn who_waits_for_a_file_keeps_its_turn_whatever_is_said_in_the_chat_meanwhile() {
    let mut bench = bench();
    let file = |seq, chat| letter(seq, chat, Class::Interactive, document());
    bench.push([file(1, 1), file(2, 2)]);
    assert_eq!(bench.goes(), [1, 2]);
    bench.push([file(3, 3)]);
    assert_eq!(bench.at(10).goes(), NONE);
    // Somebody else asks for a file, and a second later the parent of chat 3 says something and is answered.
    bench.push([file(4, 4)]);
    assert_eq!(bench.at(20).goes(), NONE);
    bench.push([letter(5, 3, Class::Interactive, message())]);
    assert_eq!(bench.at(1_020).goes(), [5]);
    bench.at(1_060).answered(5, OK);
    // Telegram lets the chat wait besides.
    bench.push([letter(6, 3, Class::Interactive, heart())]);
    assert_eq!(bench.goes(), [6]);
    bench.answered(6, Err(CallError::RetryAfter(Duration::from_secs(3))));
    assert_eq!(bench.at(4_060).goes(), [6]);
    bench.answered(6, OK).answered(1, OK);
    assert_eq!(bench.goes(), [3]);
    bench.answered(2, OK);
    assert_eq!(bench.goes(), [4]);
    bench.answered(3, OK).answered(4, OK);
    bench.is_gone();
}

#[test]
fn a_429_holds_its_own_chat_only() {
    let mut bench = bench();
    bench.push([bulk(1, 1), bulk(2, 1), bulk(3, 2)]);
    assert_eq!(bench.goes(), [1, 3]);
    bench.answered(1, Err(CallError::RetryAfter(Duration::from_secs(30))));
    bench.answered(3, OK).push([bulk(4, 2), interactive(5, 1)]);
    assert_eq!(bench.at(500).goes(), [4]);
    assert_eq!(bench.at(29_999).goes(), NONE);
    assert_eq!(bench.at(30_000).goes(), [1]);
}

#[test]
fn a_429_holds_the_chat_also_when_nothing_is_left_in_it() {
    for effect in [document(), message()] {
        let mut bench = bench();
        bench.push([letter(1, 1, Class::Interactive, effect)]);
        assert_eq!(bench.goes(), [1]);
        bench.queue.withdraw(&[Seq(1)]);
        bench.answered(1, Err(CallError::RetryAfter(Duration::from_secs(60))));
        assert_eq!(bench.at(1_500).goes(), NONE);
        bench.push([letter(2, 1, Class::Interactive, message())]);
        assert_eq!(bench.at(59_999).goes(), NONE);
        assert_eq!(bench.at(60_000).goes(), [2]);
        bench.answered(2, OK);
        bench.is_gone();
    }
}

#[test]
fn a_429_for_several_chats_at_once_holds_everything_bulk() {
    let mut bench = bench();
    bench.push([
        bulk(1, 1),
        bulk(2, 2),
        bulk(3, 3),
        bulk(4, 4),
        scheduled(5, 5),
    ]);
    assert_eq!(bench.goes(), [1, 2]);
    assert_eq!(bench.at(36).goes(), [3]);
    assert_eq!(bench.reports(), [claim([5])]);
    for seq in 1..=3 {
        bench.answered(seq, Err(CallError::RetryAfter(Duration::from_secs(10))));
    }
    bench
        .claimed([5])
        .push([interactive(6, 6), scheduled(7, 7)]);
    assert_eq!(bench.at(1_000).goes(), [6]);
    assert_eq!(bench.wake_in(), Some(9_036));
    assert_eq!(bench.reports(), [], "nothing is claimed meanwhile");
    assert_eq!(bench.at(10_036).goes(), [4, 5], "in turn");
}

#[test]
fn the_end_of_a_429_for_everybody_wakes_prompts_that_are_not_claimed_yet() {
    let mut bench = bench();
    bench.push([bulk(1, 1), bulk(2, 2), bulk(3, 3)]);
    assert_eq!(bench.goes(), [1, 2]);
    assert_eq!(bench.at(36).goes(), [3]);
    for seq in 1..=3 {
        bench.answered(seq, Err(CallError::RetryAfter(Duration::from_secs(10))));
    }
    bench.push([scheduled(4, 4)]);
    assert_eq!(bench.wake_in(), Some(10_000));
    // Nobody waits any more in the chats that it came from.
    bench.queue.withdraw(&[1, 2, 3].map(Seq));
    assert_eq!(bench.wake_in(), Some(10_000));
    assert_eq!(bench.reports(), []);
    assert_eq!(bench.at(10_036).wake_in(), None);
    assert_eq!(bench.reports(), [claim([4])]);
    assert_eq!(bench.claimed([4]).goes(), [4]);
}

#[test]
fn when_telegram_is_down_one_letter_at_a_time_asks_whether_it_is_back() {
    let mut bench = bench();
    bench.push([bulk(1, 1), bulk(2, 2), bulk(3, 3)]);
    bench.push((10..60).map(|seq| scheduled(seq, i64::try_from(seq).unwrap())));
    assert_eq!(bench.goes(), [1, 2]);
    assert_eq!(bench.at(36).goes(), [3]);
    assert_eq!(bench.reports(), [claim(10..42)]);
    for seq in 1..=3 {
        bench.answered(seq, Err(CallError::ServerError));
    }
    bench.claimed(10..42);
    assert_eq!(bench.wake_in(), Some(500), "closed for everybody");
    assert_eq!(bench.at(536).goes(), [10], "one probe, the next in turn");
    assert_eq!(bench.at(5_000).goes(), NONE);
    bench.answered(10, Err(CallError::ServerError));
    assert_eq!(bench.wake_in(), Some(1_000), "and a later one");
    assert_eq!(bench.reports(), [], "nothing more is claimed meanwhile");
    assert_eq!(bench.at(6_000).goes(), [11]);
    bench.answered(11, OK);
    assert_eq!(bench.at(6_036).goes(), [12, 13], "back");
}

#[test]
fn when_telegram_is_down_and_only_prompts_wait_one_is_claimed_to_ask() {
    let mut bench = bench();
    bench.push([bulk(1, 1), bulk(2, 2), bulk(3, 3)]);
    assert_eq!(bench.goes(), [1, 2]);
    assert_eq!(bench.at(36).goes(), [3]);
    for seq in 1..=3 {
        bench.answered(seq, Err(CallError::NotSent));
    }
    bench.push([scheduled(4, 4), scheduled(5, 5)]);
    bench.step();
    assert_eq!(bench.reports(), [claim([4])]);
}

#[test]
fn one_chat_in_trouble_does_not_delay_another() {
    let mut bench = bench();
    bench.push([bulk(1, 1)]);
    for seq in 2..200 {
        for gone in bench.goes() {
            let result = if gone == 1 {
                Err(CallError::ServerError)
            } else {
                OK
            };
            bench.answered(gone, result);
        }
        bench.push([interactive(seq, i64::try_from(seq).unwrap())]);
        assert!(bench.goes().contains(&seq), "{seq} waits");
        bench.answered(seq, OK);
        bench.at(bench.millis + 700);
    }
}
