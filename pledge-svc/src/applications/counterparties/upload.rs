//! Reading a list that is uploaded: as a form, or as the body itself.

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
};
use http_kit::{Fields, Problem, RetryKey, extract};
use identity::Caller;
use serde::Deserialize;
use tx_kit::IdempotencyKey;
use utoipa::{IntoParams, ToSchema};

use crate::applications::model::blacklist::ListSource;

/// The largest list, in bytes: 2 MiB.
const FILE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// What the form's other parts may add to the file.
pub(super) const FORM_BYTES_MAX: usize = FILE_BYTES_MAX + 64 * 1024;

/// The list as a form. It may be the body itself (`text/csv`) instead, with the source in the query.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form to the document; the parts are read one by one")]
pub(super) struct ListForm {
    /// CSV with the columns 企业名称 (name) and 原因 (reason), and where known 统一社会信用代码, 起始日期, 截止日期.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Where the list comes from; `dishonest_debtor` where nothing is said.
    source: Option<ListSource>,
}

/// Where a list that is the body itself comes from.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct ListQueryOfBody {
    /// `dishonest_debtor` where nothing is said.
    source: Option<ListSource>,
}

/// What came.
pub(super) struct ListUpload {
    /// Where the list comes from.
    pub source: ListSource,
    /// The list.
    pub bytes: Vec<u8>,
    /// The key against entering it twice, with the fingerprint of both.
    pub key: Option<IdempotencyKey>,
}

/// Reads the list of a request.
pub(super) async fn read(
    caller: &Caller,
    request: Request,
    query: ListQueryOfBody,
) -> Result<ListUpload, Problem> {
    let command = format!("{} {}", request.method(), request.uri().path());
    let sent = RetryKey::of(request.headers())?;
    let (source, bytes) = received(request, query.source).await?;
    let asked = extract::asked_by(caller.user, &[source.name().as_bytes(), b"\n", &bytes].concat());
    let key = sent.map(|key| IdempotencyKey::new(caller.tenant, command, key, &asked));
    Ok(ListUpload { source, bytes, key })
}

async fn received(request: Request, source: Option<ListSource>) -> Result<(ListSource, Vec<u8>), Problem> {
    let mut source = source.unwrap_or(ListSource::DishonestDebtor);
    let mut bytes = Vec::new();
    if is_form(request.headers()) {
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| incomplete())?;
        while let Some(part) = form.next_field().await.map_err(|error| refused(&error))? {
            match part.name().unwrap_or_default() {
                "file" => bytes = part.bytes().await.map_err(|error| refused(&error))?.to_vec(),
                "source" => {
                    let text = part.text().await.map_err(|error| refused(&error))?;
                    // An empty input means "not given", as in a query.
                    if !text.trim().is_empty() {
                        source = ListSource::parse(text.trim()).ok_or_else(unknown_source)?;
                    }
                }
                _ => {}
            }
        }
    } else {
        bytes = Bytes::from_request(request, &()).await.map_err(|_| too_large())?.to_vec();
    }
    let mut fields = Fields::new();
    fields.require(!bytes.is_empty(), "file", "请选择要导入的名单文件。", "Choose the list to import.");
    fields.finish()?;
    if bytes.len() > FILE_BYTES_MAX { Err(too_large()) } else { Ok((source, bytes)) }
}

fn unknown_source() -> Problem {
    let names = ListSource::ALL.map(ListSource::name);
    Problem::bad_fields(Vec::new()).with_field(
        "source",
        format!("须为以下之一：{}。", names.join("、")),
        format!("Must be one of: {}.", names.join(", ")),
    )
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
}

fn refused(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { incomplete() }
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "payload-too-large",
        "名单文件超过 2 MB，请拆分后导入。",
        "The list is larger than 2 MB. Split it.",
    )
}

fn incomplete() -> Problem {
    Problem::invalid(
        "unreadable-form",
        "上传的表单不完整，请重新上传。",
        "The form did not arrive whole. Upload it again.",
    )
}
