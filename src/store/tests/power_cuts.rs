//! The power goes at every write there is.

use super::*;

type Step = fn(&mut Draft);

fn id(draft: &Draft, chat: i64) -> ParentId {
    draft.parent_id(ChatId(chat))
}

fn write(draft: &mut Draft, chat: i64, due: Option<i64>, number: u32, text: &str) {
    let id = id(draft, chat);
    draft.put_parent(id, parent(chat, due)).unwrap();
    draft
        .apply(id, &[JournalChange::Put(entry(number, &[text]))])
        .unwrap();
    draft.queue(id, ChatId(chat), &message(text)).unwrap();
}

/// A small life: parents come, write, are forgotten, and come back.
const STEPS: [Step; 6] = [
    |draft| write(draft, 1, Some(10), 1, "een"),
    |draft| {
        write(draft, 2, None, 1, "twee");
        write(draft, 1, Some(20), 2, "drie");
        draft.mark(5).unwrap();
    },
    |draft| {
        let id = id(draft, 1);
        draft.forget(id).unwrap();
    },
    |draft| write(draft, 3, Some(5), 1, "vier"),
    |draft| {
        let id = id(draft, 2);
        draft.forget(id).unwrap();
        write(draft, 2, Some(7), 1, "vijf");
    },
    |draft| write(draft, 1, None, 1, "zes"),
];

/// Everything that can be read.
fn state(store: &Store) -> Vec<String> {
    let mut draft = store.draft();
    let mut lines = vec![format!("{:?}", draft.seen(5).unwrap())];
    let outbox = store.outbox().unwrap();
    for chat in 1..4 {
        let id = id(&draft, chat);
        let record = draft.parent(id).unwrap();
        if record.is_some() {
            let due = store.due(at(99), 9).unwrap();
            let due = due.iter().find(|(_, whose)| *whose == id);
            lines.push(format!("{chat} {record:?} {due:?}"));
        }
        for Entry { id, parts, .. } in entries(&draft, id) {
            lines.push(format!("{chat} {} {}", id.0, parts[0].words.reveal()));
        }
        for pending in outbox.pending.iter().filter(|pending| pending.parent == id) {
            lines.push(format!("{chat} {:?}", pending.seq));
        }
    }
    lines
}

/// The states after 0, 1, 2, … steps, and how many writes all of them take.
fn lived_undisturbed() -> (Vec<Vec<String>>, u64) {
    let (disk, store) = in_memory();
    disk.crash_at(CrashPoint::Before(u64::MAX));
    let mut states = vec![state(&store)];
    for step in STEPS {
        commit(&store, step);
        states.push(state(&store));
    }
    (states, disk.writes())
}

#[test]
fn a_power_cut_leaves_all_of_a_commit_or_nothing() {
    let (states, writes) = lived_undisturbed();
    assert_eq!(
        writes, 15,
        "six commits, each of which changes the keyring first; two are in the log of erasures before, which the first of them makes"
    );
    for write in 1..=writes {
        for point in [CrashPoint::Before(write), CrashPoint::After(write)] {
            let (disk, store) = in_memory();
            disk.crash_at(point);
            let mut confirmed = 0;
            for step in STEPS {
                let mut draft = store.draft();
                step(&mut draft);
                if let Err(error) = store.commit(draft) {
                    assert!(matches!(error, CommitError::Broken(_)), "{error}");
                    break;
                }
                confirmed += 1;
            }
            assert!(disk.is_down() && confirmed < STEPS.len(), "{point:?}");
            disk.restore_power();
            assert!(matches!(
                store.commit(marked(&store)),
                Err(CommitError::Broken(_))
            ));

            let store = Store::in_memory(&disk, &secret()).unwrap();
            let found = state(&store);
            // Between its two writes, forgetting has destroyed the key and nothing else: the parent is gone, as it will be.
            let half = states[confirmed]
                .iter()
                .filter(|line| !(confirmed == 4 && line.starts_with('2')))
                .cloned()
                .collect::<Vec<_>>();
            assert!(
                found == states[confirmed] || found == states[confirmed + 1] || found == half,
                "{point:?}: {found:#?}"
            );

            // Life goes on from there: what was not confirmed comes once more.
            for step in &STEPS[confirmed..] {
                commit(&store, step);
            }
            let without_numbers = |lines: &[String]| {
                lines
                    .iter()
                    .filter(|line| !line.contains("Seq"))
                    .cloned()
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                without_numbers(&state(&store)),
                without_numbers(&states[STEPS.len()]),
                "{point:?}"
            );
        }
    }
}

fn marked(store: &Store) -> Draft {
    let mut draft = store.draft();
    draft.mark(1).unwrap();
    draft
}
