//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use super::model::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Empty => Self::bad_fields(Vec::new()).with_field(
                "file",
                "文件是空的，请选择要上传的文件。",
                "The file is empty. Choose the file to upload.",
            ),
            Refusal::TooLarge { bytes_max } => {
                let mebibytes = bytes_max / (1024 * 1024);
                Self::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "payload-too-large",
                    format!("文件超过 {mebibytes} MB，未保存。请压缩或拆分后上传。"),
                    format!("The file is larger than {mebibytes} MB and was not kept. Make it smaller or split it."),
                )
                .with("bytes_max", bytes_max)
            }
            Refusal::NotAllowed { found } => Self::invalid(
                "file-type-not-taken",
                "仅接受 PDF、PNG、JPEG、XLSX、DOCX 文件，文件内容不属于其中任何一种，未保存。请转换格式后上传。",
                "Only PDF, PNG, JPEG, XLSX and DOCX files are taken. The content is none of them and was not kept. Convert it first.",
            )
            .with("found", found),
            Refusal::Mismatch { said, found } => Self::invalid(
                "file-type-mismatch",
                format!("文件名或声明的类型（{said}）与文件内容（{found}）不一致，未保存。请检查文件后重新上传。"),
                format!("The file says it is {said} and its content is {found}; it was not kept. Check the file."),
            )
            .with("said", said)
            .with("found", found),
            Refusal::Active { part } => Self::invalid(
                "file-carries-program",
                "文件含有宏、控件或嵌入对象，未保存。请另存为不含宏的文件或 PDF 后上传。",
                "The file carries macros, controls or embedded objects and was not kept. Save it without them or as PDF.",
            )
            .with("part", part),
            Refusal::Damaged => Self::invalid(
                "unreadable-file",
                "文件已损坏或无法识别，未保存。请重新导出后上传。",
                "The file is damaged or does not read and was not kept. Export it again.",
            ),
            Refusal::Infected { signature } => Self::invalid(
                "file-infected",
                format!("文件中发现病毒（{signature}），不能保存或下载。请清除病毒后重新上传。"),
                format!("A virus ({signature}) was found, so the file is neither kept nor handed out. Clean it and upload it again."),
            )
            .with("signature", signature),
            Refusal::Quarantined => Self::refused(
                "document-quarantined",
                "病毒扫描尚未完成，文件在隔离区等待扫描，扫描通过后即可下载。请稍后再试。",
                "The virus scan is not over; the file waits in quarantine and can be had once it is scanned. Try later.",
            ),
            Refusal::TooMany { count_max } => Self::refused(
                "too-many-documents",
                format!("已有 {count_max} 份文件（含历史版本），不能再上传。请联系经办人整理。"),
                format!("There are {count_max} documents already, earlier versions among them. Ask who handles the matter."),
            )
            .with("count_max", count_max),
            Refusal::Superseded { version } => Self::refused(
                "document-superseded",
                format!("第 {version} 版已被新版本取代。请在最新版本上更新。"),
                format!("Version {version} has been replaced. Put the new one in the place of the latest."),
            )
            .with("version", version),
            Refusal::NotYours => Self::new(
                StatusCode::FORBIDDEN,
                "not-your-document",
                "该文件由对方上传，只能由上传方更新。请联系对方。",
                "The other party attached this document, so only they can replace it. Ask them.",
            ),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
