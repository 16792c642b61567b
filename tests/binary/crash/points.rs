//! Killed exactly where something has just happened to an update, to a prompt, or to what is to be said: at each point of its way
//! through the program, with a reply, with an edit, and with a prompt whose moment has come; over both ways of receiving.
//!
//! | point | where the program is killed |
//! |---|---|
//! | received | the update is in the program, and nothing of it in the store's file |
//! | committed | what it leads to is written into the store's file, and not synced |
//! | flushed | it is synced, and nobody has heard: neither Telegram nor the sender |
//! | claimed | a prompt's claim is synced, and the prompt not sent |
//! | sent | Telegram has done what it was asked, and the program has not heard so |
//! | heard | the program has heard so, and nothing of that is in the store's file |
//! | marked | that it went out is synced |
//!
//! It is a real SIGKILL, sent from within a call of the operating system or while Telegram holds its answer back.

use std::os::unix::process::ExitStatusExt;

use voel_eerst::{
    demo::{Fault, Reach, Trouble},
    parent::ChatId,
    service::sender::queue::BETWEEN_MESSAGES,
};

use super::{
    faults::{A_MOMENT, Faults, LOG, Strike, calls},
    parents::{PARENTS, Parents, chance},
    *,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    Received,
    Committed,
    Flushed,
    Claimed,
    Sent,
    Heard,
    Marked,
}

const ON_THE_WAY: [Point; 6] = [
    Point::Received,
    Point::Committed,
    Point::Flushed,
    Point::Sent,
    Point::Heard,
    Point::Marked,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Reply,
    Edit,
    Prompt,
}

#[tokio::test]
async fn killed_at_each_point_of_a_reply() {
    at_each_point(What::Reply, &ON_THE_WAY, 2).await;
}

#[tokio::test]
async fn killed_at_each_point_of_an_edit() {
    at_each_point(What::Edit, &ON_THE_WAY, 3).await;
}

#[tokio::test]
async fn killed_at_each_point_of_a_prompt() {
    let points = [&ON_THE_WAY[..], &[Point::Claimed]].concat();
    at_each_point(What::Prompt, &points, 4).await;
}

async fn at_each_point(what: What, points: &[Point], stream: u64) {
    for way in WAYS {
        at_each_point_over(way, what, points, stream).await;
    }
}

async fn at_each_point_over(way: Way, what: What, points: &[Point], stream: u64) {
    let home = Home::new();
    let Some(faults) = Faults::new(home.path("faults")) else {
        return;
    };
    let parents = Parents::of(Telegram::serve().await, chance(stream));
    let mut life = Life {
        called_at: CalledAt::of(way),
        home,
        parents,
        faults,
    };
    let mut bot = life.bot().spawn().unwrap();
    life.parents.begin().await;
    let rounds = rounds().div_ceil(60);
    for _ in 0..rounds {
        for point in points {
            bot = life.round(bot, what, *point).await;
        }
    }
    end_in_peace(bot).await;
    let prompts = life.parents.prompts_came_once();
    say(format_args!(
        "{way:?}, {what:?}: killed {} times, {rounds} at each of {points:?}; {prompts} scheduled prompts came once",
        rounds as usize * points.len()
    ));
}

struct Life {
    called_at: CalledAt,
    home: Home,
    parents: Parents,
    faults: Faults,
}

impl Life {
    fn bot(&self) -> Command {
        let mut bot = self.faults.bot(&self.home, &self.parents.telegram);
        self.called_at.set_up(&mut bot);
        bot
    }

    /// The running program is killed at this point, and the next one goes on.
    async fn round(&mut self, bot: Child, what: What, point: Point) -> Child {
        let parent = self.parents.somebody();
        if what == What::Edit {
            self.parents.reply(parent);
        }
        self.parents.all_answered().await;
        // Before prompts no chat waits for its second after a message, so that nearly all are claimed at once.
        self.faults
            .quiet_for(match what {
                What::Reply | What::Edit => A_MOMENT,
                What::Prompt => BETWEEN_MESSAGES + A_MOMENT,
            })
            .await;
        let prompts = self.parents.prompts();
        let begun = self.parents.telegram.now();

        self.arm(what, point);
        let mut new = None;
        match what {
            What::Reply => new = Some((parent, self.parents.reply(parent))),
            What::Edit => self.parents.edit(parent),
            What::Prompt => self.a_prompt_comes_due(),
        }
        if let Point::Sent | Point::Heard | Point::Marked = point {
            self.when_it_is_sent(&bot, point).await;
        }
        let ended = ended(bot).await;
        assert_eq!(
            ended.status.signal(),
            Some(9),
            "{what:?} {point:?}: {ended}"
        );
        self.faults.nothing();

        let looked = self.parents.look_at_a_copy(&self.home, &self.home.store());
        assert_eq!(looked.wrong, [""; 0], "{what:?} {point:?}");
        if let Some(reply) = new {
            let kept = looked.kept.contains_key(&reply);
            assert_eq!(kept, point != Point::Received, "{point:?}");
        }
        if let Point::Received | Point::Committed | Point::Flushed = point {
            let waiting = self
                .parents
                .telegram
                .api
                .look(|world| world.updates.unconfirmed());
            assert!(waiting > 0, "{what:?} {point:?}: it was confirmed");
        }
        let bot = self.goes_on(point, prompts, what).await;
        if what == What::Edit {
            let api = &self.parents.telegram.api;
            let answered = api.until("an answer to the edit", |world| {
                let mut calls = world.calls().rev().take_while(|call| call.at >= begun);
                let to = serde_json::Value::from(parent.0);
                calls
                    .any(|call| call.method == "sendMessage" && call.params["chat_id"] == to)
                    .then_some(())
            });
            answered.await.unwrap();
        }
        bot
    }

    /// Sees to it that the program is killed at this point, or that Telegram does not answer there.
    fn arm(&self, what: What, point: Point) {
        let kill = |strike, calls, number| self.faults.plan(strike, calls, LOG, number);
        match point {
            Point::Received => kill(Strike::KillBefore, calls::WRITE, 1),
            Point::Committed => kill(Strike::KillBefore, calls::SYNC, 1),
            Point::Flushed => kill(Strike::KillAfter, calls::SYNC, 1),
            // The first commit is that there is a prompt to send.
            Point::Claimed => kill(Strike::KillAfter, calls::SYNC, 2),
            Point::Sent | Point::Heard | Point::Marked => {
                let method = match what {
                    What::Reply => "setMessageReaction",
                    What::Edit | What::Prompt => "sendMessage",
                };
                let slow = Fault::on(method, Trouble::Slow).always();
                self.parents
                    .telegram
                    .api
                    .with(|world| world.faults.add(slow));
            }
        }
    }

    /// Telegram has done what it was asked; now the program is killed, or will be when it hears so.
    async fn when_it_is_sent(&self, bot: &Child, point: Point) {
        let api = &self.parents.telegram.api;
        let held = api.until("an answer that is held back", |world| {
            (world.held() > 0).then_some(())
        });
        held.await.unwrap();
        match point {
            Point::Heard => self.faults.plan(Strike::KillBefore, calls::WRITE, LOG, 1),
            Point::Marked => self.faults.plan(Strike::KillAfter, calls::SYNC, LOG, 1),
            _ => signal(bot, "KILL").await,
        }
        api.with(|world| {
            world.faults.clear();
            world.release();
        });
    }

    /// It is half past twelve on another day for all parents; and as a sleeping program notices only in a while, an update of somebody
    /// who is nobody wakes it.
    fn a_prompt_comes_due(&mut self) {
        self.parents.next_noon(&self.faults);
        self.parents.telegram.api.with(|world| {
            let nobody = ChatId(9);
            world.add_user_numbered(nobody, "Niemand", Some("nl"));
            let blocks = world.user(nobody).unwrap().reach != Reach::Blocked;
            world.set_blocked(nobody, blocks).unwrap();
        });
    }

    /// The next process: everybody has their answer, and a prompt that was in doubt did not come again.
    async fn goes_on(&mut self, point: Point, prompts: u32, what: What) -> Child {
        let claimed = match point {
            Point::Claimed => self.parents.claims_in_a_copy(&self.home),
            _ => 0,
        };
        let begun = self.parents.telegram.now();
        let mut bot = self.bot().spawn().unwrap();
        at_work(&self.parents.telegram, &mut bot, begun).await;
        self.parents.all_answered().await;
        if what != What::Prompt {
            return bot;
        }
        let everybody = PARENTS.len() as u32;
        match point {
            Point::Received | Point::Committed | Point::Flushed | Point::Claimed => {
                let deadline = Instant::now() + STARTS_IN;
                while self.parents.prompts() < prompts + everybody - claimed {
                    assert!(Instant::now() < deadline, "{point:?}: prompts stay away");
                    sleep(Duration::from_millis(20)).await;
                }
            }
            Point::Sent | Point::Heard | Point::Marked => {}
        }
        self.faults.quiet_for(A_MOMENT).await;
        let came = self.parents.prompts() - prompts;
        match point {
            Point::Received | Point::Committed | Point::Flushed => assert_eq!(came, everybody),
            // Those whose claim is on disk do not come any more. Which commit has whose claim is a matter of time.
            Point::Claimed => assert_eq!(came, everybody - claimed),
            Point::Sent | Point::Heard | Point::Marked => assert!((1..=everybody).contains(&came)),
        }
        self.parents.prompts_came_once();
        // Whoever is silent for weeks gets fewer.
        for parent in PARENTS {
            self.parents.reply(parent);
        }
        bot
    }
}
