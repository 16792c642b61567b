//! What the bot does for its store while parents write.

use std::{fs, path::Path, time::Duration};

use voel_eerst::store::OpenError;

use crate::world::{Disk, Setup, World};

/// The epoch that a keyring is of, as its header says.
fn epoch_of(keyring: &[u8]) -> u64 {
    u64::from_be_bytes(keyring[16..24].try_into().unwrap())
}

#[tokio::test]
async fn within_a_day_a_copy_of_the_keyring_is_worth_nothing() {
    let disk = Disk::folder();
    let mut world = World::with(Setup {
        disk: disk.clone(),
        ..Setup::default()
    })
    .await;
    let keyring = disk.path().join("keyring");
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Ik haalde adem.");
    anna.expects_heart(note).await;
    world.settle().await;
    let copy = fs::read(&keyring).unwrap();

    for _ in 0..24 {
        world.clock.advance(Duration::from_secs(3_600));
        world.settle().await;
    }
    anna.reads_all();
    assert!(epoch_of(&fs::read(&keyring).unwrap()) > epoch_of(&copy));
    world.stop().await;
    let now = fs::read(&keyring).unwrap();
    assert_eq!(world.words_of(&anna), [["Ik haalde adem."]]);

    // In the place of today's, yesterday's keyring opens nothing, with the same root secret.
    put(&keyring, &copy);
    assert!(matches!(world.try_store(), Err(OpenError::Damaged { .. })));
    put(&keyring, &now);
    world.start();
    world.finish().await;
}

/// Writes the file, and lets go of what the last run noted about it.
fn put(keyring: &Path, bytes: &[u8]) {
    fs::write(keyring, bytes).unwrap();
    let _ = fs::remove_file(keyring.with_file_name("mark"));
}

#[tokio::test]
async fn upkeep_that_cannot_be_done_is_put_off_and_nobody_notices() {
    let disk = Disk::folder();
    let mut world = World::with(Setup {
        disk: disk.clone(),
        ..Setup::default()
    })
    .await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    let keyring = disk.path().join("keyring");
    let epoch = epoch_of(&fs::read(&keyring).unwrap());
    // Something stands where the new keyring would be written.
    let in_the_way = disk.path().join("keyring.next");
    fs::create_dir(&in_the_way).unwrap();
    for _ in 0..14 {
        world.clock.advance(Duration::from_secs(3_600));
        world.settle().await;
    }
    assert_eq!(epoch_of(&fs::read(&keyring).unwrap()), epoch);
    anna.reads_all();
    let note = anna.says("Ik haalde adem.");
    anna.expects_heart(note).await;
    world.settle().await;

    fs::remove_dir(&in_the_way).unwrap();
    for _ in 0..2 {
        world.clock.advance(Duration::from_secs(3_600));
        world.settle().await;
    }
    assert_eq!(epoch_of(&fs::read(&keyring).unwrap()), epoch + 1);
    anna.reads_all();
    world.finish().await;
}
