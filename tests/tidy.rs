//! The rules of the architecture as tests over the source. Each rule is a function from a file to its offences, a test
//! that the tree keeps it, and a test that a small bad sample is seen: a rule that cannot fail holds nothing.

#[path = "tidy/problems.rs"]
mod problems;
#[path = "tidy/source.rs"]
mod source;

use std::{fs, path::Path};

use problems::unexplained;
use source::{Source, functions, line, own_paths, tree, words};

const FILE_LINES_MAX: usize = 400;
const TEST_FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 150;

/// The crates that everybody may use, each with those below it.
const SHARED: [(&str, &[&str]); 8] = [
    ("finance", &[]),
    ("contracts", &["finance"]),
    ("tx-kit", &["finance", "contracts"]),
    ("ledger", &["finance", "contracts", "tx-kit"]),
    ("identity", &["finance", "contracts"]),
    ("paper", &["finance"]),
    ("http-kit", &["finance", "contracts", "tx-kit", "identity", "paper"]),
    ("four-eyes", &["finance", "contracts", "tx-kit", "identity", "http-kit"]),
];
/// The crates beside each other: none of them knows another.
const PARTS: [&str; 6] =
    ["valuation-svc", "pledge-svc", "insurance-svc", "supervision-svc", "gateway", "console"];
/// What a pure decision has no use for.
const IMPURE: [&str; 8] = ["async", "sea_orm", "axum", "sqlx", "tokio", "reqwest", "tx_kit", "http_kit"];
/// Names that say nothing about the subject.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "types", "helpers", "helper", "misc"];
/// How the name of a function begins that looks rows up.
const FINDERS: [&str; 6] = ["find", "list", "get", "page", "search", "count"];
/// Split, so that this file does not hold what it looks for.
const MARKS: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
const LEFTOVERS: [&str; 3] = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("#[", "ignore")];

type Rule = fn(&Source) -> Vec<String>;

fn offence(source: &Source, at: usize, what: &str) -> String {
    format!("{}:{}: {what}", source.path, line(&source.code, at))
}

fn forbidden_words(source: &Source, forbidden: &[&str]) -> Vec<String> {
    let found = words(&source.code).into_iter().filter(|(_, word)| forbidden.contains(word));
    found.map(|(at, word)| offence(source, at, word)).collect()
}

fn forbidden_imports(source: &Source, forbidden: &[&str]) -> Vec<String> {
    let paths = own_paths(&source.code).into_iter();
    paths
        .filter(|(_, parts)| parts.iter().any(|part| forbidden.contains(part)))
        .map(|(at, parts)| offence(source, at, &parts.join("::")))
        .collect()
}

fn a_model_is_pure(source: &Source) -> Vec<String> {
    let applies = source.is_rust() && source.is_within("model") && !source.is_test();
    if applies { forbidden_words(source, &IMPURE) } else { Vec::new() }
}

fn imports_run_one_way(source: &Source) -> Vec<String> {
    if !source.is_service() || !source.is_rust() || source.is_test() {
        Vec::new()
    } else if source.is_within("model") {
        forbidden_imports(source, &["api", "store", "postings"])
    } else if source.is_within("store") || source.is_within("postings") {
        forbidden_imports(source, &["api"])
    } else {
        Vec::new()
    }
}

fn finders_take_a_scope(source: &Source) -> Vec<String> {
    if !source.is_service() || !source.is_within("store") || source.is_test() {
        return Vec::new();
    }
    let finds = |name: &str| FINDERS.contains(&name.split('_').next().unwrap_or(name));
    functions(&source.code)
        .into_iter()
        .filter(|f| f.qualifiers.contains("pub") && f.qualifiers.contains("async") && finds(f.name))
        .filter(|f| !words(f.parameters).iter().any(|(_, word)| *word == "Scope"))
        .map(|f| offence(source, f.at, f.name))
        .collect()
}

fn files_have_one_subject(source: &Source) -> Vec<String> {
    let max = if source.is_test() { TEST_FILE_LINES_MAX } else { FILE_LINES_MAX };
    let lines = source.code.lines().count();
    if lines > max { vec![format!("{}: {lines} lines", source.path)] } else { Vec::new() }
}

fn functions_fit_a_page(source: &Source) -> Vec<String> {
    let long = functions(&source.code).into_iter().filter(|f| f.lines > FUNCTION_LINES_MAX);
    long.map(|f| offence(source, f.at, &format!("{} has {} lines", f.name, f.lines))).collect()
}

fn nothing_is_left_over(source: &Source) -> Vec<String> {
    let marks = words(&source.text).into_iter().filter(|(_, word)| MARKS.contains(word));
    let calls = LEFTOVERS.iter().flat_map(|call| source.text.match_indices(call));
    marks
        .chain(calls)
        .map(|(at, what)| format!("{}:{}: {what}", source.path, line(&source.text, at)))
        .collect()
}

fn lints_are_not_switched_off(source: &Source) -> Vec<String> {
    let switches = ["#[allow(", "#![allow("].into_iter().flat_map(|switch| source.code.match_indices(switch));
    switches.map(|(at, _)| offence(source, at, "allow")).collect()
}

fn names_name_the_business(source: &Source) -> Vec<String> {
    let empty = EMPTY_NAMES.iter().find(|name| source.is_rust() && source.is_within(name));
    empty.map(|name| format!("{}: {name}", source.path)).into_iter().collect()
}

fn modules_say_what_they_are(source: &Source) -> Vec<String> {
    let speaks = !matches!(source.name(), "mod.rs" | "lib.rs" | "main.rs") || source.text.starts_with("//! ");
    if speaks { Vec::new() } else { vec![format!("{}: does not begin with //!", source.path)] }
}

/// What a manifest demands of our own crates that it may not.
fn crates_go_wide(name: &str, manifest: &str) -> Vec<String> {
    let shared = SHARED.iter().find(|(shared, _)| *shared == name);
    let may = |other: &str| match shared {
        Some((_, below)) => below.contains(&other),
        // The console is the gateway's face: a client of the router that the gateway's own process hands it.
        None => !PARTS.contains(&other) || (name, other) == ("gateway", "console"),
    };
    if shared.is_none() && !PARTS.contains(&name) {
        return vec![format!("{name} is not in the table of tests/tidy.rs")];
    }
    let ours = |other: &&str| PARTS.contains(other) || SHARED.iter().any(|(shared, _)| shared == other);
    dependencies(manifest)
        .into_iter()
        .filter(|other| ours(other) && *other != name && !may(other))
        .map(|other| format!("{name} depends on {other}"))
        .collect()
}

/// The names under every kind of `[dependencies]`.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut listing = false;
    for text in manifest.lines().map(str::trim) {
        if let Some(section) = text.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            listing = section.ends_with("dependencies");
            found.extend(section.rsplit_once("dependencies.").map(|(_, name)| name));
        } else if listing && !text.starts_with('#') {
            found.extend(text.split(['.', '=', ' ']).next().filter(|name| !name.is_empty()));
        }
    }
    found
}

fn sources() -> std::io::Result<Vec<Source>> {
    tree(Path::new(env!("CARGO_MANIFEST_DIR")), &[".rs"])
}

fn seen(rule: Rule, path: &str, text: &str) -> usize {
    rule(&Source::new(path, text)).len()
}

#[cfg(test)]
mod the_tree {
    use super::*;

    fn keeps(rule: Rule, why: &str) {
        let found: Vec<String> = sources().unwrap().iter().flat_map(rule).collect();
        assert!(found.is_empty(), "{why}:\n  {}", found.join("\n  "));
    }

    #[test]
    fn is_found_whole() {
        let sources = sources().unwrap();
        for part in PARTS.into_iter().chain(["crates/finance", "src", "tests"]) {
            assert!(sources.iter().any(|s| s.path.starts_with(&format!("{part}/"))), "no source in {part}");
        }
    }

    #[test]
    fn keeps_models_pure() {
        keeps(
            a_model_is_pure,
            "a decision takes values and gives a value; waiting and rows belong to the act",
        );
    }

    #[test]
    fn imports_one_way() {
        keeps(imports_run_one_way, "api → act → {model, store, postings}; store → model; never back");
    }

    #[test]
    fn has_no_finder_without_a_scope() {
        keeps(finders_take_a_scope, "who asks decides what is found: take a `&Scope`");
    }

    #[test]
    fn has_files_of_one_subject() {
        keeps(files_have_one_subject, "a longer file has two subjects: split it by subject");
    }

    #[test]
    fn has_functions_that_fit_a_page() {
        keeps(functions_fit_a_page, "name the steps and make them functions");
    }

    #[test]
    fn has_nothing_left_over() {
        let endings = [".rs", ".toml", ".md", ".sh", ".py", ".yaml", ".mjs", ".js", ".css", ".html", ".ftl"];
        let found = tree(Path::new(env!("CARGO_MANIFEST_DIR")), &endings).unwrap();
        let found: Vec<String> = found.iter().flat_map(nothing_is_left_over).collect();
        assert!(found.is_empty(), "finish it or take it out:\n  {}", found.join("\n  "));
    }

    #[test]
    fn switches_no_lint_off() {
        keeps(
            lints_are_not_switched_off,
            "say #[expect(lint, reason = \"…\")], which ends when the reason does",
        );
    }

    #[test]
    fn has_names_of_the_business() {
        keeps(names_name_the_business, "name the file after its subject");
    }

    #[test]
    fn says_what_each_module_is() {
        keeps(modules_say_what_they_are, "the first lines of a module say what it is and what it is not");
    }

    #[test]
    fn has_services_that_do_not_know_each_other() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let shared = SHARED.iter().map(|(name, _)| (*name, format!("crates/{name}")));
        let parts = PARTS.iter().map(|name| (*name, (*name).to_owned()));
        let mut found = Vec::new();
        for (name, folder) in shared.chain(parts) {
            found.extend(crates_go_wide(
                name,
                &fs::read_to_string(root.join(folder).join("Cargo.toml")).unwrap(),
            ));
        }
        let workspace = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let members = workspace.split("members = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
        let known = |member: &str| {
            let name = member.trim_start_matches("crates/");
            name == "." || PARTS.contains(&name) || SHARED.iter().any(|(shared, _)| *shared == name)
        };
        let strangers = members.split('"').skip(1).step_by(2).filter(|member| !known(member));
        found.extend(strangers.map(|member| format!("{member} is not in the table of tests/tidy.rs")));
        assert!(found.is_empty(), "services meet by events and HTTP only:\n  {}", found.join("\n  "));
    }

    #[test]
    fn explains_each_kind_of_problem_that_it_answers_with() {
        let found = unexplained(&sources().unwrap());
        assert!(found.is_empty(), "a problem's type leads to its page:\n  {}", found.join("\n  "));
    }
}

#[cfg(test)]
mod a_rule {
    use super::*;

    const STORE: &str = "pledge-svc/src/loan/store.rs";

    #[test]
    fn sees_a_model_that_waits_or_reads_rows() {
        let bad = "use sea_orm::Value;\nuse axum::Json;\nasync fn f() {}";
        assert_eq!(seen(a_model_is_pure, "pledge-svc/src/loan/model/draw.rs", bad), 3);
        assert_eq!(seen(a_model_is_pure, "pledge-svc/src/loan/draw.rs", bad), 0);
        let good = "// never async\nconst A: &str = \"axum\";\n#[cfg(test)]\nmod tests { use tokio::test; }";
        assert_eq!(seen(a_model_is_pure, "pledge-svc/src/loan/model/draw.rs", good), 0);
    }

    #[test]
    fn sees_an_import_that_runs_back() {
        let model = "pledge-svc/src/loan/model/draw.rs";
        assert_eq!(seen(imports_run_one_way, STORE, "use super::{model::Loan, api::{Request, Answer}};"), 1);
        assert_eq!(seen(imports_run_one_way, STORE, "fn f() { crate::loan::api::show() }"), 1);
        assert_eq!(seen(imports_run_one_way, model, "use crate::loan::store;\nuse super::super::api;"), 2);
        assert_eq!(seen(imports_run_one_way, STORE, "use super::model::Loan;\nuse http_kit::api::Api;"), 0);
        assert_eq!(seen(imports_run_one_way, "pledge-svc/src/loan/api.rs", "use super::store;"), 0);
    }

    #[test]
    fn sees_a_finder_that_finds_for_anybody() {
        let bad = "pub async fn find<F: Fn(u8) -> u8>(db: &Db, id: LoanId) -> Loan { x }\n\
                   impl Loans { pub(crate) async fn list_due(&self, scope: u8) {} }";
        assert_eq!(seen(finders_take_a_scope, STORE, bad), 2);
        let good = "pub async fn find(db: &Db, scope: &Scope, id: LoanId) -> Loan { x }\n\
                    async fn list() {}\npub async fn insert(tx: &mut Tx) {}\npub fn page_size() -> u64 { 1 }";
        assert_eq!(seen(finders_take_a_scope, STORE, good), 0);
        assert_eq!(seen(finders_take_a_scope, "crates/ledger/src/store.rs", bad), 0);
    }

    #[test]
    fn sees_a_file_with_two_subjects() {
        let long = "fn f() {}\n".repeat(FILE_LINES_MAX + 1);
        assert_eq!(seen(files_have_one_subject, "src/suite.rs", &long), 1);
        let tested = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(seen(files_have_one_subject, "src/suite.rs", &tested), 0);
        assert_eq!(seen(files_have_one_subject, "tests/e2e/draw.rs", &long), 0);
        assert_eq!(seen(files_have_one_subject, "tests/e2e/draw.rs", &long.repeat(2)), 1);
    }

    #[test]
    fn sees_a_function_longer_than_a_page() {
        let body = "    g();\n".repeat(FUNCTION_LINES_MAX);
        assert_eq!(
            seen(functions_fit_a_page, "src/suite.rs", &format!("fn f() {{\n{body}}}\nfn h() {{}}")),
            1
        );
        assert_eq!(
            seen(functions_fit_a_page, "src/suite.rs", &format!("fn f() {{}}\nconst A: &[u8] = {{{body}}};")),
            0
        );
    }

    #[test]
    fn sees_what_is_left_over() {
        for left in MARKS {
            assert_eq!(
                seen(nothing_is_left_over, "k8s/README.md", &format!("later ({left}: this)")),
                1,
                "{left}"
            );
        }
        for left in LEFTOVERS {
            assert_eq!(seen(nothing_is_left_over, "src/suite.rs", &format!("{left} x")), 1, "{left}");
        }
        assert_eq!(seen(nothing_is_left_over, "src/suite.rs", "mktemp a.XXXXXX; let todos = 1;"), 0);
    }

    #[test]
    fn sees_a_lint_switched_off() {
        assert_eq!(
            seen(lints_are_not_switched_off, "src/suite.rs", "#![allow(unused)]\n#[allow(dead_code)]"),
            2
        );
        assert_eq!(
            seen(lints_are_not_switched_off, "src/suite.rs", "#[expect(unused, reason = \"#[allow(\")]"),
            0
        );
    }

    #[test]
    fn sees_a_name_without_a_subject() {
        assert_eq!(seen(names_name_the_business, "pledge-svc/src/utils.rs", ""), 1);
        assert_eq!(seen(names_name_the_business, "pledge-svc/src/helpers/mod.rs", ""), 1);
        assert_eq!(seen(names_name_the_business, "pledge-svc/src/loan/draw.rs", ""), 0);
    }

    #[test]
    fn sees_a_module_that_says_nothing() {
        assert_eq!(seen(modules_say_what_they_are, "pledge-svc/src/loan/mod.rs", "mod draw;"), 1);
        assert_eq!(seen(modules_say_what_they_are, "pledge-svc/src/loan/mod.rs", "//! Loans.\nmod draw;"), 0);
    }

    #[test]
    fn sees_a_service_that_knows_another() {
        let bad = "[dependencies]\nfinance.workspace = true\nvaluation-svc.workspace = true\n\n\
                   [dev-dependencies]\ngateway = { path = \"../gateway\" }\n[dependencies.console]\npath = \"x\"";
        assert_eq!(crates_go_wide("pledge-svc", bad).len(), 3);
        assert_eq!(
            crates_go_wide("finance", "[dependencies]\ncontracts.workspace = true\nserde = \"1\"").len(),
            1
        );
        assert_eq!(
            crates_go_wide("pledge-svc", "[dependencies]\nledger.workspace = true\n[features]\ngateway = []"),
            [""; 0]
        );
        assert_eq!(crates_go_wide("stranger", "").len(), 1);
    }

    #[test]
    fn sees_a_problem_that_nobody_explains() {
        let answers = "pledge-svc/src/loan/problems.rs";
        for made in [
            "fn f() { Problem::refused(\n    // why\n    \"no-loan\",\n    \"没有\", \"none\") }",
            "fn f() { http_kit::Problem::new(code(404, 1), \"no-loan\", zh, en) }",
            "const GONE: &str =\n    \"no-loan\";\nfn f() { Problem::invalid(super::GONE, zh, en) }",
            "impl<T: Into<X>> From<T> for Problem where T: Y { fn f() { Self::refused(\"no-loan\", zh, en) } }",
            "fn f() { Problem::refused(if late { \"late\" } else { \"no-loan\" }, zh, en) }",
        ] {
            assert_eq!(
                kinds(answers, made, &["late"])[0],
                format!("{answers}:LINE: no-loan has no entry in gateway/src/problems"),
                "{made}"
            );
            assert!(
                !kinds(answers, made, &["late", "no-loan"]).iter().any(|one| one.contains("no-loan")),
                "{made}"
            );
        }
    }

    #[test]
    fn sees_an_entry_for_no_problem() {
        let page = "gateway/src/problems/lending.rs";
        let others = "impl Draw { fn f() { Self::refused(\"no-loan\") } }\n/// Problem::refused(\"no-loan\")\n\
                      #[cfg(test)]\nmod tests { fn f() { Problem::refused(\"no-loan\", zh, en) } }";
        assert_eq!(
            kinds("src/suite.rs", others, &["no-loan"]),
            [format!("{page}:LINE: nothing answers with no-loan")]
        );
        let made = "fn f() { Problem::refused(\"no-loan\", zh, en) }";
        assert_eq!(
            kinds("src/suite.rs", made, &["no-loan", "no-loan"]),
            [format!("{page}:LINE: no-loan has another entry")]
        );
        assert_eq!(kinds("tests/e2e/draw.rs", made, &[]), [""; 0]);
    }

    #[test]
    fn sees_a_problem_whose_kind_cannot_be_read() {
        for made in [
            "fn f(slug: &'static str) { Problem::refused(slug, zh, en) }",
            "fn f() { let make = Problem::invalid; }",
            "use http_kit::Problem as Answer;",
            "fn f() { let slug = \"late\"; <Problem>::new(code, slug, zh, en) }",
        ] {
            assert_eq!(
                kinds("src/suite.rs", made, &[]),
                ["src/suite.rs:LINE: the kind of this problem is not written where it is made"]
            );
        }
        let makers = "impl Problem { fn refused(slug: &'static str) -> Self { Self::new(StatusCode::CONFLICT, slug, zh, en) } }";
        assert_eq!(kinds("crates/http-kit/src/problem.rs", makers, &[]), [""; 0]);
        assert_eq!(kinds("src/suite.rs", "fn f() { <Problem as KeyReused>::key_reused() }", &[]), [""; 0]);
    }

    /// What is wrong with a file beside the entries, without the numbers of lines.
    fn kinds(path: &str, text: &str, entries: &[&str]) -> Vec<String> {
        let rows: String = entries.iter().map(|slug| format!("(\n\"{slug}\", \"(甲)\", \"(\"),")).collect();
        let page = format!("pub(super) const KINDS: &[Kind] = &[{rows}];\nfn f() {{ g(\"x\") }}");
        let sources = [Source::new(path, text), Source::new("gateway/src/problems/lending.rs", &page)];
        let numbered = |one: String| {
            let mut parts = one.splitn(3, ':').map(str::to_owned);
            let (path, _, what) = (parts.next()?, parts.next()?, parts.next()?);
            Some(format!("{path}:LINE:{what}"))
        };
        unexplained(&sources).into_iter().filter_map(numbered).collect()
    }

    #[test]
    fn is_not_misled_by_texts_and_comments() {
        let text = "let a = r#\"#[allow(x)] \"quoted\" \"#; let c = '\"'; let l: &'static str = \"\\\"#[allow(y)]\";\n\
                    /* outer /* #[allow(z)] */ still */ #[allow(w)]";
        let source = Source::new("src/suite.rs", text);
        assert_eq!(lints_are_not_switched_off(&source), ["src/suite.rs:2: allow"]);
    }
}
