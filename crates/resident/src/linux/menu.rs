//! The menu of the tray icon, as hosts read it (`com.canonical.dbusmenu`).
//!
//! A host remembers the numbers of the lines that it was shown. So a line has its number for as long as the program runs:
//! a click on what stood there a moment ago is never another line's, and never lost.

#![expect(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interface's macro dictates the signatures"
)]

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use png::{ColorType, Encoder};
use zbus::object_server::{ResponseDispatchNotifier, SignalEmitter};
use zbus::zvariant::{OwnedValue, Str, StructureBuilder, Value};
use zbus::{Connection, fdo, interface};

use crate::gauge::{EDGE, Gauge};
use crate::tray_menu::{Line, Shape};
use crate::{Host, own, tray};

/// The number of the menu itself.
const ROOT: i32 = 0;

type Properties = HashMap<String, OwnedValue>;

/// The menu. Clones share it.
#[derive(Clone)]
pub(super) struct Menu(Arc<Mutex<Inner>>);

struct Inner {
    lines: Vec<Line>,
    /// The numbers of all lines that were ever shown, by their ids.
    numbers: HashMap<String, i32>,
    /// The ids, by their numbers less one.
    ids: Vec<String>,
    revision: u32,
}

/// What a host must be told of a change.
pub(super) enum Change {
    /// Lines came, went or moved.
    Layout(u32),
    /// These say something else now.
    Texts(Vec<(i32, Properties)>),
}

impl Change {
    pub(super) async fn tell(self, bus: &Connection, path: &str) -> zbus::Result<()> {
        let menu = bus.object_server().interface::<_, Served>(path).await?;
        match self {
            Self::Layout(revision) => Served::layout_updated(menu.signal_emitter(), revision, ROOT).await,
            Self::Texts(changed) => Served::items_properties_updated(menu.signal_emitter(), changed, Vec::new()).await,
        }
    }
}

impl Menu {
    pub(super) fn new(lines: &[Line]) -> Self {
        let inner = Inner { lines: Vec::new(), numbers: HashMap::new(), ids: Vec::new(), revision: 0 };
        let menu = Self(Arc::new(Mutex::new(inner)));
        menu.become_like(lines);
        menu
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the menu hold exactly these lines; tells what differs.
    pub(super) fn become_like(&self, lines: &[Line]) -> Option<Change> {
        let mut inner = self.lock();
        if inner.lines == lines {
            return None;
        }
        inner.number(lines);
        let moved = !same_places(&inner.lines, lines);
        let before = std::mem::replace(&mut inner.lines, lines.to_vec());
        inner.revision += 1;
        if moved {
            return Some(Change::Layout(inner.revision));
        }
        let mut changed = Vec::new();
        inner.texts(&before, lines, &mut changed);
        Some(Change::Texts(changed))
    }
}

/// Tells whether the same lines stand in the same places, whatever they say.
fn same_places(before: &[Line], after: &[Line]) -> bool {
    before.len() == after.len()
        && before.iter().zip(after).all(|(before, after)| {
            before.id == after.id
                && before.gauge.is_some() == after.gauge.is_some()
                && before.keys.is_empty() == after.keys.is_empty()
                && match (&before.shape, &after.shape) {
                    (Shape::Group(before), Shape::Group(after)) => same_places(before, after),
                    (before, after) => before == after,
                }
        })
}

impl Inner {
    fn number(&mut self, lines: &[Line]) {
        for line in lines {
            if !self.numbers.contains_key(&line.id) {
                self.ids.push(line.id.clone());
                let number = i32::try_from(self.ids.len()).unwrap_or(i32::MAX);
                self.numbers.insert(line.id.clone(), number);
            }
            if let Shape::Group(inside) = &line.shape {
                self.number(inside);
            }
        }
    }

    fn number_of(&self, line: &Line) -> i32 {
        self.numbers.get(&line.id).copied().unwrap_or_default()
    }

    fn id_of(&self, number: i32) -> Option<String> {
        let at = usize::try_from(number).unwrap_or_default();
        self.ids.get(at.checked_sub(1)?).cloned()
    }

    fn texts(&self, before: &[Line], after: &[Line], changed: &mut Vec<(i32, Properties)>) {
        for (before, after) in before.iter().zip(after) {
            if (&before.text, before.gauge, &before.keys) != (&after.text, after.gauge, &after.keys) {
                changed.push((self.number_of(after), properties(after)));
            }
            if let (Shape::Group(before), Shape::Group(after)) = (&before.shape, &after.shape) {
                self.texts(before, after, changed);
            }
        }
    }

    /// All lines from here down, with their numbers.
    fn all<'a>(&'a self, lines: &'a [Line], out: &mut Vec<(i32, &'a Line)>) {
        for line in lines {
            out.push((self.number_of(line), line));
            if let Shape::Group(inside) = &line.shape {
                self.all(inside, out);
            }
        }
    }

    fn find(&self, number: i32) -> Option<&Line> {
        let mut all = Vec::new();
        self.all(&self.lines, &mut all);
        all.into_iter().find(|(at, _)| *at == number).map(|(_, line)| line)
    }

    /// A part of the menu, so many levels deep; −1 for all of them.
    fn layout(&self, line: &Line, depth: i32) -> zbus::zvariant::Result<OwnedValue> {
        let inside = if let Shape::Group(inside) = &line.shape { self.layouts(inside, depth)? } else { Vec::new() };
        let layout = StructureBuilder::new()
            .add_field(self.number_of(line))
            .add_field(properties(line))
            .add_field(inside)
            .build()?;
        OwnedValue::try_from(Value::from(layout))
    }

    fn layouts(&self, lines: &[Line], depth: i32) -> zbus::zvariant::Result<Vec<OwnedValue>> {
        if depth == 0 {
            return Ok(Vec::new());
        }
        lines.iter().map(|line| self.layout(line, depth - 1)).collect()
    }
}

/// What the menu itself looks like.
fn of_the_menu() -> Properties {
    [("children-display".to_owned(), OwnedValue::from(Str::from_static("submenu")))].into()
}

/// What a line looks like. An underscore marks a letter for the keyboard there; two stand for one.
fn properties(line: &Line) -> Properties {
    let text = |text: &str| OwnedValue::from(Str::from(text.to_owned()));
    let label = || ("label".to_owned(), text(&line.text.replace('_', "__")));
    let mut properties: Properties = match &line.shape {
        Shape::Separator => [("type".to_owned(), text("separator"))].into(),
        Shape::Heading => [label(), ("enabled".to_owned(), OwnedValue::from(false))].into(),
        Shape::Choice => [label()].into(),
        Shape::Group(_) => [label(), ("children-display".to_owned(), text("submenu"))].into(),
    };
    if !line.keys.is_empty() {
        // The standard's own word for one of the names differs.
        let names: Vec<String> = line.keys.split('+').map(|name| name.replace("Ctrl", "Control")).collect();
        properties.extend(OwnedValue::try_from(Value::from(vec![names])).map(|keys| ("shortcut".to_owned(), keys)));
    }
    if let Some(picture) = line.gauge.and_then(|gauge| PICTURES.get(&gauge)) {
        properties.insert("icon-data".to_owned(), picture.clone());
    }
    properties
}

/// The gauges as PNG files: drawn once, when the first is shown.
static PICTURES: LazyLock<HashMap<Gauge, OwnedValue>> = LazyLock::new(|| {
    let drawn = |gauge: Gauge| match encode(&gauge.draw()) {
        Ok(picture) => Some((gauge, picture)),
        Err(error) => {
            tracing::warn!(%error, "a gauge could not be drawn");
            None
        }
    };
    Gauge::all().filter_map(drawn).collect()
});

/// What a host asks of the menu.
pub(super) struct Served {
    menu: Menu,
    host: Host,
}

impl Served {
    pub(super) fn new(menu: Menu, host: Host) -> Self {
        Self { menu, host }
    }

    /// Does what these events mean once the host has its answer: one of them may be the end of the program.
    fn happened(&self, events: Vec<(i32, String)>, answered: impl Future<Output = ()> + Send + 'static) {
        let (menu, host) = (self.menu.clone(), self.host.clone());
        drop(own(async move {
            answered.await;
            for (number, event) in events {
                match event.as_str() {
                    "clicked" => {
                        let id = menu.lock().id_of(number);
                        if let Some(id) = id {
                            tray::choose(&host, &id);
                        }
                    }
                    // For a host that asked nothing before it opened the menu.
                    "opened" if number == ROOT => drop(tray::about_to_open(&host).await),
                    _ => {}
                }
            }
        }));
    }
}

type Layout = (i32, Properties, Vec<OwnedValue>);
/// A number, what happened, what belongs to it, when.
type Happened = (i32, String, OwnedValue, u32);

// One answer after the other: libdbusmenu asks for lines in several calls, outer ones first, and what it hears of an inner one
// before the group that it stands in is lost to its menu for good.
#[interface(name = "com.canonical.dbusmenu", spawn = false)]
impl Served {
    #[zbus(property)]
    fn version(&self) -> u32 {
        3
    }

    #[zbus(property)]
    fn text_direction(&self) -> &'static str {
        "ltr"
    }

    #[zbus(property)]
    fn status(&self) -> &'static str {
        "normal"
    }

    #[zbus(property)]
    fn icon_theme_path(&self) -> Vec<String> {
        Vec::new()
    }

    /// Which properties are wanted is not looked at: there are few.
    fn get_layout(&self, parent: i32, depth: i32, _wanted: Vec<String>) -> fdo::Result<(u32, Layout)> {
        let menu = self.menu.lock();
        let failed = |error: zbus::zvariant::Error| fdo::Error::Failed(error.to_string());
        if parent == ROOT {
            return Ok((menu.revision, (ROOT, of_the_menu(), menu.layouts(&menu.lines, depth).map_err(failed)?)));
        }
        let line = menu.find(parent).ok_or_else(|| fdo::Error::InvalidArgs("no such line".to_owned()))?;
        let inside = if let Shape::Group(inside) = &line.shape { menu.layouts(inside, depth) } else { Ok(Vec::new()) };
        Ok((menu.revision, (parent, properties(line), inside.map_err(failed)?)))
    }

    fn get_group_properties(&self, numbers: Vec<i32>, _wanted: Vec<String>) -> Vec<(i32, Properties)> {
        let menu = self.menu.lock();
        let mut all = Vec::new();
        menu.all(&menu.lines, &mut all);
        let all = all.into_iter().map(|(number, line)| (number, properties(line)));
        let wanted = |(number, _): &(i32, Properties)| numbers.is_empty() || numbers.contains(number);
        // Hosts ask for the menu itself as well.
        std::iter::once((ROOT, of_the_menu())).chain(all).filter(wanted).collect()
    }

    fn get_property(&self, number: i32, name: &str) -> fdo::Result<OwnedValue> {
        let menu = self.menu.lock();
        let of_it = if number == ROOT { Some(of_the_menu()) } else { menu.find(number).map(properties) };
        let found = of_it.and_then(|mut properties| properties.remove(name));
        found.ok_or_else(|| fdo::Error::InvalidArgs("no such property".to_owned()))
    }

    fn event(&self, number: i32, event: &str, _data: OwnedValue, _at: u32) -> ResponseDispatchNotifier<()> {
        let (answer, answered) = ResponseDispatchNotifier::new(());
        self.happened(vec![(number, event.to_owned())], answered);
        answer
    }

    /// Returns the numbers that no line ever had.
    fn event_group(&self, events: Vec<Happened>) -> ResponseDispatchNotifier<Vec<i32>> {
        let menu = self.menu.lock();
        let is_known = |number: i32| number == ROOT || menu.id_of(number).is_some();
        let unknown = events.iter().map(|(number, ..)| *number).filter(|number| !is_known(*number)).collect();
        drop(menu);
        let (answer, answered) = ResponseDispatchNotifier::new(unknown);
        self.happened(events.into_iter().map(|(number, event, ..)| (number, event)).collect(), answered);
        answer
    }

    /// Tells whether the menu must be read again before it is shown. What opens beside it is as true as the menu.
    async fn about_to_show(&self, number: i32) -> bool {
        number == ROOT && tray::about_to_open(&self.host).await
    }

    /// Returns what must be read again, and the numbers that no line ever had.
    async fn about_to_show_group(&self, numbers: Vec<i32>) -> (Vec<i32>, Vec<i32>) {
        let changed = numbers.contains(&ROOT) && tray::about_to_open(&self.host).await;
        let menu = self.menu.lock();
        let unknown = numbers.into_iter().filter(|number| *number != ROOT && menu.id_of(*number).is_none());
        (if changed { vec![ROOT] } else { Vec::new() }, unknown.collect())
    }

    #[zbus(signal)]
    async fn layout_updated(emitter: &SignalEmitter<'_>, revision: u32, parent: i32) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn items_properties_updated(
        emitter: &SignalEmitter<'_>,
        updated: Vec<(i32, Properties)>,
        removed: Vec<(i32, Vec<String>)>,
    ) -> zbus::Result<()>;
}

fn encode(pixels: &[u8]) -> anyhow::Result<OwnedValue> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, EDGE, EDGE);
    encoder.set_color(ColorType::Rgba);
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(OwnedValue::try_from(Value::from(file))?)
}

#[cfg(test)]
#[path = "menu_test.rs"]
mod tests;
