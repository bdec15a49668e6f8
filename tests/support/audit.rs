//! Looks at a window as an auditor of accessibility does: axe-core on the page, and contrast on the picture of it.
//!
//! Contrast is measured on what was painted, not on what the stylesheet says: the background is the most frequent
//! colour of a box, the foreground the pixel that differs most from it. Thin strokes are painted lighter than their
//! colour, so boxes of one colour on one background are judged together by the best of them.

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::process::project;
use crate::window::Window;

const COLLECT: &str = include_str!("audit.js");
/// WCAG 2.2, 1.4.3: text.
const TEXT: f64 = 4.5;
/// WCAG 2.2, 1.4.11: what is not text.
const GRAPHICS: f64 = 3.0;
/// What painting takes away from the best stroke of a small text.
const PAINT: f64 = 0.15;
/// All of axe-core's rules but three: a page of a program has no skip link; a menu is no landmark; and the name of a row
/// writes out what the row shows in short ("production", "42 minutes"), as DESIGN section 8 wants it, which
/// `label-content-name-mismatch` takes for another name.
const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'], rules: {
        bypass: { enabled: false }, region: { enabled: false }, 'label-content-name-mismatch': { enabled: false } } }).then(
        (all) => done(all.violations.flatMap((rule) =>
            rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}: ${node.failureSummary}`))),
        (thrown) => done([`axe-core did not run: ${thrown}`]));";

/// Returns what axe-core finds wrong on the page, one line each.
pub async fn violations(window: &Window) -> Result<Vec<String>> {
    let there = window.client().execute("return typeof window.axe === 'object'", Vec::new()).await?;
    if there != json!(true) {
        let file = project().join("ui/node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        window.client().execute(&format!("{source}; window.axe = axe; return 0"), Vec::new()).await?;
    }
    Ok(serde_json::from_value(window.client().execute_async(RUN, Vec::new()).await?)?)
}

#[derive(Debug, Deserialize)]
struct Part {
    kind: String,
    colour: String,
    text: String,
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

/// What was measured of the boxes that share a colour and a background.
#[derive(Debug)]
struct Measured {
    best: f64,
    example: String,
}

/// Returns every colour on every background of the picture that has too little contrast, one line each.
pub async fn too_faint(window: &Window, picture: &[u8]) -> Result<Vec<String>> {
    let parts: Vec<Part> = serde_json::from_value(window.client().execute(COLLECT, Vec::new()).await?)?;
    ensure!(!parts.is_empty(), "there is nothing on the page to measure");
    let picture = Picture::read(picture)?;
    let mut groups: HashMap<(String, String, [u8; 3]), Measured> = HashMap::new();
    for part in &parts {
        let Some((background, contrast)) = picture.contrast(part) else { continue };
        let key = (part.kind.clone(), part.colour.clone(), background);
        let group = groups.entry(key).or_insert(Measured { best: 0.0, example: part.text.clone() });
        group.best = group.best.max(contrast);
    }
    ensure!(groups.len() > 2, "of {} parts of the page hardly any is on the picture", parts.len());
    let mut faint = Vec::new();
    for ((kind, colour, background), measured) in groups {
        let wanted = if kind == "text" { TEXT } else { GRAPHICS };
        if measured.best + PAINT < wanted {
            let Measured { best, example } = measured;
            faint.push(format!("{kind} “{example}”: {colour} on {background:?} is {best:.2}, wanted {wanted}"));
        }
    }
    faint.sort();
    Ok(faint)
}

struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    fn read(bytes: &[u8]) -> Result<Self> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut buffer = vec![0; reader.output_buffer_size().context("the picture is too large")?];
        let frame = reader.next_frame(&mut buffer)?;
        let step = match frame.color_type {
            png::ColorType::Rgb => 3,
            png::ColorType::Rgba => 4,
            other => bail!("a picture in {other:?}"),
        };
        let pixels = buffer[..frame.buffer_size()].chunks_exact(step).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
        Ok(Self { width: frame.width as usize, height: frame.height as usize, pixels: pixels.collect() })
    }

    fn pixel(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        self.pixels.get(y * self.width + x).copied()
    }

    /// Returns the background of a box and how much the pixel that differs most stands out of it.
    fn contrast(&self, part: &Part) -> Option<([u8; 3], f64)> {
        let (left, right) = (part.x.min(self.width), (part.x + part.width).min(self.width));
        let (top, bottom) = (part.y.min(self.height), (part.y + part.height).min(self.height));
        let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
        for y in top..bottom {
            for pixel in &self.pixels[y * self.width + left..y * self.width + right] {
                *counts.entry(*pixel).or_default() += 1;
            }
        }
        // An icon may be more stroke than ground: there the ground is what stands around it.
        let around = (part.kind == "icon").then(|| self.pixel(left.checked_sub(2)?, top.checked_sub(2)?)).flatten();
        let background = around.or_else(|| counts.iter().max_by_key(|(_, count)| **count).map(|(pixel, _)| *pixel))?;
        let best = counts.keys().map(|pixel| ratio(*pixel, background)).fold(1.0, f64::max);
        Some((background, best))
    }
}

/// The contrast of two colours (WCAG 2.2).
fn ratio(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |colour: [u8; 3]| {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2])
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Returns what a page holds that reads cut: an ellipsis where time, status or environment stand, or a text that is
/// wider than its box and can't be scrolled to.
pub async fn cut(window: &Window) -> Result<Vec<String>> {
    const CUT: &str = "return [...document.querySelectorAll('body *')].filter((one) =>
            one.childElementCount === 0 && /[\\p{L}]/u.test(one.textContent) && one.scrollWidth > one.clientWidth + 1 &&
            one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
            getComputedStyle(one).overflowX === 'hidden' && getComputedStyle(one).clipPath === 'none' &&
            !one.title && !one.closest('[title]'))
        .map((one) => `${one.className}: ${one.textContent.trim().slice(0, 60)}`);";
    let found: Value = window.client().execute(CUT, Vec::new()).await?;
    Ok(serde_json::from_value(found)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_what_wcag_says() {
        assert!((ratio([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 0.01);
        assert!((ratio([118, 118, 118], [255, 255, 255]) - 4.54).abs() < 0.01);
        assert!((ratio([36, 88, 201], [255, 255, 255]) - 6.34).abs() < 0.02);
    }
}
