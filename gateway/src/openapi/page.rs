//! The frame of the gateway's own pages: plain HTML and one style sheet, no script, nothing from elsewhere.

/// Where the style sheet is.
pub(crate) const STYLE_PATH: &str = "/reference/style.css";

/// The style sheet.
pub(super) const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--mark:#0b62c4}\
body{font:16px/1.6 system-ui,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:72rem;margin:0 auto;padding:1.5rem}\
h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}h3{margin-top:1.5rem}\
a{color:var(--mark)}code{font-family:ui-monospace,Consolas,monospace;font-size:.92em}\
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;list-style:none}\
details{border:1px solid var(--line);border-radius:.4rem;margin:.4rem 0;padding:.3rem .8rem}\
details[open]{background:var(--soft)}summary{cursor:pointer;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%;margin:.6rem 0}\
th,td{border-bottom:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top}\
.verb{display:inline-block;min-width:4.2rem;font-weight:700;text-transform:uppercase}\
.faint{opacity:.75}";

/// A page with this title and body; both are written as they are, so escape what comes from elsewhere.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"{STYLE_PATH}\"></head>\
         <body>{body}</body></html>"
    )
}

/// Text as it may stand in HTML and in attribute values.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_elsewhere_is_text_and_stays_text() {
        assert_eq!(escape("<b a=\"1\">&'"), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
    }
}
