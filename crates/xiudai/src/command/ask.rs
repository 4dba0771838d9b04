//! Questions on the command line: the same routes as the pages ask, answered without a server.

use crate::house::House;
use anyhow::{Context as _, Result};
use std::io::Write as _;

/// A question of the atlas.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Question {
    /// What the district is, in numbers.
    Overview,
    /// Find entities: Chinese, English, traditional, pinyin, initials, with slips.
    Search {
        /// What to look for.
        text: String,
        /// Keep these kinds.
        #[arg(long)]
        kind: Vec<String>,
        /// Keep what is in this place.
        #[arg(long)]
        place: Option<String>,
        /// Keep this industry.
        #[arg(long)]
        industry: Option<String>,
        /// Keep this year.
        #[arg(long)]
        year: Option<String>,
        /// At most so many.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Everything about an entity.
    Entity {
        /// Such as E12.
        id: String,
    },
    /// Every recorded change of an entity.
    History {
        /// Such as E12.
        id: String,
    },
    /// One statement.
    Statement {
        /// Such as S12.
        id: String,
    },
    /// What stands around an entity.
    Graph {
        /// Such as E12.
        id: String,
        /// 1 to 3.
        #[arg(long, default_value = "1")]
        hops: u8,
        /// Keep these kinds, separated by commas.
        #[arg(long)]
        kinds: Option<String>,
        /// Follow these relations, separated by commas.
        #[arg(long)]
        relations: Option<String>,
    },
    /// The shortest ways between two entities.
    Paths {
        /// From here.
        from: String,
        /// To there.
        to: String,
        /// At most so many steps.
        #[arg(long, default_value = "6")]
        max_hops: u8,
    },
    /// A layer of the map, as GeoJSON.
    Map {
        /// districts, streets, metro_lines, metro_stations, belts or entities.
        layer: String,
    },
    /// An indicator by street or district.
    Choropleth {
        /// Key of the indicator.
        indicator: String,
        /// streets or districts.
        #[arg(long, default_value = "streets")]
        level: String,
    },
    /// Which indicators there are.
    Indicators,
    /// Every dated claim of an indicator.
    Series {
        /// Key of the indicator.
        indicator: String,
        /// Of these entities.
        #[arg(long)]
        entity: Vec<String>,
        /// With claims of near measures.
        #[arg(long)]
        family: bool,
    },
    /// Counts over two of kind, street, industry, source and year.
    Cube {
        /// Down.
        rows: String,
        /// Across.
        columns: String,
        /// entities or statements.
        #[arg(long, default_value = "entities")]
        measure: String,
    },
    /// What changed between two dates.
    Changes {
        /// From this day.
        from: String,
        /// To this day.
        to: String,
        /// known (what we learned) or valid (what was true).
        #[arg(long, default_value = "known")]
        axis: String,
        /// Keep one kind.
        #[arg(long)]
        kind: Option<String>,
        /// Keep one entity.
        #[arg(long)]
        entity: Option<String>,
    },
    /// Per kind: how many, from how many sources, how fresh, how many unresolved.
    Coverage,
    /// Every source.
    Sources,
    /// One source with its scans.
    Source {
        /// Its key.
        key: String,
    },
    /// The feed of changes.
    Feed,
    /// The schema.
    Schema,
}

/// From which point a question is asked, and how its answer is written.
#[derive(Debug, clap::Args)]
pub(crate) struct Manner {
    /// True in the world on this day: YYYY-MM-DD.
    #[arg(long, global = true)]
    pub(crate) valid: Option<String>,
    /// Known by the end of this day: YYYY-MM-DD.
    #[arg(long, global = true)]
    pub(crate) known: Option<String>,
    /// csv, xlsx, geojson, jsonld or nt instead of JSON.
    #[arg(long, global = true)]
    pub(crate) format: Option<String>,
}

type Pairs = Vec<(&'static str, String)>;

impl Question {
    /// Its path under the API, its name for exports, and its parameters.
    fn address(&self) -> (String, &'static str, Pairs) {
        let mut pairs: Pairs = Vec::new();
        let mut put = |key, value: &Option<String>| pairs.extend(value.clone().map(|v| (key, v)));
        let (path, name) = match self {
            Question::Overview => ("overview".to_string(), "overview"),
            Question::Search { text, kind, place, industry, year, limit } => {
                put("q", &Some(text.clone()));
                kind.iter().for_each(|kind| put("kind", &Some(kind.clone())));
                put("place", place);
                put("industry", industry);
                put("year", year);
                put("limit", &limit.map(|limit| limit.to_string()));
                ("search".to_string(), "search")
            }
            Question::Entity { id } => (format!("entities/{id}"), "entity"),
            Question::History { id } => (format!("entities/{id}/history"), ""),
            Question::Statement { id } => (format!("statements/{id}"), ""),
            Question::Graph { id, hops, kinds, relations } => {
                put("focus", &Some(id.clone()));
                put("hops", &Some(hops.to_string()));
                put("kinds", kinds);
                put("relations", relations);
                ("graph".to_string(), "graph")
            }
            Question::Paths { from, to, max_hops } => {
                put("from", &Some(from.clone()));
                put("to", &Some(to.clone()));
                put("max_hops", &Some(max_hops.to_string()));
                ("graph/paths".to_string(), "paths")
            }
            Question::Map { layer } => (format!("map/{layer}"), "map"),
            Question::Choropleth { indicator, level } => {
                put("indicator", &Some(indicator.clone()));
                put("level", &Some(level.clone()));
                ("map/choropleth".to_string(), "choropleth")
            }
            Question::Indicators => ("indicators".to_string(), ""),
            Question::Series { indicator, entity, family } => {
                entity.iter().for_each(|entity| put("entity", &Some(entity.clone())));
                put("family", &family.then(|| "true".to_string()));
                (format!("indicators/{indicator}/series"), "series")
            }
            Question::Cube { rows, columns, measure } => {
                put("rows", &Some(rows.clone()));
                put("columns", &Some(columns.clone()));
                put("measure", &Some(measure.clone()));
                ("cube".to_string(), "cube")
            }
            Question::Changes { from, to, axis, kind, entity } => {
                put("from", &Some(from.clone()));
                put("to", &Some(to.clone()));
                put("axis", &Some(axis.clone()));
                put("kind", kind);
                put("entity", entity);
                ("changes".to_string(), "changes")
            }
            Question::Coverage => ("coverage".to_string(), "coverage"),
            Question::Sources => ("sources".to_string(), "sources"),
            Question::Source { key } => (format!("sources/{}", escape(key)), ""),
            Question::Feed => ("feed".to_string(), ""),
            Question::Schema => ("schema".to_string(), ""),
        };
        (path, name, pairs)
    }

    /// What an export needs to know besides the parameters: the id or key in the path.
    fn export_extra(&self) -> Option<(&'static str, String)> {
        match self {
            Question::Entity { id } => Some(("id", id.clone())),
            Question::Map { layer } => Some(("layer", layer.clone())),
            Question::Series { indicator, .. } => Some(("indicator", indicator.clone())),
            _ => None,
        }
    }
}

/// Asks and prints the answer; `false` when the answer is a problem.
pub(crate) fn run(
    house: &House,
    question: &Question,
    manner: &Manner,
    args: &super::serve::ServeArgs,
) -> Result<bool> {
    let (path, name, mut pairs) = question.address();
    pairs.extend(manner.valid.clone().map(|valid| ("valid", valid)));
    pairs.extend(manner.known.clone().map(|known| ("known", known)));
    let path = match &manner.format {
        Some(format) => {
            anyhow::ensure!(!name.is_empty(), "this question has no other formats than JSON");
            pairs.push(("format", format.clone()));
            pairs.extend(question.export_extra());
            format!("export/{name}")
        }
        None => path,
    };
    let query: Vec<String> =
        pairs.iter().map(|(key, value)| format!("{key}={}", escape(value))).collect();
    let uri = format!("/api/v1/{path}?{}", query.join("&"));
    let app = super::serve::app(house, args)?;
    let warming = app.clone();
    warming.warm().map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (status, body) = runtime.block_on(api::answer(app, &uri))?;
    let mut out = std::io::stdout();
    let text = match (manner.format.is_some(), serde_json::from_slice::<serde_json::Value>(&body)) {
        (false, Ok(value)) => serde_json::to_vec_pretty(&value)?,
        _ => body,
    };
    out.write_all(&text).context("writing the answer")?;
    out.write_all(b"\n")?;
    Ok(status == 200)
}

/// Percent-encodes what may not stand in a query or path segment.
fn escape(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes()
        .map(|b| if plain(b) { (b as char).to_string() } else { format!("%{b:02X}") })
        .collect()
}
