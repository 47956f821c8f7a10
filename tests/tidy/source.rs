//! Source files as the rules see them: found by walking the tree, with comments and texts blanked out. It knows just
//! enough of Rust's lexical rules for that; it is no parser.

use std::{fs, io, ops::Range, path::Path};

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 4] = ["target", "node_modules", "data", "shots"];

/// One file of the tree.
pub struct Source {
    /// From the root of the workspace, with `/`.
    pub path: String,
    /// As it is.
    pub text: String,
    /// Without the contents of comments and literals and without `#[cfg(test)] mod … { … }`.
    pub code: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") { without_unit_tests(&blank(text)) } else { String::new() };
        Self { path: path.to_owned(), text: text.to_owned(), code }
    }

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the whole file is tests.
    pub fn is_test(&self) -> bool {
        let name = self.name();
        name == "tests.rs" || name.ends_with("_tests.rs") || self.path.split('/').any(|part| part == "tests")
    }

    /// Whether it lies in the source of one of the business services.
    pub fn is_service(&self) -> bool {
        self.path.split_once('/').is_some_and(|(top, rest)| top.ends_with("-svc") && rest.starts_with("src/"))
    }

    /// Whether it is `part.rs` or lies in a folder `part/`.
    pub fn is_within(&self, part: &str) -> bool {
        self.path.split('/').any(|one| one == part || one.strip_suffix(".rs") == Some(part))
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// Every file below `root` with one of the endings.
pub fn tree(root: &Path, endings: &[&str]) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    walk(root, "", endings, &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, endings: &[&str], found: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            let hidden = name.starts_with('.') && name != ".ci";
            if !hidden && !FOREIGN.contains(&name.as_str()) {
                walk(&entry.path(), &format!("{path}/"), endings, found)?;
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(Source::new(&path, &fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

/// Blanks the contents of comments, strings and characters; every byte and every line stays where it was.
pub fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for literal in literals(text) {
        out.push_str(&text[from..literal.start]);
        out.extend(text[literal.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        from = literal.end;
    }
    out.push_str(&text[from..]);
    out
}

/// The strings of a text as written between their quotes, with where each begins and ends.
pub fn strings(text: &str) -> Vec<(Range<usize>, &str)> {
    let inner = |at: &Range<usize>| {
        let quoted = text[at.clone()].trim_start_matches('r').trim_matches('#');
        quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))
    };
    literals(text).into_iter().filter_map(|at| inner(&at).map(|one| (at, one))).collect()
}

/// Where comments, strings and characters lie.
fn literals(text: &str) -> Vec<Range<usize>> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut at, mut byte) = (Vec::new(), 0, 0);
    while at < chars.len() {
        let end = literal_end(&chars, at);
        let passed = &chars[at..end.max(at + 1)];
        let length: usize = passed.iter().map(|c| c.len_utf8()).sum();
        if end > at {
            found.push(byte..byte + length);
        }
        at += passed.len();
        byte += length;
    }
    found
}

/// Where the comment or literal that begins at `at` ends; `at` itself when none begins there.
fn literal_end(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1).copied();
    match chars[at] {
        '/' if next == Some('/') => find(chars, at, "\n"),
        '/' if next == Some('*') => block_comment_end(chars, at),
        '"' => quoted_end(chars, at + 1, '"'),
        '\'' if next == Some('\\') => quoted_end(chars, at + 1, '\''),
        '\'' if chars.get(at + 2) == Some(&'\'') => at + 3,
        'r' if !follows_word(chars, at) => {
            let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
            if chars.get(at + 1 + hashes) == Some(&'"') {
                let close = format!("\"{}", "#".repeat(hashes));
                (find(chars, at + 2 + hashes, &close) + close.len()).min(chars.len())
            } else {
                at
            }
        }
        _ => at,
    }
}

/// `r` begins a raw string unless a word ends with it; `b` and `c` may stand before it.
fn follows_word(chars: &[char], at: usize) -> bool {
    let letter = |back: usize| at.checked_sub(back).map_or(' ', |i| chars[i]);
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let prefix = matches!(letter(1), 'b' | 'c') && !word(letter(2));
    word(letter(1)) && !prefix
}

fn quoted_end(chars: &[char], mut at: usize, quote: char) -> usize {
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn block_comment_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

fn find(chars: &[char], from: usize, what: &str) -> usize {
    let what: Vec<char> = what.chars().collect();
    (from..chars.len()).find(|at| chars[*at..].starts_with(&what)).unwrap_or(chars.len())
}

/// Cuts out every `#[cfg(test)] mod name { … }`.
fn without_unit_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut from = 0;
    for tests in unit_tests(code) {
        out.push_str(&code[from..tests.start]);
        from = tests.end;
    }
    out.push_str(&code[from..]);
    out
}

/// Where each `#[cfg(test)] mod name { … }` of a piece of blanked code lies.
pub fn unit_tests(code: &str) -> Vec<Range<usize>> {
    let mark = "#[cfg(test)]";
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in code.match_indices(mark) {
        let within = found.last().is_some_and(|tests| tests.contains(&at));
        let item = code[at + mark.len()..].trim_start();
        let header = item.split(['{', ';']).next().unwrap_or_default();
        let is_module = header.trim_start_matches("pub(crate) ").starts_with("mod ");
        if !within && is_module && item[header.len()..].starts_with('{') {
            let body = code.len() - item.len() + header.len();
            found.push(at..body + closing(&code[body..]));
        }
    }
    found
}

/// The length of the bracketed text that `code` begins with, brackets included.
pub fn closing(code: &str) -> usize {
    let mut depth = 0usize;
    let mut before = ' ';
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            '<' if code.starts_with('<') => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '>' if code.starts_with('<') && before != '-' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + c.len_utf8();
        }
        before = c;
    }
    code.len()
}

/// The words of a piece of code with where they begin.
pub fn words(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in code.char_indices().chain([(code.len(), ' ')]) {
        match (start, c.is_alphanumeric() || c == '_') {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                found.push((from, &code[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// The line, counted from 1, of a place in a text.
pub fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// A function as written.
pub struct Function<'a> {
    pub name: &'a str,
    pub at: usize,
    /// What stands before `fn`: `pub(crate) async`.
    pub qualifiers: &'a str,
    pub parameters: &'a str,
    /// Lines from `fn` to the closing brace.
    pub lines: usize,
}

/// The functions of a piece of blanked code, those in other functions too.
pub fn functions(code: &str) -> Vec<Function<'_>> {
    let words = words(code);
    let mut found = Vec::new();
    for pair in words.windows(2) {
        let ((at, keyword), (name_at, name)) = (pair[0], pair[1]);
        if keyword != "fn" || !code[at + 2..name_at].trim().is_empty() {
            continue;
        }
        let mut from = name_at + name.len();
        if code[from..].starts_with('<') {
            from += closing(&code[from..]);
        }
        let parameters = &code[from..from + closing(&code[from..])];
        let after = from + parameters.len();
        let body = code[after..].find(['{', ';']).map_or(code.len(), |offset| after + offset);
        let end = if code[body..].starts_with('{') { body + closing(&code[body..]) } else { body };
        let before = code[..at].rfind(['{', '}', ';', ']']).map_or(0, |i| i + 1);
        let lines = code[at..end].matches('\n').count() + 1;
        found.push(Function { name, at, qualifiers: code[before..at].trim(), parameters, lines });
    }
    found
}

/// Every word of the paths that begin with `crate`, `self` or `super`, with where the path begins.
pub fn own_paths(code: &str) -> Vec<(usize, Vec<&str>)> {
    let starts = words(code).into_iter().filter(|(_, word)| ["crate", "self", "super"].contains(word));
    starts
        .filter(|(at, _)| !code[..*at].ends_with("::"))
        .filter_map(|(at, root)| {
            let mut end = at + root.len();
            while code[end..].starts_with("::") {
                end += 2;
                if code[end..].starts_with('{') {
                    end += closing(&code[end..]);
                } else {
                    end += code[end..]
                        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                        .unwrap_or(code.len() - end);
                }
            }
            let parts: Vec<&str> = words(&code[at..end]).into_iter().map(|(_, word)| word).collect();
            (parts.len() > 1).then_some((at, parts))
        })
        .collect()
}
