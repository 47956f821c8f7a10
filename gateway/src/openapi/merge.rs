//! Putting the services' documents together into one.
//!
//! Schemas of the same name and meaning become one. Where two services mean different things by a name, the later
//! one's gets the service's name in front, and so does every schema of that service that speaks of it and would
//! otherwise be taken for the earlier one's. Operation ids get the service's name in front where they are not unique.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Service;
use serde_json::{Map, Value, json};

const SCHEMA_REF: &str = "#/components/schemas/";

/// One document out of the services' own, in the order of the services.
#[must_use]
pub fn merge(parts: &BTreeMap<Service, Value>) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    let mut operation_ids = BTreeSet::new();
    for (service, document) in parts {
        let own = members(document, &["components", "schemas"]);
        let renamed = renames(*service, &own, &schemas);
        for (name, mut schema) in own {
            rename_refs(&mut schema, &renamed);
            schemas.insert(renamed.get(&name).cloned().unwrap_or(name), schema);
        }
        for (path, mut item) in members(document, &["paths"]) {
            rename_refs(&mut item, &renamed);
            settle_operations(*service, &mut item, &mut operation_ids);
            paths.insert(path, item);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ip-finance",
            "description": "专利估值、质押融资、保险与监管 · Patent valuation, pledge finance, insurance and supervision",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
        },
    })
}

fn members(document: &Value, path: &[&str]) -> Map<String, Value> {
    let found = path.iter().try_fold(document, |value, key| value.get(key));
    found.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The new names of this service's schemas: those that differ from what has the name already, and those of the taken
/// names that speak of a renamed one.
fn renames(
    service: Service,
    own: &Map<String, Value>,
    taken: &Map<String, Value>,
) -> BTreeMap<String, String> {
    let prefix = capital(service.name());
    let mut renamed = BTreeMap::new();
    let mut rename = |name: &String| renamed.insert(name.clone(), format!("{prefix}{name}"));
    for (name, schema) in own {
        if taken.get(name).is_some_and(|other| other != schema) {
            rename(name);
        }
    }
    loop {
        let speaks_of_renamed = |schema: &Value| renamed.keys().any(|name| refers_to(schema, name));
        let further: Vec<String> = own
            .iter()
            .filter(|(name, schema)| {
                taken.contains_key(*name) && !renamed.contains_key(*name) && speaks_of_renamed(schema)
            })
            .map(|(name, _)| name.clone())
            .collect();
        if further.is_empty() {
            return renamed;
        }
        for name in further {
            let new = format!("{prefix}{name}");
            renamed.insert(name, new);
        }
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn refers_to(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(key, value)| match value {
            Value::String(text) if key == "$ref" => text.strip_prefix(SCHEMA_REF) == Some(name),
            other => refers_to(other, name),
        }),
        Value::Array(items) => items.iter().any(|item| refers_to(item, name)),
        _ => false,
    }
}

fn rename_refs(value: &mut Value, renamed: &BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(text) if key == "$ref" => {
                        if let Some(new) = text.strip_prefix(SCHEMA_REF).and_then(|name| renamed.get(name)) {
                            *text = format!("{SCHEMA_REF}{new}");
                        }
                    }
                    other => rename_refs(other, renamed),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_refs(item, renamed)),
        _ => {}
    }
}

/// Makes operation ids unique, and says of public operations that they need no token.
fn settle_operations(service: Service, item: &mut Value, taken: &mut BTreeSet<String>) {
    let Some(operations) = item.as_object_mut() else { return };
    for operation in operations.values_mut().filter_map(Value::as_object_mut) {
        if operation.contains_key("x-public") {
            operation.insert("security".to_owned(), json!([]));
        }
        if let Some(Value::String(id)) = operation.get_mut("operationId") {
            if taken.contains(id) {
                *id = format!("{service}_{id}");
            }
            taken.insert(id.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(path: &str, operation: &str, schemas: Value) -> Value {
        json!({
            "paths": { path: { "get": {
                "operationId": operation,
                "responses": { "200": { "schema": { "$ref": "#/components/schemas/Page" } } },
            } } },
            "components": { "schemas": schemas },
        })
    }

    fn merged(pledge: Value, insurance: Value) -> Value {
        merge(&BTreeMap::from([(Service::Pledge, pledge), (Service::Insurance, insurance)]))
    }

    #[test]
    fn what_two_services_mean_alike_is_said_once() {
        let schemas = json!({ "Page": { "type": "object" }, "Money": { "type": "string" } });
        let both = merged(document("/a", "a", schemas.clone()), document("/b", "b", schemas.clone()));
        assert_eq!(both["components"]["schemas"], schemas);
        assert_eq!(both["paths"].as_object().unwrap().len(), 2);
    }

    #[test]
    fn what_they_mean_otherwise_is_told_apart_with_all_that_speaks_of_it() {
        let page = json!({ "items": { "$ref": "#/components/schemas/Row" } });
        let pledge = json!({ "Page": page, "Row": { "type": "string" } });
        let insurance = json!({ "Page": page, "Row": { "type": "integer" } });
        let both = merged(document("/a", "a", pledge), document("/b", "b", insurance));
        let schemas = &both["components"]["schemas"];
        assert_eq!(schemas["Row"]["type"], "string");
        assert_eq!(schemas["InsuranceRow"]["type"], "integer");
        assert_eq!(schemas["Page"]["items"]["$ref"], "#/components/schemas/Row");
        assert_eq!(schemas["InsurancePage"]["items"]["$ref"], "#/components/schemas/InsuranceRow");
        let used = &both["paths"]["/b"]["get"]["responses"]["200"]["schema"]["$ref"];
        assert_eq!(used, "#/components/schemas/InsurancePage");
    }

    #[test]
    fn operations_keep_their_ids_unless_two_have_the_same() {
        let schemas = json!({ "Page": {} });
        let both = merged(document("/a", "list", schemas.clone()), document("/b", "list", schemas));
        assert_eq!(both["paths"]["/a"]["get"]["operationId"], "list");
        assert_eq!(both["paths"]["/b"]["get"]["operationId"], "insurance_list");
    }
}
