//! Every file of the corpora through the function of its target, so that each build guards what fuzzing has found.

use std::path::Path;

use super::*;

#[test]
fn every_file_of_the_corpora_keeps_the_promises_of_its_target() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, target) in TARGETS {
        let mut count = 0;
        for file in std::fs::read_dir(corpora.join(name)).unwrap() {
            let path = file.unwrap().path();
            let input = std::fs::read(&path).unwrap();
            let outcome = std::panic::catch_unwind(|| target(&input));
            assert!(outcome.is_ok(), "{} breaks a promise", path.display());
            count += 1;
        }
        assert!(count >= 5, "the corpus of {name} has only {count} files");
    }
}

#[test]
fn every_corpus_has_its_target_and_all_are_small() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let (mut files, mut bytes) = (0, 0);
    for corpus in std::fs::read_dir(corpora).unwrap() {
        let path = corpus.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(TARGETS.iter().any(|(target, _)| *target == name), "{name} is no target");
        for file in std::fs::read_dir(&path).unwrap() {
            files += 1;
            bytes += file.unwrap().metadata().unwrap().len();
        }
    }
    assert!(files < 200 && bytes < 500 * 1024, "{files} files, {bytes} bytes");
}
