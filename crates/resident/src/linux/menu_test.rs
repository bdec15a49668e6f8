//! What a host of icons is told of the menu.

use super::*;

fn line(id: &str, text: &str, shape: Shape) -> Line {
    Line { id: id.to_owned(), text: text.to_owned(), gauge: None, keys: String::new(), shape }
}

#[test]
fn a_line_keeps_its_number_wherever_it_goes() {
    let choice = |id: &str| line(id, id, Shape::Choice);
    let menu = Menu::new(&[choice("a"), choice("b"), choice("quit")]);
    assert!(matches!(menu.become_like(&[choice("b"), choice("c"), choice("quit")]), Some(Change::Layout(2))));
    let inner = menu.lock();
    assert_eq!(inner.id_of(1).as_deref(), Some("a"), "a click on what just went is still a click on it");
    assert_eq!(["b", "quit", "c"].map(|id| inner.numbers[id]), [2, 3, 4]);
    assert_eq!([ROOT, -1, 5, i32::MAX].map(|number| inner.id_of(number)), [const { None }; 4]);
}

#[test]
fn a_text_alone_is_told_as_a_text() {
    let group = |text: &str| line("g", "Needs attention (1)", Shape::Group(vec![line("show:x", text, Shape::Choice)]));
    let menu = Menu::new(&[group("5 min")]);
    assert!(menu.become_like(&[group("5 min")]).is_none());
    let Some(Change::Texts(changed)) = menu.become_like(&[group("4 min")]) else { panic!("the layout is the same") };
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].0, 2);
    assert_eq!(changed[0].1["label"], OwnedValue::from(Str::from("4 min")));
}

#[test]
fn a_name_keeps_its_underscores_and_gets_no_shortcut() {
    let shown = properties(&line("copy:1", "api_key & more", Shape::Choice));
    assert_eq!(shown["label"], OwnedValue::from(Str::from("api__key & more")));
}

#[test]
fn keys_are_told_in_the_words_of_the_standard_and_a_change_of_them_as_well() {
    let with = |keys: &str| [Line { keys: keys.to_owned(), ..line("palette", "Copy another…", Shape::Choice) }];
    let menu = Menu::new(&with("Ctrl+Alt+K"));
    let Some(Change::Texts(changed)) = menu.become_like(&with("Ctrl+Shift+F5")) else {
        panic!("the layout is the same")
    };
    let keys = Vec::<Vec<String>>::try_from(changed[0].1["shortcut"].clone()).unwrap();
    assert_eq!(keys, [["Control", "Shift", "F5"]]);
    // A property that goes away would have to be told as such.
    assert!(matches!(menu.become_like(&with("")), Some(Change::Layout(3))));
    assert!(!properties(&with("")[0]).contains_key("shortcut"));
}

#[test]
fn a_gauge_comes_as_a_picture_and_another_one_is_told_as_a_text_is() {
    let with = |gauge| [Line { gauge: Some(gauge), ..line("copy:1", "Payments", Shape::Choice) }];
    let menu = Menu::new(&with(Gauge::Left(50)));
    let Some(Change::Texts(changed)) = menu.become_like(&with(Gauge::Triangle)) else {
        panic!("the layout is the same")
    };
    let bytes = Vec::<u8>::try_from(changed[0].1["icon-data"].clone()).unwrap();
    assert!(bytes.starts_with(b"\x89PNG"));
    // A property that goes away would have to be told as such.
    assert!(matches!(menu.become_like(&[line("copy:1", "Payments", Shape::Choice)]), Some(Change::Layout(3))));
}
