//! The fonts of the machine that have Chinese characters, and how wide their characters are.
//!
//! Where they lie is looked up once. Their bytes (twenty megabytes a weight) are held while a document is being made
//! and let go of after the last one.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use fontdb::{Database, FaceInfo, Source, Style};
use krilla::text::Tag;
use skrifa::{
    FontRef, MetadataProvider,
    charmap::Charmap,
    instance::{Location, Size},
    metrics::GlyphMetrics,
};

use crate::PaperError;

/// Families that have every character of everyday Chinese, best for print first.
const FAMILIES: [&str; 16] = [
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "SimSun",
    "SimHei",
    "STSong",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "AR PL UMing CN",
    "Droid Sans Fallback",
];
/// What a font of no known family must have to be taken.
const PROBE: &str = "专利权质押贷款结清证明，银行对账单：￥0123456789.ABC";
const REGULAR: u16 = 400;
const BOLD: u16 = 700;

/// Which of the two weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// A face on the disk (or in memory), at a weight.
#[derive(Debug, Clone)]
struct Place {
    source: Source,
    index: u32,
    weight: u16,
}

/// The faces that documents are set in.
#[derive(Debug)]
pub struct Fonts {
    regular: Place,
    bold: Place,
    loaded: Mutex<Weak<Loaded>>,
}

impl Fonts {
    /// The fonts installed on this machine, looked up at the first call that finds any.
    ///
    /// # Errors
    /// [`PaperError::NoChineseFont`]; one installed meanwhile is found by the next call.
    pub fn installed() -> Result<&'static Self, PaperError> {
        static FOUND: OnceLock<Fonts> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(found);
        }
        let mut database = Database::new();
        database.load_system_fonts();
        let found = Self::among(&database)?;
        Ok(FOUND.get_or_init(|| found))
    }

    /// The best of the fonts of a database.
    ///
    /// # Errors
    /// [`PaperError::NoChineseFont`]
    pub fn among(database: &Database) -> Result<Self, PaperError> {
        let known = FAMILIES.iter().find_map(|family| {
            let faces: Vec<&FaceInfo> =
                database.faces().filter(|face| upright(face) && is_of(face, family)).collect();
            nearest(&faces, REGULAR).map(|regular| (regular, faces))
        });
        let (regular, faces) = match known {
            Some(found) => found,
            None => {
                let face = any_that_speaks_chinese(database).ok_or(PaperError::NoChineseFont)?;
                (face, vec![face])
            }
        };
        let bold = nearest(&faces, BOLD).unwrap_or(regular);
        Ok(Self {
            regular: place(regular, REGULAR),
            bold: place(bold, BOLD),
            loaded: Mutex::new(Weak::new()),
        })
    }

    /// The faces with their bytes; shared by all documents that are made at the same time.
    pub(crate) fn load(&self) -> Result<Arc<Loaded>, PaperError> {
        let mut held = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = held.upgrade() {
            return Ok(loaded);
        }
        let loaded = Arc::new(Loaded { regular: Face::load(&self.regular)?, bold: Face::load(&self.bold)? });
        *held = Arc::downgrade(&loaded);
        Ok(loaded)
    }
}

fn upright(face: &FaceInfo) -> bool {
    face.style == Style::Normal
}

fn is_of(face: &FaceInfo, family: &str) -> bool {
    face.families.iter().any(|(name, _)| name == family)
}

/// The face of the nearest weight; the first by name where two are as near, so that the choice is the same each time.
fn nearest<'a>(faces: &[&'a FaceInfo], weight: u16) -> Option<&'a FaceInfo> {
    faces
        .iter()
        .min_by_key(|face| (face.weight.0.abs_diff(weight), face.post_script_name.clone(), face.index))
        .copied()
}

fn any_that_speaks_chinese(database: &Database) -> Option<&FaceInfo> {
    let mut faces: Vec<&FaceInfo> = database.faces().filter(|face| upright(face)).collect();
    faces.sort_by_key(|face| (face.weight.0.abs_diff(REGULAR), face.post_script_name.clone(), face.index));
    faces.into_iter().find(|face| {
        let speaks = |data: &[u8], index: u32| {
            FontRef::from_index(data, index)
                .is_ok_and(|font| PROBE.chars().all(|letter| font.charmap().map(letter).is_some()))
        };
        database.with_face_data(face.id, speaks) == Some(true)
    })
}

fn place(face: &FaceInfo, weight: u16) -> Place {
    Place { source: face.source.clone(), index: face.index, weight }
}

/// Both weights with their bytes.
pub(crate) struct Loaded {
    regular: Face,
    bold: Face,
}

impl Loaded {
    /// The face of a weight.
    pub(crate) fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// One face: its bytes, and the same as the PDF writer takes it.
pub(crate) struct Face {
    bytes: Bytes,
    index: u32,
    location: Location,
    pub(crate) printed: krilla::text::Font,
}

impl Face {
    fn load(place: &Place) -> Result<Self, PaperError> {
        let (path, bytes): (PathBuf, Bytes) = match &place.source {
            Source::File(path) => {
                let read = std::fs::read(path).map_err(|error| broken(path, &error))?;
                (path.clone(), Arc::new(read))
            }
            Source::Binary(bytes) => (PathBuf::from("in memory"), Arc::clone(bytes)),
            Source::SharedFile(path, bytes) => (path.clone(), Arc::clone(bytes)),
        };
        let font =
            FontRef::from_index((*bytes).as_ref(), place.index).map_err(|error| broken(&path, &error))?;
        // A variable font stands at its thinnest unless it is told its weight.
        let axes = font.axes();
        let weighs = axes.iter().any(|axis| axis.tag() == skrifa::Tag::new(b"wght"));
        let weight = f32::from(place.weight);
        let location = axes.location(weighs.then_some(("wght", weight)));
        let coordinates: &[(Tag, f32)] = if weighs { &[(Tag::new(b"wght"), weight)] } else { &[] };
        let printed = krilla::text::Font::new_variable(Arc::clone(&bytes).into(), place.index, coordinates)
            .ok_or_else(|| broken(&path, &"not a font that can be embedded"))?;
        Ok(Self { index: place.index, location, printed, bytes })
    }

    /// What measures this face's characters.
    pub(crate) fn ruler(&self) -> Result<Ruler<'_>, PaperError> {
        let font = FontRef::from_index((*self.bytes).as_ref(), self.index)
            .map_err(|error| broken(&PathBuf::from("in use"), &error))?;
        Ok(Ruler {
            characters: font.charmap(),
            widths: font.glyph_metrics(Size::unscaled(), &self.location),
            units_per_em: f32::from(font.metrics(Size::unscaled(), &self.location).units_per_em.max(1)),
        })
    }
}

fn broken(path: &std::path::Path, reason: &dyn std::fmt::Display) -> PaperError {
    PaperError::BrokenFont { path: path.display().to_string(), reason: reason.to_string() }
}

/// Maps characters to glyphs and measures them.
pub(crate) struct Ruler<'a> {
    characters: Charmap<'a>,
    widths: GlyphMetrics<'a>,
    units_per_em: f32,
}

impl Ruler<'_> {
    /// The glyph of a character (0, an empty box, where the font has none) and its width as a part of the size.
    pub(crate) fn glyph(&self, letter: char) -> (u32, f32) {
        let glyph = self.characters.map(letter).unwrap_or_default();
        (glyph.to_u32(), self.widths.advance_width(glyph).unwrap_or(0.0) / self.units_per_em)
    }

    /// The width of a text at a size.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.glyph(letter).1).sum::<f32>() * size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_chinese_says_what_to_install() {
        let error = Fonts::among(&Database::new()).unwrap_err();
        assert_eq!(error, PaperError::NoChineseFont);
        assert!(error.to_string().contains("no Chinese font is installed on the server"));
    }

    #[test]
    fn fonts_are_held_only_while_a_document_is_made() {
        let Ok(fonts) = Fonts::installed() else { return };
        let database = {
            let mut database = Database::new();
            database.load_system_fonts();
            database
        };
        let own = Fonts::among(&database).unwrap();
        let (one, two) = (own.load().unwrap(), own.load().unwrap());
        assert!(Arc::ptr_eq(&one, &two), "two documents at a time share the bytes");
        drop((one, two));
        assert!(own.loaded.lock().unwrap().upgrade().is_none());
        assert_eq!(fonts.regular.index, own.regular.index, "the choice is the same each time");
    }
}
