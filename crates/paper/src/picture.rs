//! Pictures of boxes, shapes and words: bars, ranges, tornados, radars. Across, a place is a share of the text's width (0
//! left, 1 right); down, it is points below the picture's top.

use crate::{
    fonts::Weight,
    layout::{Mark, Pen, SIDE, measure},
};

/// The size of words in a picture.
const SIZE: f32 = 7.5;
/// Where the base line stands below the place given, as a part of the size.
const BASE: f32 = 1.1;

/// On which side of their place words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// They begin there.
    Left,
    /// They are centred there.
    Centre,
    /// They end there.
    Right,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Box { from: (f32, f32), to: (f32, f32), gray: u8 },
    Words { at: (f32, f32), side: Side, text: String },
    Shape { corners: Vec<(f32, f32)>, fill: Option<u8>, line: Option<u8> },
}

/// A picture in the making.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    height: f32,
    parts: Vec<Part>,
}

impl Picture {
    /// How many points the whole width has: what a figure needs that must be as high as wide.
    pub const WIDTH: f32 = measure();

    /// An empty picture of a height in points.
    #[must_use]
    pub const fn new(height: f32) -> Self {
        Self { height, parts: Vec::new() }
    }

    /// A filled box between two corners; 0 is black, 255 white.
    #[must_use]
    pub fn boxed(mut self, from: (f32, f32), to: (f32, f32), gray: u8) -> Self {
        self.parts.push(Part::Box { from, to, gray });
        self
    }

    /// A shape between corners, filled in a gray, bounded by a thin line in a gray, or both. Two corners make a line.
    #[must_use]
    pub fn shape(
        mut self,
        corners: impl IntoIterator<Item = (f32, f32)>,
        fill: Option<u8>,
        line: Option<u8>,
    ) -> Self {
        self.parts.push(Part::Shape { corners: corners.into_iter().collect(), fill, line });
        self
    }

    /// Words at a place.
    #[must_use]
    pub fn words(mut self, at: (f32, f32), side: Side, text: impl Into<String>) -> Self {
        self.parts.push(Part::Words { at, side, text: text.into() });
        self
    }

    /// Sets it where the pen stands.
    pub(crate) fn set(&self, pen: &mut Pen<'_>) {
        let top = pen.place(self.height);
        let across = |share: f32| SIDE + share.clamp(0.0, 1.0) * measure();
        for part in &self.parts {
            let mark = match part {
                Part::Box { from, to, gray } => {
                    let (left, right) = (across(from.0.min(to.0)), across(from.0.max(to.0)));
                    let (upper, lower) = (from.1.min(to.1), from.1.max(to.1));
                    Mark::Shade {
                        x: left,
                        y: top + upper,
                        width: (right - left).max(0.6),
                        height: (lower - upper).max(0.6),
                        gray: *gray,
                    }
                }
                Part::Shape { corners, fill, line } => Mark::Shape {
                    outlines: vec![corners.iter().map(|(x, y)| (across(*x), top + y)).collect()],
                    fill: *fill,
                    line: *line,
                },
                Part::Words { at, side, text } => {
                    let width = pen.ruler(Weight::Regular).width(text, SIZE);
                    let back = match side {
                        Side::Left => 0.0,
                        Side::Centre => width / 2.0,
                        Side::Right => width,
                    };
                    let last = SIDE + measure() - width;
                    let x = (across(at.0) - back).min(last).max(SIDE);
                    let y = top + at.1 + SIZE * BASE;
                    Mark::Text { x, y, size: SIZE, weight: Weight::Regular, gray: 0, text: text.clone() }
                }
            };
            pen.put(mark);
        }
    }
}
