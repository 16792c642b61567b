use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[test]
fn due_is_in_order_bounded_and_never_early() {
    let (_, store) = in_memory();
    let half = at(20)
        .checked_add(jiff::SignedDuration::from_millis(500))
        .unwrap();
    let ids: Vec<ParentId> = commit(&store, |draft| {
        [(1, at(30)), (2, at(10)), (3, half)]
            .into_iter()
            .map(|(chat, due)| {
                let id = draft.parent_id(ChatId(chat));
                let mut parent = parent(chat, Some(0));
                parent.planned.as_mut().unwrap().at = due;
                draft.put_parent(id, parent).unwrap();
                id
            })
            .collect()
    });
    assert_eq!(store.next_due().unwrap(), Some(at(10)));
    assert_eq!(store.due(at(9), 9).unwrap(), []);
    assert_eq!(store.due(at(10), 9).unwrap(), [(at(10), ids[1])]);
    // Due half a second after 20, so not before 21.
    assert_eq!(store.due(half, 9).unwrap(), [(at(10), ids[1])]);
    assert_eq!(
        store.due(at(21), 9).unwrap(),
        [(at(10), ids[1]), (at(21), ids[2])]
    );
    assert_eq!(store.due(at(99), 1).unwrap(), [(at(10), ids[1])]);
    assert_eq!(
        store.agenda_page(half, None, 9).unwrap(),
        [(at(21), ids[2]), (at(30), ids[0])]
    );
    assert_eq!(
        store.agenda_page(at(30), None, 9).unwrap(),
        [(at(30), ids[0])]
    );
    assert_eq!(store.agenda_page(at(31), None, 9).unwrap(), []);
}

#[derive(Clone, Debug)]
enum Step {
    Put(i64, Option<i64>),
    Forget(i64),
    Commit,
    Drop,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..6_i64, proptest::option::of(-50..50_i64))
            .prop_map(|(chat, due)| Step::Put(chat, due)),
        2 => (0..6_i64).prop_map(Step::Forget),
        2 => Just(Step::Commit),
        1 => Just(Step::Drop),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// However records come, change and go, the agenda says what they say.
    #[test]
    fn the_agenda_is_in_step_with_the_records(steps in proptest::collection::vec(step(), 1..40)) {
        let (_, store) = in_memory();
        let mut committed: BTreeMap<i64, Option<i64>> = BTreeMap::new();
        let mut drafted = committed.clone();
        let mut draft = store.draft();
        for step in steps {
            match step {
                Step::Put(chat, due) => {
                    let id = draft.parent_id(ChatId(chat));
                    draft.put_parent(id, parent(chat, due)).unwrap();
                    drafted.insert(chat, due);
                }
                Step::Forget(chat) => {
                    let id = draft.parent_id(ChatId(chat));
                    draft.forget(id).unwrap();
                    drafted.remove(&chat);
                }
                Step::Commit => {
                    store.commit(std::mem::replace(&mut draft, store.draft())).unwrap();
                    draft = store.draft();
                    committed = drafted.clone();
                }
                Step::Drop => {
                    draft = store.draft();
                    drafted = committed.clone();
                }
            }
            for chat in 0..6 {
                let id = draft.parent_id(ChatId(chat));
                let expected = drafted.get(&chat).map(|due| parent(chat, *due));
                let found = draft.parent(id).unwrap();
                prop_assert_eq!(found.as_deref(), expected.as_ref());
            }
            let found: BTreeSet<_> = store.due(at(1_000), 99).unwrap().into_iter().collect();
            let expected: BTreeSet<_> = committed
                .iter()
                .filter_map(|(chat, due)| Some((at((*due)?), store.parent_id(ChatId(*chat)))))
                .collect();
            let first = expected.first().map(|(due, _)| *due);
            prop_assert_eq!(found, expected);
            prop_assert_eq!(store.next_due().unwrap(), first);
        }
    }
}
