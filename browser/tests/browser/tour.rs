//! All pages that somebody can come to by following links.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use greenroom_browser_tests::{Error, Person};

/// Words of addresses after which an id follows: one page of such a kind stands for all.
const KINDS: &[&str] = &[
    "flows",
    "intents",
    "entities",
    "translations",
    "variables",
    "contexts",
    "tests",
    "versions",
    "conversations",
    "transcripts",
    "jobs",
    "variable",
    "context",
    "environments",
    "channels",
    "users",
    "bots",
];

/// How many pages of one kind are looked at.
const EACH: usize = 1;

/// Follows links from `start`, each kind of page [`EACH`] times, and does `look` on each page.
pub(crate) async fn takes_a_tour(
    person: &Person,
    start: &[&str],
    mut look: impl AsyncFnMut(&str) -> Result<(), Error>,
) -> Result<Vec<String>, Error> {
    let mut to_see: VecDeque<String> = start.iter().map(|address| (*address).to_owned()).collect();
    let mut known: BTreeSet<String> = to_see.iter().cloned().collect();
    let mut seen_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen = Vec::new();
    while let Some(address) = to_see.pop_front() {
        let of_kind = seen_of.entry(kind(&address)).or_default();
        *of_kind += 1;
        if *of_kind > EACH {
            continue;
        }
        person.goes_to(&address).await?;
        look(&address).await?;
        for link in links(person).await? {
            if known.insert(link.clone()) {
                to_see.push_back(link);
            }
        }
        seen.push(address);
    }
    Ok(seen)
}

/// The addresses of this server that the page links to, but for files that are downloaded.
async fn links(person: &Person) -> Result<Vec<String>, Error> {
    let found = "[...document.querySelectorAll('a[href]:not([download])')]
        .filter((link) => link.origin === location.origin)
        .map((link) => link.pathname + link.search)
        .filter((path) => !/archive|export|download|\\.svg|\\.zip|openapi|api\\/docs|\\/chat\\//.test(path))";
    let found = person.script(found).await?;
    Ok(serde_json::from_value(found).unwrap_or_default())
}

/// An address without its ids and without the values of its query.
fn kind(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut kind = String::new();
    let mut after_kind = false;
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let is_id = after_kind && !matches!(segment, "new" | "compare" | "variable" | "context");
        kind.push('/');
        kind.push_str(if is_id { "*" } else { segment });
        after_kind = !is_id && KINDS.contains(&segment);
    }
    let keys: BTreeSet<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    if query.is_empty() { kind } else { format!("{kind}?{}", keys.into_iter().collect::<Vec<_>>().join("&")) }
}

#[test]
fn pages_of_one_kind_count_as_one() {
    assert_eq!(kind("/bots/a/draft/intents/x?q=1"), kind("/bots/b/draft/intents/y?q=2"));
    assert_ne!(kind("/bots/a/draft/intents"), kind("/bots/a/draft/intents/y"));
    assert_ne!(kind("/bots/a/draft/intents"), kind("/bots/a/live/intents"));
    assert_ne!(kind("/bots/new"), kind("/bots/a"));
}
