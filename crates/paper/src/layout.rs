//! Blocks become pages: where each line of text, rule and shade stands. Points from the upper left corner of an A4 page.

use crate::{
    Language, Paper, PaperError, Qr,
    document::Block,
    fonts::{Loaded, Ruler, Weight},
    grid,
    lines::broken,
};

/// A4 in points.
pub(crate) const PAGE: (f32, f32) = (595.28, 841.89);
/// Left and right margin.
pub(crate) const SIDE: f32 = 54.0;
/// Where the text of a page begins and ends.
const TOP: f32 = 72.0;
const BOTTOM: f32 = PAGE.1 - 66.0;
const BODY: f32 = 10.0;
const SMALL: f32 = 8.0;
const TITLE: f32 = 18.0;
/// From one base line to the next, as a part of the size.
const LEADING: f32 = 1.55;
/// Where the base line stands in its line, as a part of the size below the line's top.
const BASE: f32 = 1.14;
const BLACK: u8 = 0;
const GRAY: u8 = 96;
/// Rules between rows.
pub(crate) const FAINT: u8 = 190;
/// The side of a QR code.
const QR: f32 = 84.0;
/// The room a party needs to seal and sign.
const SIGNATURE: f32 = 92.0;

/// The width of the text.
pub(crate) const fn measure() -> f32 {
    PAGE.0 - 2.0 * SIDE
}

/// Something on a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// Text whose base line begins here.
    Text { x: f32, y: f32, size: f32, weight: Weight, gray: u8, text: String },
    /// A line from here to there.
    Rule { from: (f32, f32), to: (f32, f32), gray: u8 },
    /// A filled box: left, top, width, height.
    Shade { x: f32, y: f32, width: f32, height: f32, gray: u8 },
    /// Closed outlines drawn as one: filled, bounded by a thin line, or both.
    Shape { outlines: Vec<Vec<(f32, f32)>>, fill: Option<u8>, line: Option<u8> },
}

/// Lines of text in a column of a row.
#[derive(Debug, Clone)]
pub(crate) struct Strip {
    pub(crate) x: f32,
    pub(crate) width: f32,
    pub(crate) lines: Vec<String>,
    /// On the right side of the column.
    pub(crate) right: bool,
    pub(crate) weight: Weight,
    pub(crate) gray: u8,
}

/// How a row looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) size: f32,
    /// Room above and below its lines.
    pub(crate) padding: f32,
    /// How dark its ground is; `None` leaves it white.
    pub(crate) shade: Option<u8>,
    /// Whether a rule ends it.
    pub(crate) ruled: bool,
}

/// A row: its columns and its look.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) strips: Vec<Strip>,
    pub(crate) look: Look,
}

/// Sets one thing below the other and turns pages.
pub(crate) struct Pen<'a> {
    regular: Ruler<'a>,
    bold: Ruler<'a>,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

/// The pages of a document.
pub(crate) fn pages(paper: &Paper, fonts: &Loaded) -> Result<Vec<Vec<Mark>>, PaperError> {
    let mut pen = Pen {
        regular: fonts.face(Weight::Regular).ruler()?,
        bold: fonts.face(Weight::Bold).ruler()?,
        pages: vec![Vec::new()],
        y: TOP,
    };
    pen.centred(&paper.title, TITLE, Weight::Bold, BLACK);
    if let Some(subtitle) = &paper.subtitle {
        pen.centred(subtitle, BODY, Weight::Regular, GRAY);
    }
    pen.y += 10.0;
    for block in &paper.blocks {
        match block {
            Block::Heading(text) => pen.heading(text),
            Block::Paragraph(text) => pen.paragraph(text, BODY, BLACK),
            Block::Grid(pairs) => pen.pairs(pairs),
            Block::Table(table) => grid::set(&mut pen, table)?,
            Block::Picture(picture) => picture.set(&mut pen),
            Block::Signatures(parties) => pen.signatures(parties, paper.language),
            Block::Verification(text, address) => pen.verification(text, address.as_deref()),
        }
    }
    pen.borders(paper);
    Ok(pen.pages)
}

impl<'a> Pen<'a> {
    /// What measures a weight.
    pub(crate) fn ruler(&self, weight: Weight) -> &Ruler<'a> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Moves down.
    pub(crate) fn down(&mut self, by: f32) {
        self.y += by;
    }

    fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    fn keep(&mut self, height: f32) {
        if self.room() < height && self.y > TOP {
            self.turn();
        }
    }

    /// Room of a height on one page; where it begins. The pen moves below it.
    pub(crate) fn place(&mut self, height: f32) -> f32 {
        self.keep(height);
        let top = self.y;
        self.y += height + 6.0;
        top
    }

    /// Puts a mark on the page.
    pub(crate) fn put(&mut self, mark: Mark) {
        self.mark(mark);
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn centred(&mut self, text: &str, size: f32, weight: Weight, gray: u8) {
        for text in broken(text, self.ruler(weight), size, measure()) {
            let x = SIDE + (measure() - self.ruler(weight).width(&text, size)) / 2.0;
            self.keep(size * LEADING);
            let y = self.y + size * BASE;
            self.mark(Mark::Text { x, y, size, weight, gray, text });
            self.y += size * LEADING;
        }
    }

    fn heading(&mut self, text: &str) {
        let size = BODY + 2.0;
        self.y += 8.0;
        // A heading does not stand alone at the foot of a page.
        self.keep(size * LEADING * 3.0);
        let strip = self.strip(text, SIDE, measure(), size, Weight::Bold, BLACK);
        self.row(&Row { strips: vec![strip], look: plain(size, 2.0) }, None);
        self.y += 2.0;
    }

    fn paragraph(&mut self, text: &str, size: f32, gray: u8) {
        let strip = self.strip(text, SIDE, measure(), size, Weight::Regular, gray);
        self.row(&Row { strips: vec![strip], look: plain(size, 2.0) }, None);
        self.y += 4.0;
    }

    /// Text broken to a width.
    pub(crate) fn strip(&self, text: &str, x: f32, width: f32, size: f32, weight: Weight, gray: u8) -> Strip {
        let lines = broken(text, self.ruler(weight), size, width);
        Strip { x, width, lines, right: false, weight, gray }
    }

    fn pairs(&mut self, pairs: &[(String, String)]) {
        const GAP: f32 = 10.0;
        let half = measure() / 2.0;
        let names = pairs.iter().map(|(name, _)| self.regular.width(name, BODY)).fold(0.0_f32, f32::max);
        let name_width = names.clamp(30.0, half * 0.5);
        for two in pairs.chunks(2) {
            let mut strips = Vec::with_capacity(4);
            for (place, (name, value)) in [0.0, half].into_iter().zip(two) {
                let x = SIDE + place;
                strips.push(self.strip(name, x, name_width, BODY, Weight::Regular, GRAY));
                let width = half - name_width - 2.0 * GAP;
                strips.push(self.strip(value, x + name_width + GAP, width, BODY, Weight::Regular, BLACK));
            }
            self.row(&Row { strips, look: plain(BODY, 1.5) }, None);
        }
        self.y += 8.0;
    }

    /// Sets a row. One that does not fit goes to the next page; one that is higher than a page is continued there.
    /// `head` is repeated at the top of each new page.
    pub(crate) fn row(&mut self, row: &Row, head: Option<&Row>) {
        let Look { size, padding, .. } = row.look;
        let leading = size * LEADING;
        let total = row.strips.iter().map(|strip| strip.lines.len()).max().unwrap_or(0);
        let fitting = |room: f32| lines_in(room - 2.0 * padding, leading);
        let mut taken = 0;
        while taken < total {
            let mut fit = fitting(self.room());
            let whole = taken == 0 && fitting(BOTTOM - TOP) >= total;
            if self.y > TOP && (fit == 0 || (whole && fit < total)) {
                self.turn();
                if let Some(head) = head {
                    self.row(head, None);
                }
                fit = fitting(self.room());
            }
            let now = fit.clamp(1, total - taken);
            self.lines(row, taken, now);
            taken += now;
        }
    }

    fn lines(&mut self, row: &Row, from: usize, count: usize) {
        let Look { size, padding, shade, ruled } = row.look;
        let leading = size * LEADING;
        let mut height = 2.0 * padding;
        for _ in 0..count {
            height += leading;
        }
        let top = self.y;
        if let Some(gray) = shade {
            self.mark(Mark::Shade { x: SIDE, y: top, width: measure(), height, gray });
        }
        for strip in &row.strips {
            let mut y = top + padding + size * BASE;
            for text in strip.lines.iter().skip(from).take(count) {
                let free = strip.width - self.ruler(strip.weight).width(text, size);
                let x = if strip.right { strip.x + free } else { strip.x };
                if !text.is_empty() {
                    let (weight, gray) = (strip.weight, strip.gray);
                    self.mark(Mark::Text { x, y, size, weight, gray, text: text.clone() });
                }
                y += leading;
            }
        }
        self.y = top + height;
        if ruled {
            let (left, right) = ((SIDE, self.y), (SIDE + measure(), self.y));
            self.mark(Mark::Rule { from: left, to: right, gray: FAINT });
        }
    }

    fn signatures(&mut self, parties: &[(String, String)], language: Language) {
        let half = measure() / 2.0;
        let width = half - 24.0;
        self.y += 14.0;
        for two in parties.chunks(2) {
            let named: Vec<Strip> = [0.0, half]
                .into_iter()
                .zip(two)
                .map(|(place, (role, name))| {
                    let party = match language {
                        Language::Chinese => format!("{role}：{name}"),
                        Language::English => format!("{role}: {name}"),
                    };
                    self.strip(&party, SIDE + place, width, BODY, Weight::Regular, BLACK)
                })
                .collect();
            self.keep(SIGNATURE);
            self.row(&Row { strips: named, look: plain(BODY, 2.0) }, None);
            for text in [
                language.pick("签字（盖章）：", "Signature and seal:"),
                language.pick("日期：　　　　年　　月　　日", "Date:"),
            ] {
                self.y += 12.0;
                let columns = [0.0, half].into_iter().zip(two);
                let strips = columns
                    .map(|(place, _)| self.strip(text, SIDE + place, width, BODY, Weight::Regular, GRAY))
                    .collect();
                self.row(&Row { strips, look: plain(BODY, 0.0) }, None);
            }
            self.y += 16.0;
        }
    }

    fn verification(&mut self, text: &str, address: Option<&str>) {
        let code = address.and_then(|address| Some((address, Qr::of(address)?)));
        self.y += 10.0;
        self.keep(if code.is_some() { QR + 8.0 } else { SMALL * LEADING * 2.0 });
        let (left, right) = ((SIDE, self.y), (SIDE + measure(), self.y));
        self.mark(Mark::Rule { from: left, to: right, gray: FAINT });
        self.y += 3.0;
        let Some((address, code)) = code else { return self.paragraph(text, SMALL, GRAY) };
        let top = self.y + 4.0;
        self.mark(squares(&code, (SIDE, top), QR));
        // The text and the address stand beside the code.
        let (x, width) = (SIDE + QR + 16.0, measure() - QR - 16.0);
        for (text, gray) in [(text, GRAY), (address, BLACK)] {
            let strip = self.strip(text, x, width, SMALL, Weight::Regular, gray);
            self.row(&Row { strips: vec![strip], look: plain(SMALL, 3.0) }, None);
        }
        self.y = self.y.max(top + QR + 4.0);
    }

    /// Head and foot of every page, once it is known how many there are.
    fn borders(&mut self, paper: &Paper) {
        let pages = self.pages.len();
        let (left, right) = (SIDE, SIDE + measure());
        let half = measure() / 2.0 - 8.0;
        for number in 1..=pages {
            let page_of = paper.language.page_of(number, pages);
            let mut marks = Vec::with_capacity(6);
            for (text, y, on_right) in [
                (&paper.head.0, 44.0, false),
                (&paper.head.1, 44.0, true),
                (&paper.foot, PAGE.1 - 36.0, false),
                (&page_of, PAGE.1 - 36.0, true),
            ] {
                let Some(text) = broken(text, &self.regular, SMALL, half).into_iter().next() else {
                    continue;
                };
                if text.is_empty() {
                    continue;
                }
                let x = if on_right { right - self.regular.width(&text, SMALL) } else { left };
                marks.push(Mark::Text { x, y, size: SMALL, weight: Weight::Regular, gray: GRAY, text });
            }
            for y in [50.0, PAGE.1 - 50.0] {
                marks.push(Mark::Rule { from: (left, y), to: (right, y), gray: FAINT });
            }
            if let Some(page) = self.pages.get_mut(number - 1) {
                page.extend(marks);
            }
        }
    }
}

/// The dark squares of a code, one shape, so that no seams show between them.
#[expect(clippy::cast_precision_loss, reason = "a code has 177 squares on a side at most")]
fn squares(code: &Qr, (left, top): (f32, f32), side: f32) -> Mark {
    let one = side / code.width() as f32;
    let outlines = code
        .runs()
        .into_iter()
        .map(|(column, row, length)| {
            let (x, y) = (left + one * column as f32, top + one * row as f32);
            let (end, foot) = (x + one * length as f32, y + one);
            vec![(x, y), (end, y), (end, foot), (x, foot)]
        })
        .collect();
    Mark::Shape { outlines, fill: Some(BLACK), line: None }
}

/// A row without ground or rule.
const fn plain(size: f32, padding: f32) -> Look {
    Look { size, padding, shade: None, ruled: false }
}

/// How many lines a height holds.
fn lines_in(height: f32, leading: f32) -> usize {
    let mut lines = 0;
    let mut used = leading;
    while used <= height {
        lines += 1;
        used += leading;
    }
    lines
}
