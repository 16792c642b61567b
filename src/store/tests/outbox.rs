use super::*;

#[test]
fn the_outbox_keeps_its_order_its_claims_and_its_numbers() {
    let (disk, store) = in_memory();
    let (a, first) = write_parent(&store, 7);
    let (_, second) = write_parent(&store, 8);
    let third = commit(&store, |draft| {
        draft.claim(second).unwrap();
        draft.queue(a, ChatId(7), &message("derde")).unwrap()
    });
    assert!(first < second && second < third);
    let claims = |store: &Store| {
        store
            .outbox()
            .unwrap()
            .pending
            .iter()
            .map(|pending| (pending.seq, pending.claimed))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        claims(&store),
        [(first, false), (second, true), (third, false)]
    );

    commit(&store, |draft| {
        draft.unclaim(second);
        draft.unclaim(third);
    });
    assert_eq!(
        claims(&store),
        [(first, false), (second, false), (third, false)]
    );
    commit(&store, |draft| draft.claim(second).unwrap());

    commit(&store, |draft| {
        draft.unqueue(second).unwrap();
        draft.claim(second).unwrap();
        draft.unqueue(third).unwrap();
    });
    assert_eq!(claims(&store), [(first, false)]);
    let fourth = commit(&store, |draft| {
        draft.queue(a, ChatId(7), &message("vierde")).unwrap()
    });
    assert!(third < fourth);

    let again = Store::in_memory(&disk, &secret()).unwrap();
    assert_eq!(claims(&again), [(first, false), (fourth, false)]);
}

#[test]
fn an_outgoing_message_that_does_not_open_holds_up_nobody() {
    let (disk, store) = in_memory();
    let (_, first) = write_parent(&store, 7);
    let (_, second) = write_parent(&store, 8);
    let key = layout::outgoing(first);
    let mut row = disk.get(&key).unwrap().unwrap();
    *row.last_mut().unwrap() ^= 1;
    let mut batch = engine::Batch::default();
    batch.put(key, row);
    disk.commit(&batch).unwrap();

    let outbox = store.outbox().unwrap();
    assert_eq!(outbox.pending.len(), 1);
    assert_eq!(outbox.pending[0].seq, second);
    assert_eq!(outbox.unreadable.len(), 1);
    assert_eq!(outbox.unreadable[0].0, first);
    commit(&store, |draft| assert!(draft.unqueue(first).unwrap()));
    assert_eq!(store.outbox().unwrap().unreadable, []);
}

#[test]
fn an_outbox_of_many_rows_is_read_and_searched_whole() {
    let (_, store) = in_memory();
    let (a, _) = write_parent(&store, 7);
    let (b, _) = write_parent(&store, 8);
    commit(&store, |draft| {
        for _ in 0..300 {
            draft.queue(a, ChatId(7), &message("a")).unwrap();
            draft.queue(b, ChatId(8), &message("b")).unwrap();
        }
    });
    let pending = store.outbox().unwrap().pending;
    assert_eq!(pending.len(), 602);
    assert!(pending.is_sorted_by_key(|pending| pending.seq));
    commit(&store, |draft| draft.forget(a).unwrap());
    assert_eq!(store.outbox().unwrap().pending.len(), 301);
}
