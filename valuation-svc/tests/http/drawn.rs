//! What is drawn on the pages of a PDF, as another program reads it.

use lopdf::{Document, content::Content};

type Outline = Vec<(f32, f32)>;

/// The shapes of a file, each with its outlines; lines and boxes are shapes, too.
pub fn shapes(pdf: &[u8]) -> Vec<Vec<Outline>> {
    let document = Document::load_mem(pdf).unwrap();
    let mut shapes = Vec::new();
    for page in document.get_pages().into_values() {
        let content = Content::decode(&document.get_page_content(page)).unwrap();
        let mut path: Vec<Outline> = Vec::new();
        for operation in content.operations {
            let numbers: Vec<f32> =
                operation.operands.iter().filter_map(|operand| operand.as_float().ok()).collect();
            match (operation.operator.as_str(), numbers.as_slice()) {
                ("m", [x, y]) => path.push(vec![(*x, *y)]),
                ("l", [x, y]) => path.last_mut().unwrap().push((*x, *y)),
                ("re", [x, y, width, height]) => {
                    let (end, foot) = (x + width, y + height);
                    path.push(vec![(*x, *y), (end, *y), (end, foot), (*x, foot)]);
                }
                ("f" | "f*" | "F" | "S" | "s" | "B" | "B*" | "b" | "b*" | "n", _) if !path.is_empty() => {
                    shapes.push(std::mem::take(&mut path));
                }
                _ => {}
            }
        }
    }
    shapes
}

fn bounds(outlines: &[Outline]) -> ((f32, f32), (f32, f32)) {
    let corners = outlines.iter().flatten();
    corners.fold(((f32::MAX, f32::MAX), (f32::MIN, f32::MIN)), |(low, high), (x, y)| {
        ((low.0.min(*x), low.1.min(*y)), (high.0.max(*x), high.1.max(*y)))
    })
}

/// What a QR code among the shapes says; the code is the shape of the most outlines.
pub fn qr_text(shapes: &[Vec<Outline>]) -> Option<String> {
    let code = shapes.iter().filter(|shape| shape.len() > 50).max_by_key(|shape| shape.len())?;
    let ((left, top), (right, _)) = bounds(code);
    let ((_, upper), (_, lower)) = bounds(&code[..1]);
    let one = lower - upper;
    let width = ((right - left) / one).round() as usize;
    let mut dark = vec![vec![false; width]; width];
    for outline in code {
        let ((from, row), (to, _)) = bounds(std::slice::from_ref(outline));
        let place = |from: f32, to: f32| ((to - from) / one).round() as usize;
        dark[place(top, row)][place(left, from)..place(left, to)].fill(true);
    }
    // Pages may count from their foot upwards.
    [false, true].into_iter().find_map(|upside_down| {
        let grid = rqrr::SimpleGrid::from_func(width, |column, row| {
            dark[if upside_down { width - 1 - row } else { row }][column]
        });
        rqrr::Grid::new(grid).decode().ok().map(|(_, text)| text)
    })
}
