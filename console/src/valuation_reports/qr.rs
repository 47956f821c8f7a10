//! Where a report is verified, as a QR code that a telephone reads from the screen or from paper, with the address in words
//! beside it.

use askama::Template;
use qrcode::{Color, EcLevel, QrCode};

use crate::{desk::Desk, list, page::Block};

/// The light squares around a code that a reader needs (ISO/IEC 18004).
const MARGIN: usize = 4;

#[derive(Template)]
#[template(path = "qr.html")]
struct Shown<'a> {
    title: &'a str,
    text: &'a str,
    address: &'a str,
    /// Squares on a side with the margin.
    side: usize,
    /// The dark squares as a path of an SVG.
    path: String,
}

/// The code of an address with the address beside it; nothing where the address is too long for any code.
pub fn block(desk: &Desk, address: &str) -> Option<Block> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let shown = Shown {
        title: desk.t("vfy-title"),
        text: desk.t("rep-qr"),
        address,
        side: width + 2 * MARGIN,
        path: path(&code.into_colors(), width),
    };
    Some(list::markup(&shown))
}

fn path(colors: &[Color], width: usize) -> String {
    let mut path = String::new();
    for (row, line) in colors.chunks(width).enumerate() {
        for (column, _) in line.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            path.push_str(&format!("M{} {}h1v1h-1z", column + MARGIN, row + MARGIN));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_square_is_drawn_where_it_is_within_the_margin() {
        let colors = [Color::Dark, Color::Light, Color::Light, Color::Dark];
        assert_eq!(path(&colors, 2), "M4 4h1v1h-1zM5 5h1v1h-1z");
    }
}
