//! The API's reference page, rendered from the merged document.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::Value;

use super::page::{escape, page};

const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// An operation with where it is.
struct Operation<'a> {
    path: &'a str,
    verb: &'a str,
    value: &'a Value,
}

/// The page.
pub(super) fn render(document: &Value) -> String {
    let groups = grouped(document);
    let mut body = String::from(
        "<h1>接口参考 · API reference</h1>\
         <p>登录：<code>POST /auth/token</code>，其后每次请求带 <code>Authorization: Bearer …</code>。\
         金额为字符串，如 <code>\"1234.56\"</code>；利率如 <code>\"0.0345\"</code>；时间为 RFC 3339。\
         错误为 RFC 9457 <code>application/problem+json</code>。机器可读：<a href=\"/openapi.json\">openapi.json</a>。</p>\
         <p class=\"faint\">Sign in with <code>POST /auth/token</code>, then send \
         <code>Authorization: Bearer …</code>. Amounts and rates are strings; errors are RFC 9457 problems.</p>\
         <nav><ul>",
    );
    for (number, (group, operations)) in groups.iter().enumerate() {
        add(
            &mut body,
            format_args!("<li><a href=\"#g{number}\">{}</a> ({})</li>", escape(group), operations.len()),
        );
    }
    body.push_str("<li><a href=\"#schemas\">数据结构 · Schemas</a></li></ul></nav>");
    for (number, (group, operations)) in groups.iter().enumerate() {
        add(&mut body, format_args!("<h2 id=\"g{number}\">{}</h2>", escape(group)));
        for operation in operations {
            write_operation(&mut body, operation);
        }
    }
    body.push_str("<h2 id=\"schemas\">数据结构 · Schemas</h2>");
    for (name, schema) in object(document.pointer("/components/schemas")) {
        write_schema(&mut body, name, schema);
    }
    page("接口参考 · API reference", &body)
}

/// Writing into a string does not fail.
fn add(text: &mut String, part: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(part);
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn array(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Operations by service and tag.
fn grouped(document: &Value) -> BTreeMap<String, Vec<Operation<'_>>> {
    let mut groups: BTreeMap<String, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in object(document.get("paths")) {
        let service = path.strip_prefix("/api/").and_then(|rest| rest.split('/').next()).unwrap_or("door");
        for verb in VERBS {
            let Some(value) = item.get(verb) else { continue };
            let tag = array(value.get("tags")).first().and_then(Value::as_str).unwrap_or(service);
            let group = if tag == service { service.to_owned() } else { format!("{service} · {tag}") };
            groups.entry(group).or_default().push(Operation { path, verb, value });
        }
    }
    groups
}

fn write_operation(body: &mut String, operation: &Operation<'_>) {
    let Operation { path, verb, value } = operation;
    let id = escape(text(value, "operationId"));
    let summary = escape(text(value, "summary"));
    let path = escape(path);
    add(
        body,
        format_args!(
            "<details id=\"{id}\"><summary><span class=\"verb\">{verb}</span> <code>{path}</code> {summary}</summary>"
        ),
    );
    let description = text(value, "description");
    if !description.is_empty() {
        add(body, format_args!("<p>{}</p>", escape(description)));
    }
    match value.get("x-permission").and_then(Value::as_str) {
        Some(permission) => {
            add(body, format_args!("<p>权限 · permission: <code>{}</code></p>", escape(permission)));
        }
        None => body.push_str("<p>无需登录 · no sign-in needed</p>"),
    }
    let parameters = array(value.get("parameters"));
    if !parameters.is_empty() {
        body.push_str(
            "<table><tr><th>参数 · parameter</th><th>位置 · in</th><th>类型 · type</th><th></th></tr>",
        );
        for parameter in parameters {
            let required = parameter.get("required").and_then(Value::as_bool) == Some(true);
            add(
                body,
                format_args!(
                    "<tr><td><code>{}</code>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                    escape(text(parameter, "name")),
                    if required { " *" } else { "" },
                    escape(text(parameter, "in")),
                    kind(parameter.get("schema")),
                    escape(text(parameter, "description")),
                ),
            );
        }
        body.push_str("</table>");
    }
    for (media, content) in object(value.pointer("/requestBody/content")) {
        add(body, format_args!("<p>请求体 · body ({}): {}</p>", escape(media), kind(content.get("schema"))));
    }
    body.push_str("<table><tr><th>答复 · answer</th><th></th></tr>");
    for (status, answer) in object(value.get("responses")) {
        let kinds: Vec<String> =
            object(answer.get("content")).map(|(_, content)| kind(content.get("schema"))).collect();
        let description = escape(text(answer, "description"));
        add(
            body,
            format_args!("<tr><td>{}</td><td>{} {}</td></tr>", escape(status), kinds.join(", "), description),
        );
    }
    body.push_str("</table></details>");
}

fn write_schema(body: &mut String, name: &str, schema: &Value) {
    let name = escape(name);
    add(
        body,
        format_args!(
            "<details id=\"schema-{name}\"><summary><code>{name}</code> {}</summary>",
            escape(text(schema, "description"))
        ),
    );
    let mut rows = String::new();
    let parts = array(schema.get("allOf")).iter().chain(array(schema.get("oneOf"))).chain([schema]);
    for part in parts {
        let required = array(part.get("required"));
        for (field, value) in object(part.get("properties")) {
            let mark = if required.iter().any(|name| name.as_str() == Some(field)) { " *" } else { "" };
            add(
                &mut rows,
                format_args!(
                    "<tr><td><code>{}</code>{mark}</td><td>{}</td><td>{}</td></tr>",
                    escape(field),
                    kind(Some(value)),
                    escape(text(value, "description")),
                ),
            );
        }
    }
    if rows.is_empty() {
        add(body, format_args!("<p>{}</p>", kind(Some(schema))));
    } else {
        add(body, format_args!("<table>{rows}</table>"));
    }
    body.push_str("</details>");
}

/// A schema's kind in a few words, with links to named ones.
fn kind(schema: Option<&Value>) -> String {
    let Some(schema) = schema else { return String::new() };
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|to| to.rsplit('/').next()) {
        let name = escape(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for joint in ["oneOf", "anyOf", "allOf"] {
        let parts: Vec<String> = array(schema.get(joint)).iter().map(|part| kind(Some(part))).collect();
        if !parts.is_empty() {
            return parts.join(if joint == "allOf" { " + " } else { " | " });
        }
    }
    let named: Vec<&str> = array(schema.get("enum")).iter().filter_map(Value::as_str).collect();
    if !named.is_empty() {
        return escape(&named.join(" | "));
    }
    let types = match schema.get("type") {
        Some(Value::String(one)) => one.clone(),
        Some(Value::Array(several)) => {
            several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ")
        }
        _ => String::new(),
    };
    let items = schema.get("items").map(|items| format!(" of {}", kind(Some(items)))).unwrap_or_default();
    let format = text(schema, "format");
    let format = if format.is_empty() { String::new() } else { format!(" ({})", escape(format)) };
    format!("{}{format}{items}", escape(&types))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_page_names_every_operation_and_links_its_schemas() {
        let page = render(&json!({
            "paths": { "/api/pledge/v1/loans": { "get": {
                "operationId": "loans", "tags": ["loans"], "summary": "<贷款>", "x-permission": "loan.read",
                "responses": { "200": { "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Loan" } } } } },
            } } },
            "components": { "schemas": { "Loan": { "required": ["id"],
                "properties": { "id": { "type": "string", "format": "uuid" } } } } },
        }));
        for part in
            ["id=\"loans\"", "pledge · loans", "&lt;贷款&gt;", "loan.read", "#schema-Loan", "string (uuid)"]
        {
            assert!(page.contains(part), "{part}");
        }
        assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    }
}
