//! The order and the bounds of the queue.

use std::collections::HashSet;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

/// A login of `host` that has been due for a second at time 0 and whose token ends then.
fn due(host: &str, ends: i64) -> Due {
    Due { id: CredentialId::random(), host: host.to_owned(), since: at(-1), ends_at: Some(at(ends)), failed: false }
}

fn many(count: usize, host: impl Fn(usize) -> String, ends: impl Fn(usize) -> i64) -> Vec<Due> {
    (0..count).map(|n| due(&host(n), ends(n))).collect()
}

fn filled(due: &[Due]) -> Queue {
    let mut queue = Queue::default();
    queue.fill(due.to_vec(), at(0));
    queue
}

/// Takes all that may start at `now`.
fn all(queue: &mut Queue, now: Timestamp) -> Vec<CredentialId> {
    std::iter::from_fn(|| queue.take(now)).collect()
}

#[test]
fn the_token_that_ends_first_is_renewed_first() {
    let logins = [due("a", 90), due("b", 20), due("c", 300), due("d", 50)];
    let order = all(&mut filled(&logins), at(0));
    assert_eq!(order, [1, 3, 0, 2].map(|n| logins[n].id));
}

#[test]
fn a_token_that_still_lives_goes_before_one_that_has_ended_and_before_one_that_failed() {
    let failed = Due { failed: true, ..due("a", 10) };
    let logins = [failed, due("b", -5), due("c", 280)];
    let order = all(&mut filled(&logins), at(250).min(at(1)));
    assert_eq!(order[0], logins[2].id);
    assert_eq!(order.len(), 3, "three have places");
}

#[test]
fn no_more_than_the_places_are_taken_in_all_and_at_one_host() {
    let mut queue = filled(&many(100, |n| format!("host {n}"), |_| 60));
    assert_eq!(all(&mut queue, at(0)).len(), IN_FLIGHT);
    let mut queue = filled(&many(100, |_| "one".to_owned(), |_| 60));
    let started = all(&mut queue, at(0));
    assert_eq!(started.len(), PER_HOST);
    queue.landed(started[0], Landed::Answered, at(0));
    assert_eq!(all(&mut queue, at(0)).len(), 1, "a landing makes room for one");
}

#[test]
fn a_full_host_does_not_hold_up_the_ones_behind_it() {
    let mut logins = many(100, |_| "busy".to_owned(), |_| 30);
    logins.push(due("idle", 200));
    let started = all(&mut filled(&logins), at(0));
    assert!(started.contains(&logins[100].id), "{started:?}");
}

#[test]
fn a_login_is_never_running_twice() {
    let logins = [due("a", 60)];
    let mut queue = filled(&logins);
    let started = all(&mut queue, at(0));
    queue.fill(logins.to_vec(), at(1));
    assert_eq!((started.len(), all(&mut queue, at(1)).len()), (1, 0));
}

#[test]
fn a_silent_host_is_asked_by_one_at_a_time_with_growing_pauses() {
    let mut queue = filled(&many(50, |_| "down".to_owned(), |_| 3000));
    let mut now = at(0);
    for id in all(&mut queue, now) {
        queue.landed(id, Landed::Silent, now);
    }
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let wakes = queue.wakes_at(now).unwrap();
        assert_eq!(queue.take(wakes.checked_sub(SignedDuration::from_millis(1)).unwrap()), None);
        pauses.push(wakes.duration_since(now).as_millis());
        now = wakes;
        let probes = all(&mut queue, now);
        assert_eq!(probes.len(), 1);
        queue.landed(probes[0], Landed::Silent, now);
    }
    assert!(pauses[0] <= 2_000 && (30_000..=60_000).contains(&pauses[7]), "{pauses:?}");
    now = queue.wakes_at(now).unwrap();
    let probe = queue.take(now).unwrap();
    queue.landed(probe, Landed::Answered, now);
    assert_eq!(all(&mut queue, now).len(), PER_HOST, "it answers again");
}

#[test]
fn silent_hosts_leave_places_to_those_that_answer() {
    let down = many(400, |n| format!("down {}", n % 40), |_| 3000);
    let mut queue = filled(&down);
    let mut now = at(0);
    for _ in 0..20 {
        for id in all(&mut queue, now) {
            queue.landed(id, Landed::Silent, now);
        }
        now = after(now, SignedDuration::from_secs(61));
    }
    assert_eq!(all(&mut queue, now).len(), AT_SILENT_HOSTS);
    let good = many(30, |n| format!("up {n}"), |_| 3500);
    queue.fill(down.iter().chain(&good).cloned().collect(), now);
    assert_eq!(all(&mut queue, now).len(), IN_FLIGHT - AT_SILENT_HOSTS);
}

#[test]
fn after_a_night_what_has_ended_is_spread_and_none_waits_longer_than_the_bound() {
    let logins = many(10_000, |n| format!("host {}", n % 10), |_| -3600);
    let mut queue = filled(&logins);
    let mut started = HashSet::new();
    let mut most = 0;
    for second in 0..=300 {
        let mut in_this = 0;
        loop {
            let now = all(&mut queue, at(second));
            if now.is_empty() {
                break;
            }
            in_this += now.len();
            for id in now {
                started.insert(id);
                queue.landed(id, Landed::Answered, at(second));
            }
        }
        most = most.max(in_this);
    }
    assert_eq!(started.len(), 10_000, "all within {SPREAD:?}");
    // 10 hosts at 4 a second on average; 250 s.
    assert!(most < 90, "{most} in one second");
}

#[test]
fn few_that_have_ended_do_not_wait_for_minutes() {
    let mut queue = filled(&many(8, |_| "a".to_owned(), |_| -60));
    let mut started = 0;
    for id in all(&mut queue, at(2)) {
        started += 1;
        queue.landed(id, Landed::Answered, at(2));
    }
    assert!(started >= PER_HOST, "{started}");
}

#[test]
fn a_second_look_does_not_put_anybody_off_again() {
    let logins = many(5_000, |_| "a".to_owned(), |_| -60);
    let mut queue = filled(&logins);
    let first = queue.wakes_at(at(0));
    for _ in 0..5 {
        queue.fill(logins.clone(), at(0));
    }
    assert_eq!(queue.wakes_at(at(0)), first);
    queue.fill(logins, at(301));
    assert_eq!(all(&mut queue, at(301)).len(), PER_HOST);
}

#[test]
fn while_the_keychain_does_not_work_one_login_looks_whether_it_does_again() {
    let mut queue = filled(&many(100, |n| format!("host {n}"), |_| 60));
    for id in all(&mut queue, at(0)) {
        queue.landed(id, Landed::KeychainFailed, at(0));
    }
    assert_eq!((queue.take(at(14)), queue.wakes_at(at(14))), (None, Some(at(15))));
    let tries = all(&mut queue, at(15));
    assert_eq!(tries.len(), 1);
    queue.landed(tries[0], Landed::Answered, at(15));
    assert_eq!(all(&mut queue, at(15)).len(), IN_FLIGHT);
}

#[test]
fn a_login_for_which_nobody_was_asked_says_nothing_of_its_host_or_the_keychain() {
    let one_host = |_| "a".to_owned();
    let own_host = |n| format!("host {n}");
    for (logins, failure, again) in [
        (many(40, one_host, |_| 60), Landed::Silent, PER_HOST),
        (many(40, own_host, |_| 60), Landed::KeychainFailed, IN_FLIGHT),
    ] {
        let mut queue = filled(&logins);
        let first = all(&mut queue, at(0));
        queue.landed(first[0], failure, at(0));
        for id in &first[1..] {
            queue.landed(*id, Landed::NotAsked, at(0));
        }
        assert_eq!(queue.take(at(0)), None, "{failure:?}");
        // Then one tries; if it does not come to that, the next one does.
        for _ in 0..2 {
            let tries = all(&mut queue, at(15));
            assert_eq!(tries.len(), 1, "{failure:?}");
            queue.landed(tries[0], Landed::NotAsked, at(15));
        }
        let tries = all(&mut queue, at(15));
        queue.landed(tries[0], Landed::Answered, at(15));
        assert_eq!(all(&mut queue, at(15)).len(), again, "{failure:?}");
    }
}

#[test]
fn a_queue_that_can_only_wait_for_a_landing_does_not_wake_by_time() {
    let mut queue = filled(&many(100, |_| "one".to_owned(), |_| 60));
    assert_eq!(all(&mut queue, at(0)).len(), PER_HOST);
    assert_eq!(queue.wakes_at(at(0)), None);
    assert_eq!(Queue::default().wakes_at(at(0)), None);
}

#[test]
fn a_clock_that_is_set_back_leaves_no_time_of_before() {
    let logins = many(100, |_| "a".to_owned(), |_| -60);
    let mut queue = filled(&logins);
    let one = loop {
        if let Some(id) = queue.take(at(30)) {
            break id;
        }
    };
    queue.landed(one, Landed::Silent, at(30));
    queue.clock_was_set();
    let years_ago = at(-10 * 31_536_000);
    let living: Vec<Due> = logins.into_iter().map(|one| Due { ends_at: Some(at(0)), ..one }).collect();
    queue.fill(living, years_ago);
    assert_eq!(all(&mut queue, years_ago).len(), PER_HOST);
}
