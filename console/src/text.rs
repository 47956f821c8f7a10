//! The console's words: one Fluent file per language under `texts/`, both embedded and equal in content.

use std::{collections::HashMap, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use http_kit::Lang;

const ZH: &str = include_str!("../texts/zh-CN.ftl");
const EN: &str = include_str!("../texts/en.ftl");

/// The words of one language.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
    /// Messages without arguments, formatted once.
    plain: HashMap<String, String>,
}

static CHINESE: LazyLock<Words> = LazyLock::new(|| Words::read(Lang::Zh, ZH));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(Lang::En, EN));

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Zh => &CHINESE,
            Lang::En => &ENGLISH,
        }
    }

    fn read(lang: Lang, source: &str) -> Self {
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                tracing::error!(lang = lang.tag(), ?errors, "some texts do not read");
                resource
            }
        };
        let locale = lang.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        bundle.set_use_isolating(false);
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(lang = lang.tag(), ?errors, "some texts are there twice");
        }
        let plain = keys(source)
            .filter_map(|key| {
                let pattern = bundle.get_message(key)?.value()?;
                let mut errors = Vec::new();
                let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
                errors.is_empty().then(|| (key.to_owned(), text))
            })
            .collect();
        Self { bundle, plain }
    }

    /// The text of a key; the key itself where there is none, so that a gap is seen and breaks nothing.
    #[must_use]
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.plain.get(key).map_or(key, String::as_str)
    }

    /// The text of a key, if there is one.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.plain.get(key).map(String::as_str)
    }

    /// The text of a key with its arguments filled in.
    #[must_use]
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, *value);
        }
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

/// A Chinese stop as a language has it: the one way to join parts of a line, so that no English line has Chinese stops.
#[must_use]
pub fn stop(lang: Lang, zh: &'static str) -> &'static str {
    match (lang, zh) {
        (Lang::En, "；") => "; ",
        (Lang::En, "：") => ": ",
        (Lang::En, "，" | "、") => ", ",
        (Lang::En, "（") => " (",
        (Lang::En, "）") => ")",
        (Lang::En, "【") => "[",
        (Lang::En, "】") => "] ",
        _ => zh,
    }
}

/// The keys of a Fluent file in order.
fn keys(source: &str) -> impl Iterator<Item = &str> {
    source
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
        .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim()))
}

#[cfg(test)]
#[path = "word_tests.rs"]
mod word_tests;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn both_languages_have_the_same_texts_each_once() {
        let zh: Vec<_> = keys(ZH).collect();
        let en: Vec<_> = keys(EN).collect();
        assert_eq!(zh, en, "the two files list the same keys in the same order");
        assert_eq!(zh.iter().collect::<BTreeSet<_>>().len(), zh.len(), "no key is there twice");
    }

    #[test]
    fn every_text_reads_and_names_the_same_arguments_in_both_languages() {
        let names = |source: &str, key: &str| -> BTreeSet<String> {
            let line =
                source.lines().find(|line| line.split('=').next().map(str::trim) == Some(key)).unwrap();
            line.split("{ $").skip(1).map(|rest| rest.split(' ').next().unwrap().to_owned()).collect()
        };
        for key in keys(ZH) {
            assert_eq!(names(ZH, key), names(EN, key), "{key}");
            for words in [Words::of(Lang::Zh), Words::of(Lang::En)] {
                let args = names(ZH, key);
                let values: Vec<_> = args.iter().map(|name| (name.as_str(), "1")).collect();
                assert!(!words.with(key, &values).contains('{'), "{key}");
            }
        }
    }

    #[test]
    fn every_key_used_in_the_source_has_a_text() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders = vec![root.join("src"), root.join("templates")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let source = std::fs::read_to_string(&path).unwrap();
                let source = source.split("#[cfg(test)]").next().unwrap();
                for call in ["t(\"", "tf(\"", "key: \""] {
                    for (at, _) in source.match_indices(call) {
                        if at > 0 && source.as_bytes()[at - 1].is_ascii_alphanumeric() {
                            continue;
                        }
                        let key = source[at + call.len()..].split('"').next().unwrap();
                        assert!(keys(ZH).any(|known| known == key), "{}: no text `{key}`", path.display());
                    }
                }
            }
        }
    }
}
