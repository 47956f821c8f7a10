//! Pages become a PDF file, with the characters used embedded.

use chrono::Datelike;
use krilla::{
    Document, SerializeSettings,
    color::luma,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule, Stroke},
    surface::Surface,
    text::{GlyphId, KrillaGlyph},
};

use crate::{
    Paper, PaperError,
    fonts::{Face, Loaded, Ruler, Weight},
    layout::{Mark, PAGE},
};

/// How thick a rule is, in points.
const RULE: f32 = 0.6;
/// What made the file; fixed, so that the same document has the same bytes.
const PRODUCER: &str = "ip-finance";

/// The file.
pub(crate) fn pdf(paper: &Paper, pages: &[Vec<Mark>], fonts: &Loaded) -> Result<Vec<u8>, PaperError> {
    let mut document = Document::new_with(SerializeSettings { enable_tagging: false, ..Default::default() });
    document.set_metadata(metadata(paper));
    let regular = (fonts.face(Weight::Regular), fonts.face(Weight::Regular).ruler()?);
    let bold = (fonts.face(Weight::Bold), fonts.face(Weight::Bold).ruler()?);
    for marks in pages {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1)
            .ok_or_else(|| PaperError::Unwritable("a page without a size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            put(&mut surface, mark, &regular, &bold);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| PaperError::Unwritable(error.to_string()))
}

fn metadata(paper: &Paper) -> Metadata {
    let year = u16::try_from(paper.dated.year()).unwrap_or(0);
    let part = |value: u32| u8::try_from(value).unwrap_or(1);
    let created = DateTime::new(year).month(part(paper.dated.month())).day(part(paper.dated.day()));
    Metadata::new()
        .title(paper.title.clone())
        .language(paper.language.tag().to_owned())
        .producer(PRODUCER.to_owned())
        .creator(PRODUCER.to_owned())
        .creation_date(created)
}

fn put(surface: &mut Surface<'_>, mark: &Mark, regular: &(&Face, Ruler<'_>), bold: &(&Face, Ruler<'_>)) {
    match mark {
        Mark::Text { x, y, size, weight, gray, text } => {
            let (face, ruler) = if *weight == Weight::Bold { bold } else { regular };
            surface.set_fill(Some(ink(*gray)));
            let glyphs = glyphs(text, ruler);
            surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, face.printed.clone(), text, *size, false);
        }
        Mark::Rule { from, to, gray } => {
            fill(surface, from.0, from.1 - RULE / 2.0, to.0 - from.0, (to.1 - from.1) + RULE, *gray);
        }
        Mark::Shade { x, y, width, height, gray } => fill(surface, *x, *y, *width, *height, *gray),
        Mark::Shape { outlines, fill, line } => shape(surface, outlines, *fill, *line),
    }
}

fn fill(surface: &mut Surface<'_>, x: f32, y: f32, width: f32, height: f32, gray: u8) {
    let mut path = PathBuilder::new();
    if let Some(rect) = Rect::from_xywh(x, y, width, height) {
        path.push_rect(rect);
    }
    if let Some(path) = path.finish() {
        surface.set_fill(Some(ink(gray)));
        surface.draw_path(&path);
    }
}

fn shape(surface: &mut Surface<'_>, outlines: &[Vec<(f32, f32)>], fill: Option<u8>, line: Option<u8>) {
    let mut path = PathBuilder::new();
    for corners in outlines {
        let mut corners = corners.iter();
        let Some((x, y)) = corners.next() else { continue };
        path.move_to(*x, *y);
        for (x, y) in corners {
            path.line_to(*x, *y);
        }
        path.close();
    }
    let Some(path) = path.finish() else { return };
    surface.set_fill(fill.map(ink));
    surface.set_stroke(line.map(|gray| Stroke {
        paint: luma::Color::new(gray).into(),
        width: RULE,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
    surface.set_stroke(None);
}

fn ink(gray: u8) -> Fill {
    Fill { paint: luma::Color::new(gray).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn glyphs(text: &str, ruler: &Ruler<'_>) -> Vec<KrillaGlyph> {
    text.char_indices()
        .map(|(at, letter)| {
            let (glyph, width) = ruler.glyph(letter);
            KrillaGlyph {
                glyph_id: GlyphId::new(glyph),
                text_range: at..at + letter.len_utf8(),
                x_advance: width,
                x_offset: 0.0,
                y_offset: 0.0,
                y_advance: 0.0,
                location: None,
            }
        })
        .collect()
}
