use super::*;
use crate::conversation::{JournalChange, MessageRef};

#[test]
fn what_was_committed_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let seq = {
        let store = Store::open(dir.path(), &secret()).unwrap();
        commit(&store, |draft| {
            let id = draft.parent_id(ChatId(7));
            draft.put_parent(id, &parent(7, Some(10))).unwrap();
            draft
                .apply(
                    id,
                    &[
                        JournalChange::Put(entry(1, &["rust"])),
                        JournalChange::Link(MessageId(1), MessageRef::Part(EntryId(1))),
                    ],
                )
                .unwrap();
            draft.mark(41).unwrap();
            draft.set_time(at(3)).unwrap();
            draft.queue(id, ChatId(7), &message("dag")).unwrap()
        })
    };

    let store = Store::open(dir.path(), &secret()).unwrap();
    let mut draft = store.draft();
    let id = draft.parent_id(ChatId(7));
    assert_eq!(draft.parent(id).unwrap(), Some(parent(7, Some(10))));
    let journal = draft.journal(id).unwrap();
    assert_eq!(journal.older(None, 9).unwrap(), [entry(1, &["rust"])]);
    assert_eq!(
        journal.message(MessageId(1)).unwrap(),
        Some(MessageRef::Part(EntryId(1)))
    );
    assert!(draft.seen(41).unwrap() && !draft.seen(42).unwrap());
    assert_eq!(store.time().unwrap(), Some(at(3)));
    assert_eq!(store.due(at(10), 9).unwrap(), [(at(10), id)]);
    let pending = Pending {
        seq,
        parent: id,
        chat: ChatId(7),
        outgoing: message("dag"),
        claimed: false,
    };
    assert_eq!(store.outbox().unwrap().pending, [pending]);
}
