//! The shipped district, loaded once into memory for all tests of a run.

use atlas::load::{Cache, Mode, ScanFile, ScanReport, scan_file};
use atlas::page::{self, Page};
use atlas::{AsOf, View};
use kernel::{Actor, Day, EntityId, Timestamp};
use scan::{Limits, LoadList, Mapping};
use schema::Schema;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use store::testkit::Fresh;

pub(crate) struct Xuhui {
    pub(crate) store: Fresh,
    pub(crate) view: View,
    pub(crate) reports: Vec<ScanReport>,
}

/// 2026-11-23T00:00:00Z.
pub(crate) const TODAY_US: i64 = 1_795_392_000_000_000;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The district on SQLite, loaded once.
pub(crate) fn xuhui() -> &'static Xuhui {
    static LOADED: OnceLock<Xuhui> = OnceLock::new();
    LOADED.get_or_init(|| load(store::testkit::sqlite(atlas::MIGRATIONS)))
}

/// Loads everything that ships into a store.
pub(crate) fn load(store: Fresh) -> Xuhui {
    let schema = Arc::new(Schema::shipped().expect("the shipped schema is sound"));
    let folder = root().join("data/xuhui");
    let order = std::fs::read_to_string(folder.join("load.yaml")).expect("load.yaml");
    let order = LoadList::parse("load.yaml", &order).expect("a list of mappings");
    let mut cache = Cache::default();
    let reports = order
        .mappings
        .iter()
        .map(|name| scan(&store, &schema, &mut cache, &folder.join(name)))
        .collect();
    let mut view = View::new(schema).expect("the schema has what the view needs");
    store.read(|tx| view.catch_up(tx)).expect("the view catches up");
    Xuhui { store, view, reports }
}

fn scan(store: &store::Store, schema: &Schema, cache: &mut Cache, path: &Path) -> ScanReport {
    let read = |path: &Path| {
        std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let text = String::from_utf8(read(path)).expect("mappings are UTF-8");
    let folder = path.parent().expect("a folder");
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let lookups: BTreeMap<String, String> = Mapping::lookup_files(&name, &text)
        .expect("a mapping")
        .into_iter()
        .map(|file| {
            let text = String::from_utf8(read(&folder.join(&file))).expect("lookups are UTF-8");
            (file, text)
        })
        .collect();
    let mapping = Mapping::parse(&name, &text, &lookups, schema)
        .unwrap_or_else(|refusal| panic!("{refusal}"));
    let bytes = read(&folder.join(&mapping.file));
    let file = ScanFile {
        name: &mapping.file,
        bytes: &bytes,
        mapping: &mapping,
        mapping_text: &text,
        limits: &Limits::default(),
    };
    let now = Timestamp::from_micros(TODAY_US);
    let actor = Actor::system();
    scan_file(store, schema, cache, &actor, now, &file, Mode::Write, &mut |_| {})
        .expect("storage works")
}

pub(crate) fn on(day: &str) -> AsOf {
    AsOf { valid: Day::parse(day).expect("a day"), known: None }
}

impl Xuhui {
    pub(crate) fn all(&self) -> impl Iterator<Item = EntityId> {
        (1..=self.view.entity_count() as i64).map(EntityId)
    }

    /// The one entity of a kind with this Chinese name.
    pub(crate) fn named(&self, kind: &str, name: &str) -> EntityId {
        let mut found = self.all().filter(|id| {
            self.view.names(*id).zh == name
                && self.view.schema().is_a(self.view.kind_key(*id), kind)
        });
        let one = found.next().unwrap_or_else(|| panic!("no {kind} is called {name}"));
        assert_eq!(found.next(), None, "{name} stands twice");
        one
    }

    pub(crate) fn page(&self, entity: EntityId, as_of: AsOf) -> Page {
        let sight = self.view.sight(as_of);
        self.store
            .read(|tx| page::page(tx, &self.view, entity, sight))
            .expect("the entity is known")
    }
}
