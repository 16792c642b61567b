//! A disk that is full or may not be written: the bot stays alive, says to whoever writes that it cannot keep it, loses nothing that was
//! confirmed, and keeps all of it as soon as it can.

use std::io::Write;

use rand::RngExt;
use voel_eerst::{library::Text, parent::ChatId};

use super::{
    faults::{A_MOMENT, Faults, LOG, Strike, calls},
    parents::{Parents, chance},
    *,
};

/// Longer than a size class, and less than Telegram's longest message.
const LONG: usize = 3_500;

/// When so many updates wait, nothing is kept any more.
const MOST_WAITING: usize = 30;

/// How long somebody may still hear so then.
const HEARD_IN: Duration = Duration::from_secs(3);

/// Parents, and the bot that they have begun with.
async fn begun(home: &Home, faults: Option<&Faults>, stream: u64) -> (Parents, Child) {
    let parents = Parents::of(Telegram::serve().await, chance(stream));
    let mut bot = home.bot(&parents.telegram);
    if let Some(faults) = faults {
        faults.under(&mut bot);
    }
    let bot = bot.spawn().unwrap();
    parents.begin().await;
    (parents, bot)
}

/// Parents write until one of them hears that nothing can be kept right now; or until what they write waits, because the store fails in between
/// and does not open again.
async fn write_until_it_cannot_be_kept(parents: &mut Parents) {
    let texts = &people::LIBRARY.texts;
    let not_saved = texts.error.not_saved.as_str();
    let since = parents.telegram.now();
    let mut deadline = Instant::now() + HEARD_IN;
    while Instant::now() < deadline {
        let waiting = parents
            .telegram
            .api
            .look(|world| world.updates.unconfirmed());
        if waiting < MOST_WAITING {
            let parent = parents.somebody();
            parents.reply_at_length(parent, LONG);
            deadline = Instant::now() + HEARD_IN;
        }
        sleep(Duration::from_millis(5)).await;
        let heard = parents.telegram.api.look(|world| {
            let mut calls = world.calls().rev().take_while(|call| call.at >= since);
            calls.any(|call| call.params["text"] == not_saved)
        });
        if heard {
            return;
        }
    }
}

/// Waits until this parent hears this sentence after this moment.
async fn hears(parents: &Parents, parent: ChatId, sentence: &Text, since: Duration) {
    let heard = parents.telegram.api.until("a sentence", |world| {
        let mut calls = world.calls().rev().take_while(|call| call.at >= since);
        calls
            .any(|call| {
                call.params["chat_id"] == parent.0 && call.params["text"] == sentence.as_str()
            })
            .then_some(())
    });
    heard.await.unwrap();
}

#[tokio::test]
async fn whoever_writes_when_the_disk_is_full_hears_so_and_hears_when_it_is_kept() {
    let home = Home::new();
    let Some(faults) = Faults::new(home.path("faults")) else {
        return;
    };
    let (mut parents, bot) = begun(&home, Some(&faults), 25).await;
    let texts = &people::LIBRARY.texts.error;
    for _ in 0..rounds().div_ceil(30).min(20) {
        parents.all_answered().await;
        // Then what cannot be written is what the parent wrote, and not word of something that went out before.
        faults.quiet_for(A_MOMENT).await;
        faults.plan(Strike::Fail, calls::WRITE, LOG, 1);
        let since = parents.telegram.now();
        let parent = parents.somebody();
        parents.reply(parent);
        hears(&parents, parent, &texts.not_saved, since).await;
        faults.nothing();
        hears(&parents, parent, &texts.saved_late, since).await;
    }
    parents.all_answered().await;
    end_in_peace(bot).await;
    assert_eq!(parents.look(&home, &home.store()).wrong, [""; 0]);
}

#[tokio::test]
async fn from_any_write_on_the_disk_is_full() {
    let home = Home::new();
    let Some(faults) = Faults::new(home.path("faults")) else {
        return;
    };
    let (mut parents, bot) = begun(&home, Some(&faults), 21).await;
    let rounds = rounds().div_ceil(30).min(60);
    for _ in 0..rounds {
        let writes = calls::WRITE | calls::NEW | calls::LENGTH;
        let number = parents.chance.random_range(1..12);
        faults.plan(Strike::Fail, writes, "voel-eerst-data/", number);
        write_until_it_cannot_be_kept(&mut parents).await;
        let looked = parents.look_at_a_copy(&home, &home.store());
        assert_eq!(looked.wrong, [""; 0], "from write {number} on");
        faults.nothing();
        parents.all_answered().await;
    }
    end_in_peace(bot).await;
    assert_eq!(parents.look(&home, &home.store()).wrong, [""; 0]);
    say(format_args!("the disk was full {rounds} times"));
}

#[tokio::test]
async fn a_file_may_grow_no_further() {
    let home = Home::new();
    let (mut parents, bot) = begun(&home, None, 22).await;
    end_in_peace(bot).await;
    let begun = parents.telegram.now();
    // Without the trap, the signal that comes with it would end the program.
    let limited = "trap '' XFSZ; ulimit -f 2100; exec \"$0\"";
    let mut bot = within(&home, &parents, "sh", &["-c", limited])
        .spawn()
        .unwrap();
    at_work(&parents.telegram, &mut bot, begun).await;
    write_until_it_cannot_be_kept(&mut parents).await;
    bot.kill().await.unwrap();
    let looked = parents.look_at_a_copy(&home, &home.store());
    assert_eq!(looked.wrong, [""; 0]);

    let begun = parents.telegram.now();
    let mut bot = home.bot(&parents.telegram).spawn().unwrap();
    at_work(&parents.telegram, &mut bot, begun).await;
    parents.all_answered().await;
    end_in_peace(bot).await;
    assert_eq!(parents.look(&home, &home.store()).wrong, [""; 0]);
}

#[tokio::test]
async fn a_small_disk_is_full_and_gets_room_again() {
    let home = Home::new();
    fs::create_dir(home.store()).unwrap();
    let parents = Parents::of(Telegram::serve().await, chance(23));
    let mounted = format!(
        "mount -t tmpfs -o size=6m,mode=700 tmpfs '{}' && exec \"$0\"",
        home.store().display()
    );
    let began = parents.telegram.now();
    let Some(mut bot) = in_mounts_of_its_own(&home, &parents, &mounted).await else {
        return;
    };
    let mut parents = parents;
    at_work(&parents.telegram, &mut bot, began).await;
    parents.begin().await;
    // What is mounted is seen through the program alone.
    let inside = PathBuf::from(format!(
        "/proc/{}/root{}",
        bot.id().unwrap(),
        home.store().display()
    ));
    let ballast = inside.join("ballast");
    let mut file = fs::File::create(&ballast).unwrap();
    while file.write_all(&[1; 4_096]).is_ok() {}
    // While it is open, its room is not given back.
    drop(file);
    write_until_it_cannot_be_kept(&mut parents).await;
    fs::remove_file(ballast).unwrap();
    parents.all_answered().await;
    // A copy of files that are being written is no store.
    signal(&bot, "STOP").await;
    assert_eq!(parents.look_at_a_copy(&home, &inside).wrong, [""; 0]);
    signal(&bot, "CONT").await;
    end_in_peace(bot).await;
}

#[tokio::test]
async fn a_folder_that_can_only_be_read_is_refused_and_left_alone() {
    let home = Home::new();
    let (mut parents, bot) = begun(&home, None, 24).await;
    let parent = parents.somebody();
    parents.reply(parent);
    parents.all_answered().await;
    end_in_peace(bot).await;
    let before = files(&home.store());
    let store = home.store().display().to_string();
    let only_read = format!(
        "mount --bind '{store}' '{store}' && mount -o remount,ro,bind '{store}' && exec \"$0\""
    );
    let Some(bot) = in_mounts_of_its_own(&home, &parents, &only_read).await else {
        return;
    };
    let ended = ended(bot).await;
    let sentence = ended.refusal();
    assert!(
        sentence.starts_with("cannot ")
            && sentence.ends_with("Read-only file system (os error 30)"),
        "{sentence}"
    );
    assert!(files(&home.store()) == before);
    assert_eq!(parents.look(&home, &home.store()).wrong, [""; 0]);
}

/// The bot, started by another program that has its path as its last argument.
fn within(home: &Home, parents: &Parents, program: &str, args: &[&str]) -> Command {
    let bot = home.bot(&parents.telegram);
    let bot = bot.as_std();
    let mut command = Command::new(program);
    command
        .args(args)
        .arg(bot.get_program())
        .current_dir(home.0.path())
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .envs(
            bot.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// The bot behind a script that mounts something which only the bot sees; `None`, said in one line, where nobody may do that.
async fn in_mounts_of_its_own(home: &Home, parents: &Parents, script: &str) -> Option<Child> {
    let mut unshare = Command::new("unshare");
    let may = unshare.args(["-m", "true"]).output().await;
    if !may.is_ok_and(|done| done.status.success()) {
        say(format_args!(
            "without mounts of its own: only root can make them"
        ));
        return None;
    }
    let script = ["-m", "sh", "-c", script];
    Some(within(home, parents, "unshare", &script).spawn().unwrap())
}
