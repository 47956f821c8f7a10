//! Kinds of problems as the source has them: the slugs that are answered, wherever a problem is made, and the entries of
//! the gateway's pages, which must be the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use crate::source::{Source, blank, closing, line, strings, unit_tests, words};

/// What makes a problem of a kind, and which of its arguments is the slug.
const MAKERS: [(&str, usize); 3] = [("new", 1), ("refused", 0), ("invalid", 0)];
/// Where the makers themselves are: there, and nowhere else, a slug is handed on by its parameter.
const HOME: &str = "crates/http-kit/src/problem.rs";
const PAGES: &str = "gateway/src/problems";

/// The strings of each constant, by name.
type Constants<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Kinds without a page, pages without a kind, pages written twice, and slugs that cannot be read from the source.
pub fn unexplained(sources: &[Source]) -> Vec<String> {
    let files: Vec<File> = sources.iter().filter(|source| is_product(source)).map(File::new).collect();
    let constants: Constants = files.iter().fold(Constants::new(), |mut all, file| {
        file.constants().into_iter().for_each(|(name, values)| all.entry(name).or_default().extend(values));
        all
    });
    let (mut made, mut explained, mut found) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for file in &files {
        for (at, slugs) in file.made(&constants) {
            if slugs.is_empty() {
                found.push(format!(
                    "{}: the kind of this problem is not written where it is made",
                    file.at(at)
                ));
            }
            made.extend(slugs.into_iter().map(|slug| (slug, file.at(at))));
        }
        for (at, slug) in file.entries() {
            if explained.insert(slug, file.at(at)).is_some() {
                found.push(format!("{}: {slug} has another entry", file.at(at)));
            }
        }
    }
    let missing = made.iter().filter(|(slug, _)| !explained.contains_key(*slug));
    found.extend(missing.map(|(slug, at)| format!("{at}: {slug} has no entry in {PAGES}")));
    let idle = explained.iter().filter(|(slug, _)| !made.contains_key(*slug));
    found.extend(idle.map(|(slug, at)| format!("{at}: nothing answers with {slug}")));
    found
}

fn is_product(source: &Source) -> bool {
    let is_source = source.path.starts_with("src/") || source.path.contains("/src/");
    source.is_rust() && is_source && !source.is_test()
}

/// A file with its code, in which every byte is where it is in the text.
struct File<'a> {
    source: &'a Source,
    code: String,
    tests: Vec<Range<usize>>,
    strings: Vec<(Range<usize>, &'a str)>,
}

impl<'a> File<'a> {
    fn new(source: &'a Source) -> Self {
        let code = blank(&source.text);
        Self { source, tests: unit_tests(&code), strings: strings(&source.text), code }
    }

    fn at(&self, at: usize) -> String {
        format!("{}:{}", self.source.path, line(&self.code, at))
    }

    fn strings_in(&self, part: &Range<usize>) -> impl Iterator<Item = (usize, &'a str)> {
        let inside = |at: &Range<usize>| part.start <= at.start && at.end <= part.end;
        self.strings.iter().filter(move |(at, _)| inside(at)).map(|(at, one)| (at.start, *one))
    }

    /// Each `const NAME: &str = …;` with the strings in its value.
    fn constants(&self) -> Constants<'a> {
        let mut found = Constants::new();
        for pair in words(&self.code).windows(2).filter(|pair| pair[0].1 == "const") {
            let (at, name) = pair[1];
            let end = self.code[at..].find(';').map_or(self.code.len(), |length| at + length);
            let kind = self.code[at..end].split_once('=').map_or("", |(kind, _)| kind);
            if words_end(kind, "str") {
                let name = &self.source.text[at..at + name.len()];
                found.entry(name).or_default().extend(self.strings_in(&(at..end)).map(|(_, one)| one));
            }
        }
        found
    }

    /// Where problems are made, each with the slugs that it may have; none where the source does not say.
    fn made(&self, constants: &Constants<'a>) -> Vec<(usize, BTreeSet<&'a str>)> {
        let code = self.code.as_str();
        let (bodies, own) = (impls_of_problem(code), self.constants());
        let within = |ranges: &[Range<usize>], at: usize| ranges.iter().any(|range| range.contains(&at));
        let is_problem = |at: usize, word: &str| word == "Problem" || (word == "Self" && within(&bodies, at));
        let mut found = Vec::new();
        for pair in words(code).windows(2) {
            let ((at, word), (name_at, name)) = (pair[0], pair[1]);
            if !is_problem(at, word) || within(&self.tests, at) {
                continue;
            }
            match code[at + word.len()..name_at].trim() {
                // Under another name it would be made unseen; `<Problem as Trait>` gives it none.
                "" if name == "as" && !code[..at].ends_with('<') => found.push((at, BTreeSet::new())),
                "::" | ">::" => {
                    let Some((_, place)) = MAKERS.iter().find(|(maker, _)| *maker == name) else { continue };
                    let slug = argument(code, name_at + name.len(), *place);
                    let handed_on = self.source.path == HOME && code[slug.clone()].trim() == "slug";
                    if !handed_on {
                        found.push((at, self.slugs(&slug, [&own, constants])));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// The strings of an argument and those of the constants that it names, each looked up in one list after the other.
    fn slugs(&self, argument: &Range<usize>, constants: [&Constants<'a>; 2]) -> BTreeSet<&'a str> {
        let value = |name: &str| constants.into_iter().find_map(|some| some.get(name));
        let named = words(&self.code[argument.clone()]).into_iter().filter_map(|(_, word)| value(word));
        let written = self.strings_in(argument).map(|(_, one)| one);
        written.chain(named.flatten().copied()).collect()
    }

    /// The slugs of the entries: the string that each bracket of a `const KINDS` begins with.
    fn entries(&self) -> Vec<(usize, &'a str)> {
        if !self.source.path.starts_with(PAGES) {
            return Vec::new();
        }
        let lists = words(&self.code).into_iter().filter(|(at, word)| {
            *word == "KINDS"
                && words_end(self.code[..*at].rsplit([';', '}']).next().unwrap_or_default(), "const")
        });
        let lists = lists.filter_map(|(at, _)| {
            let open = at + self.code[at..].find('=')?;
            let open = open + self.code[open..].find('[')?;
            Some(open..open + closing(&self.code[open..]))
        });
        lists
            .flat_map(|list| self.strings_in(&list).collect::<Vec<_>>())
            .filter(|(at, _)| self.code[..*at].trim_end().ends_with('('))
            .collect()
    }
}

fn words_end(code: &str, word: &str) -> bool {
    words(code).last().is_some_and(|(_, last)| *last == word)
}

/// Where the argument at `place` lies in the brackets that `from` begins with; nothing where it is no call.
fn argument(code: &str, from: usize, place: usize) -> Range<usize> {
    if !code[from..].starts_with('(') {
        return from..from;
    }
    let end = from + closing(&code[from..]) - 1;
    let (mut start, mut at, mut passed) = (from + 1, from + 1, 0);
    while at < end {
        match code.as_bytes()[at] {
            b',' if passed == place => return start..at,
            b',' => (start, passed) = (at + 1, passed + 1),
            b'(' | b'[' | b'{' => at += closing(&code[at..]) - 1,
            _ => {}
        }
        at += 1;
    }
    if passed == place { start..end } else { end..end }
}

/// The bodies of `impl Problem` and `impl … for Problem`, in which `Self` is a problem.
fn impls_of_problem(code: &str) -> Vec<Range<usize>> {
    // The word stands in types too: an item begins where another one, a block or an attribute ends.
    let begins = |at: usize| code[..at].trim_end().chars().next_back().is_none_or(|c| "{};]".contains(c));
    words(code)
        .into_iter()
        .filter(|(at, word)| *word == "impl" && begins(*at))
        .filter_map(|(at, word)| {
            let body = at + code[at..].find('{')?;
            let header = without_generics(&code[at + word.len()..body]);
            let names: Vec<&str> = words(&header).into_iter().map(|(_, name)| name).collect();
            let of = names.split(|name| *name == "where").next()?.rsplit(|name| *name == "for").next()?;
            (of.last() == Some(&"Problem")).then(|| body..body + closing(&code[body..]))
        })
        .collect()
}

fn without_generics(header: &str) -> String {
    let (mut out, mut rest) = (String::new(), header);
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        out.push(' ');
        rest = &rest[at + closing(&rest[at..])..];
    }
    out + rest
}
