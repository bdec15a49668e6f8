//! Whatever is done to the table is found, by hand or by whoever recomputes hashes without the key.

use sqlx::Executor as _;

use super::super::log_look::{Looked, Wrong};
use super::*;
use crate::sealer::KEY_LEN;
use crate::secret::SecretBytes;

fn sealer(byte: u8) -> Sealer {
    Sealer::new(&SecretBytes::new(vec![byte; KEY_LEN])).unwrap()
}

fn line(number: i64) -> Line {
    Line {
        at: number * 1000,
        day: 19_700_101,
        credential: format!("id-{}", number % 3),
        name: format!("name {number}"),
        kind: (number % 2 == 0).then(|| "oauth".to_owned()),
        what: "copied".to_owned(),
        by: "window".to_owned(),
        facts: "{}".to_owned(),
        ..Line::default()
    }
}

struct Log {
    folder: tempfile::TempDir,
    catalog: Catalog,
}

/// A log of ten entries, the first `sealed` of them sealed.
async fn log(sealed: i64) -> Log {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(folder.path()).await.unwrap();
    let key = sealer(1);
    for number in 1..=10 {
        catalog.append(vec![line(number)], (number <= sealed).then_some(&key)).await.unwrap();
    }
    Log { folder, catalog }
}

impl Log {
    async fn edit(&self, sql: &'static str) {
        self.catalog.pool.execute(sql).await.unwrap();
    }

    async fn wrong(&self) -> Option<Wrong> {
        self.catalog.look_at_log(Some(&sealer(1))).await.unwrap().wrong
    }

    /// Computes all hashes and the head anew, as somebody would who has read the header of this module.
    async fn chain_again(&self) {
        self.edit("UPDATE activity SET hash = NULL").await;
        self.edit("CREATE TABLE kept AS SELECT * FROM meta WHERE key = 'log_seal'").await;
        self.edit("DELETE FROM meta WHERE key LIKE 'log_%'").await;
        self.catalog.adopt_log().await.unwrap();
        self.edit("INSERT INTO meta SELECT * FROM kept; DROP TABLE kept").await;
    }
}

#[tokio::test]
async fn an_untouched_log_is_whole_and_counts_its_entries() {
    let log = log(7).await;
    let looked = log.catalog.look_at_log(Some(&sealer(1))).await.unwrap();
    let since = Some(Timestamp::from_second(1).unwrap());
    assert_eq!(looked, Looked { entries: 10, since, wrong: None, sealed_to: Some(7) });
}

#[tokio::test]
async fn any_change_of_any_column_of_any_entry_is_found() {
    let columns = [
        ("at", "at + 1"),
        ("day", "day + 1"),
        ("credential_id", "credential_id || 'x'"),
        ("name", "name || ' '"),
        ("kind", "CASE WHEN kind IS NULL THEN '' ELSE NULL END"),
        ("provider", "''"),
        ("environment", "'production'"),
        ("what", "'revealed'"),
        ("detail", "'x'"),
        ("asked_by", "'background'"),
        ("process", "'{}'"),
        ("facts", "''"),
        ("failed", "2"),
        ("hash", "zeroblob(32)"),
    ];
    for (column, value) in columns {
        for number in [1, 5, 10] {
            let log = log(0).await;
            let sql = format!("UPDATE activity SET {column} = {value} WHERE id = {number}");
            log.catalog.pool.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
            assert_eq!(log.wrong().await, Some(Wrong::Changed(number)), "{column} of {number}");
        }
    }
}

#[tokio::test]
async fn text_that_moves_from_one_field_to_the_next_is_found() {
    let log = log(0).await;
    log.edit("UPDATE activity SET what = 'cop', detail = 'ied' WHERE id = 4").await;
    assert_eq!(log.wrong().await, Some(Wrong::Changed(4)));
}

#[tokio::test]
async fn removed_swapped_and_added_entries_are_found_and_named() {
    let swap = "UPDATE activity SET id = -1 WHERE id = 4; UPDATE activity SET id = 4 WHERE id = 5; \
                UPDATE activity SET id = 5 WHERE id = -1;";
    let swap_words = "UPDATE activity SET name = CASE id WHEN 4 THEN 'name 5' ELSE 'name 4' END, \
                      at = CASE id WHEN 4 THEN 5000 ELSE 4000 END, \
                      credential_id = CASE id WHEN 4 THEN 'id-2' ELSE 'id-1' END, \
                      kind = CASE id WHEN 4 THEN NULL ELSE 'oauth' END WHERE id IN (4, 5)";
    let add = "INSERT INTO activity (id, credential_id, name, at, what, detail) VALUES (11, '', '', 1, 'copied', '')";
    let edits: [(&'static str, Wrong); 11] = [
        ("DELETE FROM activity WHERE id = 1", Wrong::Removed(1, 1)),
        ("DELETE FROM activity WHERE id IN (5, 6)", Wrong::Removed(5, 6)),
        ("DELETE FROM activity WHERE id = 10", Wrong::EndRemoved(10, 10)),
        ("DELETE FROM activity", Wrong::EndRemoved(1, 10)),
        (swap, Wrong::Swapped(4, 5)),
        (swap_words, Wrong::Swapped(4, 5)),
        (add, Wrong::Foreign(11)),
        ("UPDATE activity SET id = 20 WHERE id = 10", Wrong::Removed(10, 19)),
        ("DELETE FROM meta WHERE key = 'log_head'", Wrong::NoHead),
        ("UPDATE meta SET value = replace(value, ':10,', ':9,') WHERE key = 'log_head'", Wrong::Foreign(10)),
        ("UPDATE activity SET hash = NULL WHERE id = 3", Wrong::Foreign(3)),
    ];
    for (sql, wrong) in edits {
        let log = log(0).await;
        log.edit(sql).await;
        assert_eq!(log.wrong().await, Some(wrong), "{sql}");
        if sql.contains("replace") {
            // The table is whole, so the next entry may put that right.
            continue;
        }
        // What is written afterwards does not heal it, nor does opening the vault.
        log.catalog.append(vec![line(11)], Some(&sealer(1))).await.unwrap();
        log.catalog.adopt_log().await.unwrap();
        assert!(log.wrong().await.is_some(), "{sql} is forgotten");
    }
}

#[tokio::test]
async fn who_makes_all_hashes_anew_is_found_by_the_seal() {
    for (sql, wrong) in [
        ("UPDATE activity SET name = 'x' WHERE id = 2", Wrong::Rewritten(7)),
        ("DELETE FROM activity WHERE id > 6", Wrong::EndRemoved(7, 7)),
    ] {
        let log = log(7).await;
        log.edit(sql).await;
        log.chain_again().await;
        assert_eq!(log.wrong().await, Some(wrong), "{sql}");
    }
    // Without a seal, as the header says, nobody notices.
    let log = log(0).await;
    log.edit("UPDATE activity SET name = 'x' WHERE id = 2").await;
    log.chain_again().await;
    assert_eq!(log.wrong().await, None);
}

#[tokio::test]
async fn a_seal_of_another_key_is_forged_and_without_the_key_it_stays_open() {
    let log = log(10).await;
    assert_eq!(log.catalog.look_at_log(Some(&sealer(2))).await.unwrap().wrong, Some(Wrong::Forged(10)));
    assert_eq!(log.catalog.look_at_log(None).await.unwrap().wrong, None);
}

#[tokio::test]
async fn a_pruned_log_is_whole_and_one_cut_by_hand_is_not() {
    let log = log(10).await;
    let cutoff = Timestamp::from_second(5).unwrap();
    let note = || Line { what: "pruned".to_owned(), at: 11_000, ..line(11) };
    assert_eq!(log.catalog.prune_log(cutoff, note(), None).await.unwrap(), 4);
    let looked = log.catalog.look_at_log(Some(&sealer(1))).await.unwrap();
    assert_eq!((looked.entries, looked.wrong), (7, None));
    // Again and again; the note of the last cut holds.
    assert_eq!(log.catalog.prune_log(cutoff, note(), None).await.unwrap(), 0);
    assert_eq!(log.catalog.prune_log(Timestamp::from_second(7).unwrap(), note(), None).await.unwrap(), 2);
    assert_eq!(log.wrong().await, None);
    log.edit("DELETE FROM activity WHERE id = 7").await;
    assert_eq!(log.wrong().await, Some(Wrong::Removed(7, 7)));
    // As if it had been pruned, anchor and all.
    log.edit(
        "UPDATE meta SET value = (SELECT json_object('number', id, 'hash', lower(hex(hash))) FROM activity \
         WHERE id = 8) WHERE key = 'log_anchor'; DELETE FROM activity WHERE id <= 8",
    )
    .await;
    assert_eq!(log.wrong().await, Some(Wrong::Cut(8)));
}

#[tokio::test]
async fn pruning_cuts_no_entry_that_is_younger_whatever_the_clock_did() {
    let log = log(0).await;
    // The clock was set back before the eighth entry.
    log.edit("UPDATE activity SET at = 100 WHERE id >= 8").await;
    log.chain_again().await;
    let cutoff = Timestamp::from_second(5).unwrap();
    assert_eq!(log.catalog.prune_log(cutoff, line(11), None).await.unwrap(), 4);
    let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM activity").fetch_one(&log.catalog.pool).await.unwrap();
    assert_eq!(left, 7);
}

/// What somebody may do who knows this module, and has no key.
const DECEIVED: [(&str, Wrong); 5] = [
    ("UPDATE activity SET name = 'x' WHERE id = 2", Wrong::Rewritten(10)),
    ("UPDATE activity SET name = 'x' WHERE id = 10", Wrong::Rewritten(10)),
    ("DELETE FROM activity WHERE id = 10", Wrong::EndRemoved(10, 10)),
    (
        "UPDATE activity SET id = -1 WHERE id = 9; UPDATE activity SET id = 9 WHERE id = 10; \
         UPDATE activity SET id = 10 WHERE id = -1",
        Wrong::Rewritten(10),
    ),
    ("UPDATE activity SET id = 11 WHERE id = 10", Wrong::Rewritten(10)),
];

#[tokio::test]
async fn what_is_sealed_later_does_not_make_a_rewritten_log_whole() {
    for (sql, wrong) in DECEIVED {
        let log = log(10).await;
        log.edit(sql).await;
        log.chain_again().await;
        assert_eq!(log.wrong().await, Some(wrong), "{sql}");
        let next = if sql.contains("id = 11") { 12 } else { 11 - i64::from(sql.contains("DELETE")) };
        for number in next..next + 3 {
            log.catalog.append(vec![line(number)], Some(&sealer(1))).await.unwrap();
            assert_eq!(log.wrong().await, Some(Wrong::Broken(next)), "{sql} is forgotten at {number}");
        }
        // Nor does another round.
        log.chain_again().await;
        log.catalog.append(vec![line(20)], Some(&sealer(1))).await.unwrap();
        assert_eq!(log.wrong().await, Some(Wrong::Broken(next)), "{sql} is forgotten");
    }
}

#[tokio::test]
async fn a_break_after_the_seal_is_sealed_as_one_and_stays_when_the_chain_is_mended() {
    let log = log(7).await;
    log.edit("CREATE TABLE before AS SELECT * FROM meta WHERE key = 'log_head'").await;
    log.edit("DELETE FROM meta WHERE key = 'log_head'").await;
    for number in 11..=13 {
        log.catalog.append(vec![line(number)], (number > 11).then_some(&sealer(1))).await.unwrap();
    }
    assert_eq!(log.wrong().await, Some(Wrong::Changed(11)));
    log.edit("DELETE FROM activity WHERE id > 10; DELETE FROM meta WHERE key = 'log_head'").await;
    log.edit("INSERT INTO meta SELECT * FROM before").await;
    assert_eq!(log.wrong().await, Some(Wrong::Broken(12)));
}

#[tokio::test]
async fn a_mark_in_the_seal_can_not_be_taken_out_and_another_seal_is_not_replaced() {
    let log = log(10).await;
    log.edit("UPDATE activity SET name = 'x' WHERE id = 2").await;
    log.chain_again().await;
    log.catalog.append(vec![line(11)], Some(&sealer(1))).await.unwrap();
    log.edit("UPDATE meta SET value = json_remove(value, '$.broken') WHERE key = 'log_seal'").await;
    assert_eq!(log.wrong().await, Some(Wrong::Forged(11)));
    log.catalog.append(vec![line(12)], Some(&sealer(1))).await.unwrap();
    assert_eq!(log.wrong().await, Some(Wrong::Broken(12)));
}

#[tokio::test]
async fn whoever_writes_without_the_key_does_not_break_the_seal() {
    let log = log(3).await;
    log.catalog.append(vec![line(11)], Some(&sealer(1))).await.unwrap();
    log.catalog.append(vec![line(12)], None).await.unwrap();
    log.catalog.append(vec![line(13)], Some(&sealer(1))).await.unwrap();
    let looked = log.catalog.look_at_log(Some(&sealer(1))).await.unwrap();
    assert_eq!((looked.wrong, looked.sealed_to), (None, Some(13)));
}

#[tokio::test]
async fn the_sealed_entry_is_cut_only_by_whoever_can_seal_and_a_cut_hides_no_break() {
    let late = Timestamp::from_second(9).unwrap();
    let note = || Line { what: "pruned".to_owned(), at: 11_000, ..line(11) };
    let here = log(3).await;
    assert_eq!(here.catalog.prune_log(late, note(), None).await.unwrap(), 2);
    assert_eq!(here.wrong().await, None);
    assert_eq!(here.catalog.prune_log(late, note(), Some(&sealer(1))).await.unwrap(), 6);
    let looked = here.catalog.look_at_log(Some(&sealer(1))).await.unwrap();
    assert_eq!((looked.wrong, looked.sealed_to), (None, Some(12)));
    let all = Timestamp::from_second(1000).unwrap();
    assert_eq!(here.catalog.prune_log(all, note(), Some(&sealer(1))).await.unwrap(), 4);
    assert_eq!(here.wrong().await, None);
    // A cut, of which somebody says that it was Fobwatch's.
    here.edit("UPDATE meta SET value = json_set(value, '$.number', 13) WHERE key = 'log_anchor'").await;
    assert!(here.wrong().await.is_some());
    // What was written anew and then is cut for its age.
    let there = log(10).await;
    there.edit("UPDATE activity SET name = 'x' WHERE id = 2").await;
    there.chain_again().await;
    there.catalog.prune_log(late, note(), Some(&sealer(1))).await.unwrap();
    assert_eq!(there.wrong().await, Some(Wrong::Broken(11)));
}

#[tokio::test]
async fn a_beginning_cut_together_with_the_seal_is_found() {
    let log = log(3).await;
    // As if it had been pruned, with a note of it and everything anew.
    log.edit("DELETE FROM activity WHERE id <= 5").await;
    log.chain_again().await;
    let note = Facts { entries: Some(5), up_to: Some(5), hash: Some(hex(&[0; 32])), ..Facts::default() };
    let note = Line { what: "pruned".to_owned(), facts: serde_json::to_string(&note).unwrap(), ..line(11) };
    log.catalog.append(vec![note], None).await.unwrap();
    let mut tx = log.catalog.begin().await.unwrap();
    set_place(&mut tx, ANCHOR, &Place { number: 5, ..Place::start() }).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(log.wrong().await, Some(Wrong::Cut(5)));
    log.catalog.append(vec![line(12)], Some(&sealer(1))).await.unwrap();
    assert_eq!(log.wrong().await, Some(Wrong::Broken(12)));
}

#[tokio::test]
async fn a_log_whose_last_number_is_taken_refuses_an_entry_and_says_whose_that_is() {
    let log = log(10).await;
    log.edit(
        "INSERT INTO activity (id, credential_id, name, at, what, detail) \
         VALUES (9223372036854775807, '', '', 1, 'copied', '')",
    )
    .await;
    assert!(log.catalog.append(vec![line(11)], None).await.is_err());
    assert_eq!(log.wrong().await, Some(Wrong::Foreign(i64::MAX)));
    log.edit("UPDATE meta SET value = '{\"number\":9223372036854775807,\"hash\":\"x\"}' WHERE key LIKE 'log_%'").await;
    log.edit("INSERT INTO meta VALUES ('log_anchor', '{\"number\":9223372036854775807,\"hash\":\"x\"}')").await;
    assert!(log.wrong().await.is_some());
}

#[tokio::test]
async fn several_entries_are_one_transaction_and_one_seal() {
    let log = log(10).await;
    log.catalog.append(vec![], Some(&sealer(1))).await.unwrap();
    log.catalog.append((11..=20).map(line).collect(), Some(&sealer(1))).await.unwrap();
    let looked = log.catalog.look_at_log(Some(&sealer(1))).await.unwrap();
    assert_eq!((looked.entries, looked.wrong, looked.sealed_to), (20, None, Some(20)));
    // The last one can't be written, so none is.
    log.edit("CREATE TRIGGER full BEFORE INSERT ON activity WHEN NEW.id = 23 BEGIN SELECT RAISE(ABORT, 'full'); END")
        .await;
    assert!(log.catalog.append((21..=23).map(line).collect(), None).await.is_err());
    let looked = log.catalog.look_at_log(Some(&sealer(1))).await.unwrap();
    assert_eq!((looked.entries, looked.wrong), (20, None));
}

#[tokio::test]
async fn two_processes_write_one_chain() {
    let log = log(0).await;
    let folder = log.folder.path().to_owned();
    let other = Catalog::open(&folder).await.unwrap();
    let write = |catalog: Catalog| async move {
        for number in 0..20 {
            catalog.append(vec![line(number)], None).await.unwrap();
        }
    };
    tokio::join!(write(log.catalog.clone()), write(other));
    let looked = log.catalog.look_at_log(None).await.unwrap();
    assert_eq!((looked.entries, looked.wrong), (50, None));
}

#[tokio::test]
async fn a_log_from_before_is_chained_once_and_quickly() {
    let log = log(0).await;
    log.edit("DELETE FROM activity; DELETE FROM meta WHERE key LIKE 'log_%'").await;
    log.edit(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
         INSERT INTO activity (credential_id, name, at, what, detail) SELECT 'id', 'name', i, 'copied', '' FROM n",
    )
    .await;
    let started = std::time::Instant::now();
    log.catalog.adopt_log().await.unwrap();
    let took = started.elapsed();
    assert!(took.as_secs() < 60, "{took:?}");
    let looked = log.catalog.look_at_log(None).await.unwrap();
    assert_eq!((looked.entries, looked.wrong), (100_000, None));
    log.edit("UPDATE activity SET detail = 'x' WHERE id = 77777").await;
    log.catalog.adopt_log().await.unwrap();
    assert_eq!(log.wrong().await, Some(Wrong::Changed(77_777)));
}
